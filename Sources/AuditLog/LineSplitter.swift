/// Cuts chunks of bytes into lines; how the chunks are cut makes no difference.
///
/// It holds no more than the beginning of one line. Of a line that is longer than
/// ``longestLine`` only the beginning is handed out, which is no record.
package struct LineSplitter: Sendable {
    /// No record is as long: its names have at most 1023 bytes each.
    package static let longestLine = 1 << 20

    /// The beginning of a line whose end has not come.
    private var rest: [UInt8] = []

    package init() {}

    /// Takes the next bytes and hands out every line that ends in them, without its line feed.
    package mutating func feed(
        _ chunk: ArraySlice<UInt8>,
        _ body: (ArraySlice<UInt8>) throws -> Void
    ) rethrows {
        var start = chunk.startIndex
        while let end = lineFeed(in: chunk, from: start) {
            if rest.isEmpty {
                let length = min(end - start, Self.longestLine)
                try body(chunk[start..<start + length])
            } else {
                keep(chunk[start..<end])
                try body(rest[...])
                rest.removeAll(keepingCapacity: true)
            }
            start = end + 1
        }
        keep(chunk[start...])
    }

    /// What stands after the last line feed, and forgets it.
    package mutating func takeRest() -> [UInt8] {
        defer { rest = [] }
        return rest
    }

    /// How many bytes stand after the last line feed so far, up to ``longestLine``.
    package var restLength: Int { rest.count }

    private mutating func keep(_ part: ArraySlice<UInt8>) {
        rest.append(contentsOf: part.prefix(Self.longestLine - rest.count))
    }

    private func lineFeed(in chunk: ArraySlice<UInt8>, from start: Int) -> Int? {
        let part = chunk[start...]
        let place = part.span.firstIndex(of: 0x0A, from: 0)
        return place == part.count ? nil : start + place
    }
}
