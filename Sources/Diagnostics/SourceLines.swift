/// The lines of a document, counted as diagnostics count them.
///
/// Lines end at LF, CRLF and CR. A byte order mark is no column, so that it belongs to no line.
enum SourceLines {
    /// Calls `body` for each line in order, without what ends it; the last one may be empty.
    static func forEach(in bytes: [UInt8], _ body: (_ number: Int, _ line: Range<Int>) -> Void) {
        var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var number = 1
        var offset = start
        while offset < bytes.count {
            let byte = bytes[offset]
            offset += 1
            guard byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") else { continue }
            body(number, start..<offset - 1)
            if byte == UInt8(ascii: "\r"), offset < bytes.count, bytes[offset] == UInt8(ascii: "\n")
            {
                offset += 1
            }
            number += 1
            start = offset
        }
        body(number, start..<bytes.count)
    }

    /// The wanted lines alone, in one pass: a table of all lines may be larger than the document.
    static func find(_ wanted: Set<Int>, in bytes: [UInt8]) -> [Int: ArraySlice<UInt8>] {
        var found: [Int: ArraySlice<UInt8>] = [:]
        forEach(in: bytes) { number, line in
            if wanted.contains(number) { found[number] = bytes[line] }
        }
        return found
    }
}

extension UInt8 {
    /// Whether this byte of UTF-8 is not the first of its character, and so begins no column.
    var continuesCharacter: Bool { self & 0xC0 == 0x80 }
    var isBlank: Bool { self == UInt8(ascii: " ") || self == UInt8(ascii: "\t") }
}
