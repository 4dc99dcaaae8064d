/// A fault of the YAML itself, from libyaml's words to ours.
///
/// libyaml says what its grammar lacked; people need to know what to write instead, at the place
/// where they have to write it. What is not recognised keeps libyaml's words.
struct SyntaxFault {
    /// What people read.
    struct Words {
        var id = "yaml-syntax"
        var offset: Int
        var message: String
        var hint: String?
    }

    let problem: String
    /// What libyaml was at, such as "while scanning a directive".
    let context: String
    /// Where libyaml stumbled: a byte offset.
    let problemAt: Int
    /// Where that begins which libyaml was reading.
    let contextAt: Int?
    let source: SourceText

    var bytes: [UInt8] { source.bytes }

    init(_ fault: ParserFault, _ source: SourceText, _ cursor: CharacterCursor) {
        var cursor = cursor
        self.source = source
        problem = fault.problem
        context = fault.context
        contextAt = fault.contextAt.map { cursor.offset(of: $0, in: source.bytes) }
        problemAt = cursor.offset(of: fault.problemAt ?? 0, in: source.bytes)
    }

    func report(_ faults: inout FaultCollector) {
        var words = wordsForIndicator ?? wordsForUnclosed ?? wordsForRest
        if let hint = hintForComment(&words.offset) { words.hint = hint }
        faults.add(words.id, at: words.offset, words.message, hint: words.hint)
    }

    /// A value that starts with a character that has a meaning of its own.
    private var wordsForIndicator: Words? {
        let start = contextAt ?? problemAt
        switch context {
        case "while scanning an alias", "while scanning an anchor":
            return wordsForStart(start)
        case "while scanning a tag", "while parsing a tag", "while parsing a node":
            guard start < bytes.count, bytes[start] == UInt8(ascii: "!") else { return nil }
            return Words(
                id: "yaml-tag",
                offset: start,
                message: "a tag is not allowed: \(Excerpt.word(at: start, in: bytes))",
                hint: "if it is a name that starts with `!`, write it with quotes"
            )
        case "while scanning a directive", "while scanning a %YAML directive",
            "while scanning a %TAG directive", "while parsing a %TAG directive",
            "while parsing a tag directive":
            return wordsForDirective(start)
        default: break
        }
        switch problem {
        case "found character that cannot start any token":
            guard problemAt < bytes.count else { return nil }
            return bytes[problemAt] == .tab ? wordsForTab : wordsForStart(problemAt)
        case "found a tab character that violates indentation",
            "found a tab character where an indentation space is expected":
            return wordsForTab
        case "found incompatible YAML document", "found duplicate %YAML directive",
            "found duplicate %TAG directive":
            return wordsForDirective(start)
        case "found undefined tag handle": return wordsForStart(problemAt)
        default: return nil
        }
    }

    private var wordsForTab: Words {
        Words(offset: problemAt, message: "a tab cannot indent", hint: "indent with spaces")
    }

    private func wordsForDirective(_ start: Int) -> Words {
        Words(
            id: "yaml-directive",
            offset: start,
            message: "the directive \(Excerpt.word(at: start, in: bytes)) is not allowed",
            hint: "if it is a name that starts with `%`, write it with quotes"
        )
    }

    private func wordsForStart(_ offset: Int) -> Words {
        let first = bytes[min(offset, bytes.count)...].prefix(1)
        let isBacktick = first.first == UInt8(ascii: "`")
        let character = isBacktick ? "a backtick" : Excerpt.quoted(first)
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
            if problemAt < bytes.count, lineStart(of: problemAt) <= contextAt {
                return Words(
                    offset: problemAt,
                    message: "expected `,` or \(closing) here",
                    hint: "a value with punctuation in it: write it with quotes"
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

    /// Where the line of `offset` starts.
    func lineStart(of offset: Int) -> Int {
        var start = min(offset, bytes.count)
        while start > source.start, !bytes[start - 1].isLineBreak { start -= 1 }
        return start
    }
}
