/// Number of a pattern set within one sort of names, or of one of the fixed tokens below.
typealias Token = UInt32

enum FixedToken {
    /// The edge of rules that do not care about a field.
    static let any: Token = 0
    static let caller: Token = 1
    static let pathStatic: Token = 2
    static let pathDynamic: Token = 3
    /// The first token of a pattern set.
    static let firstSet: Token = 4
}

/// From a name to the tokens of all pattern sets that hold it.
///
/// Each literal of the policy has its tokens ready. Any other name gets those of its dotted prefixes,
/// found in one pass over its bytes, however many patterns the policy has.
struct PatternIndex {
    private var literals = SymbolTable()
    private var prefixes = SymbolTable()
    /// Where the tokens of each literal, then of each prefix, lie in ``tokens``.
    private var literalRanges: [Range<Int>] = []
    private var prefixRanges: [Range<Int>] = []
    /// The tokens of sets with `"*"`, which hold every name.
    private var universal: [Token] = []
    /// All ready token lists, each sorted; at the end the list of the name asked for last.
    private(set) var tokens: [Token] = []
    private var readyCount = 0

    init() {}

    /// Indexes the given sets under their tokens.
    init(_ sets: [(token: Token, patterns: [Pattern])]) {
        var byLiteral: [[UInt8]: [Token]] = [:]
        var byPrefix: [[UInt8]: [Token]] = [:]
        for (token, patterns) in sets {
            for pattern in patterns {
                switch pattern {
                case .any: universal.append(token)
                case .literal(let name): byLiteral[name, default: []].append(token)
                case .prefix(let prefix): byPrefix[prefix, default: []].append(token)
                }
            }
        }
        // The order of a dictionary differs from run to run; nothing may depend on it.
        let prefixKeys = byPrefix.keys.sorted { $0.lexicographicallyPrecedes($1) }
        prefixes = SymbolTable(prefixKeys)
        for key in prefixKeys { prefixRanges.append(store(byPrefix[key] ?? [])) }
        let literalKeys = byLiteral.keys.sorted { $0.lexicographicallyPrecedes($1) }
        for key in literalKeys {
            let inherited = prefixNumbers(of: key).flatMap { tokens[prefixRanges[$0]] }
            literalRanges.append(store((byLiteral[key] ?? []) + inherited + universal))
        }
        literals = SymbolTable(literalKeys)
        readyCount = tokens.count
    }

    /// Where in ``tokens`` the sets that hold `name` stand; valid until the next question.
    mutating func lookUp(_ name: [UInt8]) -> Range<Int> {
        var hash = ByteHash()
        for byte in name { hash.add(byte) }
        if let number = literals.find(name, length: name.count, hash: hash.value) {
            return literalRanges[number]
        }
        guard prefixes.count > 0 || !universal.isEmpty else { return 0..<0 }
        tokens.removeSubrange(readyCount...)
        var found = universal
        for number in prefixNumbers(of: name) { found += tokens[prefixRanges[number]] }
        return found.isEmpty ? 0..<0 : store(found)
    }

    private mutating func store(_ list: [Token]) -> Range<Int> {
        let start = tokens.count
        var last: Token?
        for token in list.sorted() where token != last {
            tokens.append(token)
            last = token
        }
        return start..<tokens.count
    }

    private func prefixNumbers(of name: [UInt8]) -> [Int] {
        var numbers: [Int] = []
        var hash = ByteHash()
        for (offset, byte) in name.enumerated() {
            hash.add(byte)
            guard byte == UInt8(ascii: "."), offset + 1 < name.count else { continue }
            if let number = prefixes.find(name, length: offset + 1, hash: hash.value) {
                numbers.append(number)
            }
        }
        return numbers
    }
}
