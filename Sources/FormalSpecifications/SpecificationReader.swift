import Diagnostics
import SecurityEvents

/// Reads one specification as far as names go, and skips the rest.
///
/// What it does not know it skips: to the end of the line, or of the block that begins there. Only
/// what cannot be right is an error. The parts of each language are read in extensions.
struct SpecificationReader {
    let kind: SpecificationKind
    let file: String
    private(set) var token: Token
    private(set) var faults: [Diagnostic] = []
    /// Whether the rest is not to be read.
    private(set) var isStopped = false
    /// The names listed so far; a file may have several blocks of one kind.
    var endpointNames: Set<[UInt8]> = []
    var instanceNames: Set<[UInt8]> = []
    private var lexer: Lexer
    private var nameCount = 0
    private let partWords: [[UInt8]]

    init(kind: SpecificationKind, bytes: [UInt8], file: String) {
        self.kind = kind
        self.file = file
        var lexer = Lexer(bytes, file: file)
        token = lexer.next()
        self.lexer = lexer
        partWords = (kind.partKeywords + kind.headingKeywords).map { Array($0.utf8) }
    }

    /// Reads all of it.
    ///
    /// - Returns: what was read, or nil where nothing is declared.
    mutating func read() -> Specification? {
        guard let declaration = readHeading() else { return nil }
        var specification = Specification(kind: kind, name: declaration.name)
        specification.base = declaration.base
        if !faults.isEmpty { specification.members.append(.unknown) }
        while token.kind != .end, !isStopped {
            let before = faults.count
            readPart(&specification)
            if faults.count > before { specification.members.append(.unknown) }
        }
        if !lexer.faults.isEmpty { specification.members.append(.unknown) }
        return specification
    }

    /// Everything found, in reading order.
    var allFaults: [Diagnostic] { (faults + lexer.faults).inReadingOrder }

    private mutating func readPart(_ specification: inout Specification) {
        if token.isSign(";") {
            advance()
        } else if token.isSign("}") {
            report("unexpected-brace", "`}` closes nothing")
            advance()
        } else if kind.headingKeywords.contains(where: isWord) {
            report("second-declaration", "a file declares one name only")
            skipUnknown()
        } else if kind == .package {
            readPackagePart(&specification)
        } else {
            readComponentPart(&specification)
        }
    }

    // MARK: Tokens

    mutating func advance() { token = lexer.next() }

    /// The token after this one.
    var following: Token {
        var lexer = lexer
        return lexer.next()
    }

    func isWord(_ keyword: String) -> Bool {
        token.kind == .word && lexer.bytes[token.range].elementsEqual(keyword.utf8)
    }

    /// Whether this token begins a part of its own, rather than being the name of something.
    var startsPart: Bool {
        guard token.kind == .word, token.startsLine else { return false }
        let word = lexer.bytes[token.range]
        return partWords.contains { $0.count == word.count && $0.elementsEqual(word) }
    }

    func text(of token: Token) -> String { excerpt(lexer.bytes[token.range]) }

    func bytes(of token: Token) -> [UInt8] { Array(lexer.bytes[token.range]) }

    func place(of token: Token) -> SourceLocation {
        SourceLocation(file: file, line: token.line, column: token.column)
    }

    // MARK: Faults

    /// Reports a fault, at this token unless another is given.
    mutating func report(
        _ id: String,
        at token: Token? = nil,
        _ message: String,
        severity: Diagnostic.Severity = .error,
        hint: String? = nil
    ) {
        let place = place(of: token ?? self.token)
        faults.append(Diagnostic(id, severity, at: place, message, hint: hint))
        guard faults.count >= SpecificationLimits.faults, !isStopped else { return }
        stop("too-many-faults", at: token ?? self.token, "the file is read no further")
    }

    /// Reports that what begins at `opening` does not end, unless a comment has swallowed its end.
    mutating func reportUnterminated(_ opening: Token) {
        guard !isCut else { return isStopped = true }
        stop("unterminated-block", at: opening, "`\(text(of: opening))` is not closed")
    }

    /// Reports a fault after which the rest is not read.
    mutating func stop(_ id: String, at token: Token, _ message: String) {
        isStopped = true
        faults.append(Diagnostic(id, at: place(of: token), message))
    }

    /// Whether a comment has swallowed the rest.
    var isCut: Bool { lexer.isCut }

    /// How many comments and strings without an end have been met.
    var lexerFaultCount: Int { lexer.faults.count }

    // MARK: Names

    /// Reads the name that must follow `keyword`, of what `what` says with its article.
    ///
    /// It is nil, after a report, where there is none or it is malformed.
    mutating func readName<Role>(
        of what: String,
        after keyword: Token
    ) -> Located<Name<Role>>? {
        guard token.kind == .word, !startsPart else {
            if !(token.kind == .end && isCut) {
                report("missing-name", at: keyword, "the name of \(what) is missing")
            }
            return nil
        }
        let name: Located<Name<Role>>? = name(token, of: what, isDotted: true)
        advance()
        return name
    }

    /// The name that a token holds; nil, after a report, where it is malformed.
    mutating func name<Role>(
        _ token: Token,
        of what: String,
        isDotted: Bool
    ) -> Located<Name<Role>>? {
        nameCount += 1
        guard nameCount <= SpecificationLimits.names else {
            stop("specification-too-large", at: token, "more names than a file may have")
            return nil
        }
        let bytes = bytes(of: token)
        let dot = UInt8(ascii: ".")
        let segments = bytes.split(separator: dot, omittingEmptySubsequences: false)
        var problem: String?
        if segments.contains(where: \.isEmpty) {
            problem = "has a dot without a name beside it"
        } else if !isDotted, segments.count > 1 {
            problem = "has a dot"
        }
        do throws(NameFault) {
            let name = try Name<Role>(bytes)
            if problem == nil { return Located(name, at: place(of: token)) }
        } catch {
            problem = error.description
        }
        let message = "the name of \(what), `\(text(of: token))`, \(problem ?? "is malformed")"
        report("invalid-name", at: token, message)
        return nil
    }
}

/// Bytes for a message: short, and harmless to a terminal.
func excerpt(_ bytes: some Collection<UInt8>) -> String {
    let longest = 60
    let text = String(decoding: bytes.prefix(longest * 4), as: UTF8.self)
    var result = ""
    for (count, scalar) in text.unicodeScalars.enumerated() {
        guard count < longest else { return result + "…" }
        if scalar.properties.generalCategory == .control {
            result += "\\u{\(String(scalar.value, radix: 16))}"
        } else {
            result.unicodeScalars.append(scalar)
        }
    }
    return result
}
