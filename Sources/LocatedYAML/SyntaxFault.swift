/// A fault of the YAML itself, from libyaml's words to ours.
struct SyntaxFault {
    /// What people read.
    private struct Words {
        var id = "yaml-syntax"
        var offset: Int
        var message: String
        var hint: String?
    }

    private let problem: String
    /// Where libyaml stumbled, and where what it was reading begins: byte offsets.
    private let problemAt: Int
    private let contextAt: Int?
    private let bytes: [UInt8]

    init(_ fault: ParserFault, _ source: SourceText, _ cursor: CharacterCursor) {
        var cursor = cursor
        bytes = source.bytes
        problem = fault.problem
        contextAt = fault.contextAt.map { cursor.offset(of: $0, in: source.bytes) }
        problemAt = cursor.offset(of: fault.problemAt ?? 0, in: source.bytes)
    }

    func report(_ faults: inout FaultCollector) {
        let words = wordsForComment ?? wordsForCharacter ?? wordsForUnclosed ?? wordsForOther
        faults.add(words.id, at: words.offset, words.message, hint: words.hint)
    }

    /// `/* … */` and `// …`, which are text for YAML, so that the lines after them make no sense.
    private var wordsForComment: Words? {
        let begins = [Array("/*".utf8), Array("//".utf8), Array("*/".utf8)]
        // The comment is the line of the fault, or a few above.
        var line = min(problemAt, bytes.count)
        var found: Int?
        for _ in 0..<8 {
            while line > 0, !bytes[line - 1].isLineBreak { line -= 1 }
            let text = line + bytes[line...].prefix { $0.isBlank }.count
            if begins.contains(where: { bytes[text...].starts(with: $0) }) { found = text }
            guard line > 0 else { break }
            line -= 1
        }
        guard let found else { return nil }
        let word = Excerpt.quoted(bytes[found...].prefix(2))
        return Words(
            offset: found,
            message: "\(word) makes no comment",
            hint: "a YAML comment starts with `#`"
        )
    }

    /// A value that starts with a character that has a meaning of its own.
    private var wordsForCharacter: Words? {
        switch problem {
        case "found character that cannot start any token":
            guard problemAt < bytes.count else { return nil }
            return bytes[problemAt] == .tab ? wordsForTab : wordsForStart(problemAt)
        case "did not find expected alphabetic or numeric character":
            return wordsForStart(contextAt ?? problemAt)
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            return wordsForTab
        case "found unknown directive name", "found incompatible YAML document",
            "could not find expected directive name", "found duplicate %YAML directive":
            let start = contextAt ?? problemAt
            return Words(
                id: "yaml-directive",
                offset: start,
                message: "the directive \(Excerpt.word(at: start, in: bytes)) is not allowed",
                hint: "if it is a name that starts with `%`, write it with quotes"
            )
        case "found undefined tag handle":
            return Words(
                id: "yaml-tag",
                offset: problemAt,
                message: "a tag is not allowed: \(Excerpt.word(at: problemAt, in: bytes))",
                hint: "if it is a name that starts with `!`, write it with quotes"
            )
        default: return nil
        }
    }

    private var wordsForTab: Words {
        Words(offset: problemAt, message: "a tab cannot indent", hint: "indent with spaces")
    }

    private func wordsForStart(_ offset: Int) -> Words {
        let character = Excerpt.quoted(bytes[min(offset, bytes.count)...].prefix(1))
        return Words(
            offset: offset,
            message: "a value cannot start with \(character)",
            hint: "write it with quotes"
        )
    }

    /// A bracket or quote that is never closed: where it opens is what helps.
    private var wordsForUnclosed: Words? {
        guard let contextAt, contextAt < bytes.count else { return nil }
        let opening = Excerpt.quoted(bytes[contextAt...].prefix(1))
        switch problem {
        case "did not find expected ',' or ']'", "did not find expected ',' or '}'":
            let closing = problem.hasSuffix("']'") ? "`]`" : "`}`"
            if isOneLine(contextAt..<problemAt) {
                return Words(
                    offset: problemAt,
                    message: "expected `,` or \(closing) here",
                    hint: "a value with spaces and punctuation: write it with quotes"
                )
            }
            return Words(
                offset: contextAt,
                message: "the \(opening) that opens here is not closed",
                hint: "a `,` or \(closing) is missing"
            )
        case "found unexpected end of stream", "found unexpected document indicator":
            return Words(offset: contextAt, message: "the \(opening) that opens here is not closed")
        case "could not find expected ':'":
            return Words(
                offset: contextAt,
                message: "a `:` is missing after \(Excerpt.word(at: contextAt, in: bytes))",
                hint: "an entry reads `key: value`; is the indentation right?"
            )
        default: return nil
        }
    }

    private func isOneLine(_ range: Range<Int>) -> Bool {
        problemAt < bytes.count && !bytes[range].contains(where: \.isLineBreak)
            && !bytes[problemAt].isLineBreak
    }

    private var wordsForOther: Words {
        let indentation = "is the indentation right?"
        switch problem {
        case "mapping values are not allowed in this context":
            return Words(
                offset: problemAt,
                message: "a `:` cannot stand here",
                hint: "is a line break missing, or the indentation wrong? a value with `: ` in it: "
                    + "write it with quotes"
            )
        case "did not find expected key":
            return Words(offset: problemAt, message: "expected a key here", hint: indentation)
        case "did not find expected '-' indicator":
            return Words(offset: problemAt, message: "expected `- ` here", hint: indentation)
        case "block sequence entries are not allowed in this context":
            return Words(
                offset: problemAt,
                message: "a list cannot start here",
                hint: "its first `- ` stands on a line of its own"
            )
        case "did not find expected <document start>":
            return Words(offset: problemAt, message: "the document already ended before this")
        case "did not find expected node content":
            return Words(offset: problemAt, message: "expected a value here")
        case "found unknown escape character":
            return Words(
                offset: problemAt,
                message: "a `\\` in double quotes needs a known escape after it",
                hint: "write `\\\\`, or use single quotes"
            )
        default:
            return Words(offset: problemAt, message: problem)
        }
    }
}
