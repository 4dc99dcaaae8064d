/// A comment `# kosbroker:ignore ID reason`, or `ID1,ID2` for several findings.
struct SuppressionComment {
    struct Target {
        var id: String
        var place: SourceLocation
    }

    /// Where its `#` stands.
    var place: SourceLocation
    var targets: [Target] = []
    /// Empty where none is given.
    var reason = ""
}

extension SuppressionComment {
    /// What makes a comment a suppression: this and nothing else, followed by a blank or the end.
    private static let marker = Array("# kosbroker:ignore".utf8)

    /// How many suppressions of a document are heard: no more findings are ever reported.
    fileprivate static let limit = [Diagnostic].bearable

    /// All suppressions of a document, in order.
    static func all(in bytes: [UInt8], file: String) -> [SuppressionComment] {
        var comments: [SuppressionComment] = []
        SourceLines.forEach(in: bytes) { number, line in
            let text = bytes[line]
            guard comments.count < limit, mayHaveMarker(text) else { return }
            guard let start = commentStart(in: text) else { return }
            var reader = CommentReader(line: text, number: number, file: file)
            comments += reader.comments(from: start)
        }
        return comments
    }

    private static func mayHaveMarker(_ text: ArraySlice<UInt8>) -> Bool {
        var rest = text
        while let offset = rest.firstIndex(of: marker[0]) {
            if rest[offset...].starts(with: marker) { return true }
            rest = rest[(offset + 1)...]
        }
        return false
    }

    fileprivate static func isMarker(at offset: Int, in line: ArraySlice<UInt8>) -> Bool {
        guard line[offset...].starts(with: marker) else { return false }
        let end = offset + marker.count
        return end == line.endIndex || line[end].isBlank
    }

    fileprivate static var markerLength: Int { marker.count }

    /// Where the comment of a line of YAML starts: at a `#` at its start or after a blank, outside
    /// quotes.
    ///
    /// The line is looked at by itself: of a quoted text that began on a line before, the rest is
    /// taken for plain text. A quote opens a quoted text only where a value can start, so that the
    /// one in `it's` does not.
    private static func commentStart(in line: ArraySlice<UInt8>) -> Int? {
        var offset = line.startIndex
        var startsValue = true
        var isAfterBlank = true
        while offset < line.endIndex {
            let byte = line[offset]
            let next = offset + 1
            let endsWord = next == line.endIndex || line[next].isBlank
            switch byte {
            case UInt8(ascii: "#") where isAfterBlank: return offset
            case UInt8(ascii: "\""), UInt8(ascii: "'"):
                if startsValue {
                    guard let end = endOfQuotes(at: offset, in: line) else { return nil }
                    offset = end
                    // In JSON a colon follows a quoted key at once, and the value that.
                    startsValue = line[end...].first == UInt8(ascii: ":")
                    if startsValue { offset += 1 }
                    isAfterBlank = false
                    continue
                }
            case UInt8(ascii: "["), UInt8(ascii: "{"), UInt8(ascii: ","): startsValue = true
            case UInt8(ascii: ":"): startsValue = endsWord
            case UInt8(ascii: "-"), UInt8(ascii: "?"): startsValue = startsValue && endsWord
            default: if !byte.isBlank { startsValue = false }
            }
            isAfterBlank = byte.isBlank
            offset = next
        }
        return nil
    }

    /// After the quote that closes the one at `start`; nil where the line ends before.
    private static func endOfQuotes(at start: Int, in line: ArraySlice<UInt8>) -> Int? {
        let quote = line[start]
        var offset = start + 1
        while offset < line.endIndex {
            if line[offset] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                offset += 2
            } else if line[offset] != quote {
                offset += 1
            } else if quote == UInt8(ascii: "'"), line[(offset + 1)...].first == quote {
                offset += 2
            } else {
                return offset + 1
            }
        }
        return nil
    }
}

/// Reads the suppressions in the comment of one line.
private struct CommentReader {
    let line: ArraySlice<UInt8>
    let number: Int
    let file: String
    /// Up to where columns have been counted, and the column there.
    private var counted: Int
    private var column = 1

    init(line: ArraySlice<UInt8>, number: Int, file: String) {
        self.line = line
        self.number = number
        self.file = file
        counted = line.startIndex
    }

    mutating func comments(from start: Int) -> [SuppressionComment] {
        var comments: [SuppressionComment] = []
        var next = marker(from: start)
        while let marker = next, comments.count < SuppressionComment.limit {
            next = self.marker(from: marker + SuppressionComment.markerLength)
            comments.append(comment(at: marker, end: next ?? line.endIndex))
        }
        return comments
    }

    /// The first marker at or after `start` that begins the comment or follows a blank.
    private func marker(from start: Int) -> Int? {
        var offset = start
        while let found = line[offset...].firstIndex(of: UInt8(ascii: "#")) {
            let isSeparate = found == line.startIndex || line[found - 1].isBlank
            if isSeparate, SuppressionComment.isMarker(at: found, in: line) { return found }
            offset = found + 1
        }
        return nil
    }

    private mutating func comment(at marker: Int, end: Int) -> SuppressionComment {
        var comment = SuppressionComment(place: place(at: marker))
        var offset = skipBlanks(marker + SuppressionComment.markerLength, end)
        var goesOn = true
        while goesOn, offset < end {
            goesOn = false
            let word = line[offset..<end].prefix { !$0.isBlank }
            let limit = SuppressionComment.limit - comment.targets.count
            let ids = word.split(separator: UInt8(ascii: ","), maxSplits: limit)
            for id in ids.prefix(limit) {
                let text = String(decoding: id, as: UTF8.self)
                comment.targets.append(.init(id: text, place: place(at: id.startIndex)))
            }
            // `ID1, ID2` is a list as well as `ID1,ID2`.
            goesOn = word.last == UInt8(ascii: ",")
            offset = skipBlanks(word.endIndex, end)
        }
        var reason = line[offset..<max(offset, end)]
        while let last = reason.last, last.isBlank { reason.removeLast() }
        comment.reason = String(decoding: reason, as: UTF8.self)
        return comment
    }

    private func skipBlanks(_ offset: Int, _ end: Int) -> Int {
        line[min(offset, end)..<end].firstIndex { !$0.isBlank } ?? end
    }

    /// Offsets must be asked for in ascending order.
    private mutating func place(at offset: Int) -> SourceLocation {
        column += line[counted..<offset].count { !$0.continuesCharacter }
        counted = offset
        return SourceLocation(file: file, line: number, column: column)
    }
}
