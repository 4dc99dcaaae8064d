package import Diagnostics

/// Takes a mapping apart key by key, so that nothing in it goes unread.
///
/// Every document format reads its mappings through this: unknown keys, missing keys, values of the
/// wrong kind and empty values become located diagnostics in one place. Take what is known with
/// ``optional(_:)`` and its kin, then call ``finish(_:severity:)``.
package struct MappingReader {
    /// Up to so many entries a key is searched for; in larger mappings it is looked up.
    private static let few = 8
    /// How many unknown keys of one mapping are reported.
    private static let shown = 20

    package let node: YAMLNode
    /// What the mapping is, for messages: "a rule", "a test".
    package let what: String
    /// The node indexes of the keys, in order; a key's value is the node after it.
    private var keys: [Int32] = []
    /// Positions in `keys`, for a mapping of more than a few.
    private var table: KeyTable?
    private var asked: [String] = []
    /// Which of `keys` have been asked for.
    private var isTaken: [Bool]
    private var takenCount = 0

    /// Begins with `node`; nil, and a `wrong-type` error, when it is no mapping.
    package init?(_ node: YAMLNode, _ what: String, _ diagnostics: inout [Diagnostic]) {
        guard node.expect(.mapping, what, &diagnostics) else { return nil }
        self.node = node
        self.what = what
        var keys: [Int32] = []
        // Few mappings have more keys, or are asked for more.
        keys.reserveCapacity(Self.few)
        asked.reserveCapacity(Self.few * 2)
        node.document.nodes.forEachEntry(of: Int(node.index)) { key, _ in keys.append(Int32(key)) }
        self.keys = keys
        isTaken = Array(repeating: false, count: keys.count)
        if keys.count > Self.few { table = Self.makeTable(keys, node.document) }
    }

    /// The value of `key`, or nil where the mapping lacks it.
    package mutating func optional(_ key: String) -> YAMLNode? {
        asked.append(key)
        guard let position = position(of: key) else { return nil }
        if !isTaken[position] { takenCount += 1 }
        isTaken[position] = true
        return YAMLNode(document: node.document, index: Int(keys[position]) + 1)
    }

    /// The value of `key`; a `missing-key` error and nil where the mapping lacks it.
    package mutating func required(
        _ key: String,
        _ diagnostics: inout [Diagnostic]
    ) -> YAMLNode? {
        if let value = optional(key) { return value }
        diagnostics.append(
            Diagnostic("missing-key", at: node.place, "\(what) needs the key `\(key)`")
        )
        return nil
    }

    /// The text of `key`, which must be a scalar with a value; nil where it is missing or is not.
    package mutating func text(_ key: String, _ diagnostics: inout [Diagnostic]) -> String? {
        optional(key)?.scalarText("`\(key)`", &diagnostics)
    }

    /// The elements of `key`, which may be a list or one value in place of a list; nil where it is
    /// missing or neither.
    package mutating func list(
        _ key: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [YAMLNode]? {
        optional(key)?.oneOrMore("`\(key)`", &diagnostics)
    }

    /// The elements of `key`, which must be a list; nil where it is missing or is not.
    package mutating func items(
        _ key: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [YAMLNode]? {
        guard let value = optional(key) else { return nil }
        return value.expect(.sequence, "`\(key)`", &diagnostics) ? value.items : nil
    }

    /// A reader of `key`, which must be a mapping; nil where it is missing or is not.
    package mutating func mapping(
        _ key: String,
        _ diagnostics: inout [Diagnostic]
    ) -> MappingReader? {
        optional(key).flatMap { MappingReader($0, "`\(key)`", &diagnostics) }
    }

    /// Reports every key that nobody asked for.
    ///
    /// `severity` is an error, but for formats whose readers pass over unknown keys.
    package func finish(
        _ diagnostics: inout [Diagnostic],
        severity: Diagnostic.Severity = .error
    ) {
        guard takenCount < keys.count else { return }
        let unknown = keys.indices.filter { !isTaken[$0] }.map { keys[$0] }
        let known = Set(asked)
        for key in unknown.prefix(Self.shown) {
            report(
                YAMLNode(document: node.document, index: Int(key)),
                known,
                severity,
                &diagnostics
            )
        }
        if unknown.count > Self.shown {
            let next = YAMLNode(document: node.document, index: Int(unknown[Self.shown]))
            let count = unknown.count - Self.shown
            diagnostics.append(
                Diagnostic("unknown-key", severity, at: next.place, "and \(count) more like this")
            )
        }
    }

    private func report(
        _ key: YAMLNode,
        _ known: Set<String>,
        _ severity: Diagnostic.Severity,
        _ diagnostics: inout [Diagnostic]
    ) {
        let name = key.document.nodes.excerpt(of: Int(key.index), in: key.document.source.bytes)
        let listed = known.sorted().prefix(Self.shown).map { "`\($0)`" }.joined(separator: ", ")
        diagnostics.append(
            Diagnostic(
                "unknown-key",
                severity,
                at: key.place,
                "\(what) has no key \(name)",
                hint: Suggestion.didYouMean(key.text, among: known)
                    ?? (known.isEmpty ? nil : "known keys: \(listed)")
            )
        )
    }

    /// Where a key is in `keys`.
    private func position(of key: String) -> Int? {
        let wanted = key.utf8Span.span
        func isWanted(_ position: Int) -> Bool {
            node.document.withBytes(of: Int(keys[position])) { $0.hasSameBytes(as: wanted) }
        }
        guard let table else { return keys.indices.first(where: isWanted) }
        return table.find(KeyTable.hash(wanted)) { isWanted(Int($0)) }.map { Int($0) }
    }

    private static func makeTable(_ keys: [Int32], _ document: YAMLDocument) -> KeyTable {
        var table = KeyTable(capacity: keys.count)
        for (position, key) in keys.enumerated() {
            let hash = document.withBytes(of: Int(key)) { KeyTable.hash($0) }
            // The reader has left repeated keys out: no two are the same.
            _ = table.insert(Int32(position), hash) { _ in false }
        }
        return table
    }
}
