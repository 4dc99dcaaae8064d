// Several bytes of a line at once: reading a log is mostly looking for the end of things.
//
// The loads are checked against the bounds; they are called unsafe because not every type may be made
// of any bytes, which numbers may.

extension Span<UInt8> {
    /// The eight bytes from `index` on, the first in the lowest place.
    @inline(__always)
    func eight(at index: Int) -> UInt64 {
        unsafe UInt64(
            littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: index, as: UInt64.self)
        )
    }

    /// The sixteen bytes from `index` on, the first in the lowest place.
    @inline(__always)
    func sixteen(at index: Int) -> UInt128 {
        UInt128(eight(at: index)) | UInt128(eight(at: index + 8)) << 64
    }

    /// Whether just `text` stands at `index`, where there are `count` bytes.
    @inline(__always)
    func holds(_ text: [UInt8], at index: Int, _ count: Int) -> Bool {
        guard text.count == count, index + count <= self.count else { return false }
        let text = text.span
        var place = 0
        while place + 8 <= count {
            if text.eight(at: place) != eight(at: index + place) { return false }
            place += 8
        }
        while place < count {
            if text[place] != self[index + place] { return false }
            place += 1
        }
        return true
    }

    /// Where the first `byte` is from `start` on; the count where there is none.
    func firstIndex(of byte: UInt8, from start: Int) -> Int {
        let pattern = UInt64(repeating: byte)
        var index = start
        while index + 8 <= count {
            let found = (eight(at: index) ^ pattern).zeroBytes
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count, self[index] != byte { index += 1 }
        return index
    }

    /// Where a JSON string has something else than plain text: a quote, a backslash, a control
    /// character; the count where there is nothing of that.
    func endOfPlainText(from start: Int) -> Int {
        let quotes = UInt64(repeating: UInt8(ascii: "\""))
        let backslashes = UInt64(repeating: UInt8(ascii: "\\"))
        var index = start
        while index + 8 <= count {
            let word = eight(at: index)
            let controls = (word &- UInt64(repeating: 0x20)) & ~word & UInt64(repeating: 0x80)
            let found = controls | (word ^ quotes).zeroBytes | (word ^ backslashes).zeroBytes
            // Only bytes after the first one found can be marked wrongly.
            if found != 0 { return index + found.trailingZeroBitCount / 8 }
            index += 8
        }
        while index < count {
            let byte = self[index]
            if byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") { break }
            index += 1
        }
        return index
    }
}

extension UInt64 {
    /// `byte` in each of the eight places.
    @inline(__always)
    init(repeating byte: UInt8) { self = UInt64(byte) &* 0x0101_0101_0101_0101 }

    /// The highest bit of the lowest byte that is zero; bits above it mean nothing.
    @inline(__always)
    var zeroBytes: UInt64 {
        (self &- 0x0101_0101_0101_0101) & ~self & 0x8080_8080_8080_8080
    }
}
