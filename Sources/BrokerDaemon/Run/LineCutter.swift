import Diagnostics

/// Cuts what a program writes into lines that cannot be mistaken for others.
struct LineCutter {
    /// The most bytes of a line that are shown.
    static let longestLine = 1024

    private var line: [UInt8] = []
    private var isTooLong = false

    /// Takes what was written, and returns the lines that are now whole.
    mutating func add(_ bytes: ArraySlice<UInt8>) -> [String] {
        var lines: [String] = []
        var rest = bytes
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            extend(rest[..<end])
            lines.append(takeLine())
            rest = rest[(end + 1)...]
        }
        extend(rest)
        return lines
    }

    /// Ends a line that was begun: nothing or one line.
    mutating func finish() -> [String] {
        line.isEmpty ? [] : [takeLine()]
    }

    private mutating func extend(_ bytes: ArraySlice<UInt8>) {
        let room = Self.longestLine - line.count
        if bytes.count > room { isTooLong = true }
        line += bytes.prefix(room)
    }

    private mutating func takeLine() -> String {
        defer {
            line.removeAll(keepingCapacity: true)
            isTooLong = false
        }
        if isTooLong {
            dropPartialCharacter()
        } else if line.last == UInt8(ascii: "\r") {
            line.removeLast()
        }
        // Only tabs keep their effect: no program moves the cursor over the lines of another.
        let text = String(decoding: line, as: UTF8.self)
            .split(separator: "\t", omittingEmptySubsequences: false)
            .map { String($0).printable }
            .joined(separator: "\t")
        return isTooLong ? text + "…" : text
    }

    /// Takes away the beginning of a character that was cut.
    private mutating func dropPartialCharacter() {
        guard let start = line.suffix(4).lastIndex(where: { $0 & 0xC0 != 0x80 }) else { return }
        if line[start] >= 0xC0, line.count - start < leadLength(line[start]) {
            line.removeSubrange(start...)
        }
    }

    private func leadLength(_ byte: UInt8) -> Int {
        byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
    }
}
