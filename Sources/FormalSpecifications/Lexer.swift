import Diagnostics

/// Cuts the bytes of a specification into tokens, one at a time and each byte once.
///
/// Comments may be in any encoding; nothing in them is looked at but their end.
struct Lexer {
    let bytes: [UInt8]
    /// A comment or a string without an end; of these only the first comment is the last token.
    private(set) var faults: [Diagnostic] = []
    /// Whether a comment swallowed the rest, so that what is missing may stand in there.
    private(set) var isCut = false

    private let file: String
    private var offset: Int
    private var line = 1
    private var column = 1
    private var lastTokenLine = 0

    init(_ bytes: [UInt8], file: String) {
        self.bytes = bytes
        self.file = file
        // A byte order mark is no column.
        offset = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The next token; at the end `.end`, again and again.
    mutating func next() -> Token {
        skipBlanksAndComments()
        let (start, line, column) = (offset, line, column)
        let startsLine = line != lastTokenLine
        lastTokenLine = line
        let kind = readToken()
        return Token(
            kind: kind,
            range: start..<offset,
            line: line,
            column: column,
            startsLine: startsLine
        )
    }

    private mutating func readToken() -> Token.Kind {
        guard offset < bytes.count else { return .end }
        let first = bytes[offset]
        if first.isWordByte {
            while offset < bytes.count, bytes[offset].isWordByte { advance() }
            return .word
        }
        if first == UInt8(ascii: "\"") {
            readString()
            return .string
        }
        advance()
        return .sign(first)
    }

    private mutating func skipBlanksAndComments() {
        while offset < bytes.count {
            switch (bytes[offset], offset + 1 < bytes.count ? bytes[offset + 1] : 0) {
            case (UInt8(ascii: "/"), UInt8(ascii: "/")):
                while offset < bytes.count, !bytes[offset].isLineBreak { advance() }
            case (UInt8(ascii: "/"), UInt8(ascii: "*")):
                skipBlockComment()
            case (UInt8(ascii: " "), _), (0x09...0x0D, _):
                advance()
            default:
                return
            }
        }
    }

    private mutating func skipBlockComment() {
        let start = place
        advance()
        advance()
        while offset + 1 < bytes.count {
            if bytes[offset] == UInt8(ascii: "*"), bytes[offset + 1] == UInt8(ascii: "/") {
                advance()
                advance()
                return
            }
            advance()
        }
        while offset < bytes.count { advance() }
        isCut = true
        faults.append(
            Diagnostic(
                "unterminated-comment",
                at: start,
                "the comment does not end",
                hint: "close it with `*/`"
            )
        )
    }

    /// Reads a string, which ends on its line; a backslash takes the next character with it.
    private mutating func readString() {
        let start = place
        advance()
        while offset < bytes.count, !bytes[offset].isLineBreak {
            let byte = bytes[offset]
            advance()
            if byte == UInt8(ascii: "\"") { return }
            if byte == UInt8(ascii: "\\"), offset < bytes.count, !bytes[offset].isLineBreak {
                advance()
            }
        }
        guard faults.count < SpecificationLimits.faults else { return }
        faults.append(
            Diagnostic("unterminated-string", at: start, "the string does not end on its line")
        )
    }

    private var place: SourceLocation { SourceLocation(file: file, line: line, column: column) }

    /// Lines end at LF, CRLF and CR.
    private mutating func advance() {
        let byte = bytes[offset]
        offset += 1
        let endsLine =
            byte == 0x0A || (byte == 0x0D && !(offset < bytes.count && bytes[offset] == 0x0A))
        if endsLine {
            line += 1
            column = 1
        } else if byte & 0xC0 != 0x80 {
            column += 1
        }
    }
}

extension UInt8 {
    fileprivate var isLineBreak: Bool { self == 0x0A || self == 0x0D }

    fileprivate var isWordByte: Bool {
        switch self {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."), 0x80...:
            true
        default:
            false
        }
    }
}
