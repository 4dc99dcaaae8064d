import Diagnostics

extension SyntaxFault {
    /// Words for what is neither a misplaced indicator nor left open.
    var wordsForRest: Words {
        switch problem {
        case "mapping values are not allowed in this context":
            Words(
                offset: problemAt,
                message: "a `:` cannot stand here",
                hint: "is a line break missing, or the indentation wrong? a value with `: ` in it: "
                    + "write it with quotes"
            )
        case "did not find expected key", "did not find expected '-' indicator",
            "did not find expected <document start>", "did not find expected node content":
            wordsForMisplaced
        case "block sequence entries are not allowed in this context":
            Words(
                offset: problemAt,
                message: "a list cannot start here",
                hint: "its first `- ` stands on a line of its own"
            )
        case "mapping keys are not allowed in this context":
            Words(
                offset: problemAt,
                message: "a value cannot start with `? `",
                hint: "write it with quotes"
            )
        case "found unknown escape character":
            Words(
                offset: problemAt,
                message: "a `\\` in double quotes needs a known escape after it",
                hint: "write `\\\\`, or use single quotes"
            )
        default:
            Words(offset: problemAt, message: problem)
        }
    }

    /// Words for what stands where something else was due.
    private var wordsForMisplaced: Words {
        let character = problemAt < bytes.count ? bytes[problemAt] : .lineFeed
        switch character {
        case UInt8(ascii: "]"), UInt8(ascii: "}"):
            let bracket = Excerpt.quoted([character])
            return Words(offset: problemAt, message: "nothing is open that \(bracket) could close")
        case UInt8(ascii: ":") where problem == "did not find expected key":
            return Words(id: "empty-key", offset: problemAt, message: "a key has no name")
        default: break
        }
        if problem == "did not find expected node content" {
            return Words(offset: problemAt, message: "expected a value here")
        }
        let line = lineStart(of: problemAt)
        if !bytes[line..<problemAt].allSatisfy(\.isBlank) {
            return Words(
                offset: problemAt,
                message: "the value ended before this",
                hint: "write the whole value with quotes"
            )
        }
        let hint = "is the indentation right?"
        switch problem {
        case "did not find expected key":
            return Words(offset: problemAt, message: "expected a key here", hint: hint)
        case "did not find expected '-' indicator":
            return Words(offset: problemAt, message: "expected `- ` here", hint: hint)
        default:
            return Words(
                id: "second-document",
                offset: problemAt,
                message: "the document has ended before this, and a file holds one"
            )
        }
    }

    /// A hint about `/* … */` and `// …`, which are text for YAML, so that what follows them makes
    /// no sense to it.
    ///
    /// - Parameter offset: where the fault is; moved to the comment if that is on the same line.
    /// - Returns: nil where no such comment is near.
    func hintForComment(_ offset: inout Int) -> String? {
        let about = [
            "mapping values are not allowed in this context", "could not find expected ':'",
            "did not find expected alphabetic or numeric character", "did not find expected key",
            "did not find expected '-' indicator",
        ]
        guard about.contains(problem) else { return nil }
        let openings = ["/*", "//", "*/"]
        var line = lineStart(of: offset)
        // The comment is text that goes on to the fault: few lines, or it is not the cause.
        for distance in 0..<8 {
            let text = line + bytes[line...].prefix { $0.isBlank }.count
            if let opening = openings.first(where: { bytes[text...].starts(with: $0.utf8) }) {
                if distance == 0 { offset = text }
                let place = source.place(at: text).line
                return "line \(place) starts with `\(opening)`, and a YAML comment starts with `#`"
            }
            guard line > source.start else { return nil }
            line = lineStart(of: line - 1)
        }
        return nil
    }
}
