/// What texts of lines mean, kept for the next time that they come.
///
/// A log says the same few names again and again: a text that is known costs one comparison and no
/// memory. The table has a fixed size; texts that fall into one place push each other out, which
/// costs time and nothing else.
struct ReadTable<Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var text: [UInt8] = []
        var value: Value?
    }

    private var slots: [Slot]
    private let shift: UInt64

    /// - Parameter sizeExponent: the table has two to the power of it places.
    init(sizeExponent: Int = 9) {
        shift = UInt64(64 - sizeExponent)
        slots = Array(repeating: Slot(), count: 1 << sizeExponent)
    }

    /// What `line[range]` means; nil if `make` says that it means nothing.
    mutating func value(
        _ line: Span<UInt8>,
        _ range: Range<Int>,
        make: (_ text: [UInt8]) -> Value?
    ) -> Value? {
        let place = place(line, range)
        if let value = slots[place].value, equal(slots[place].text.span, line, range) {
            return value
        }
        // Two texts that fall into one place live side by side.
        if let value = slots[place ^ 1].value, equal(slots[place ^ 1].text.span, line, range) {
            return value
        }
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        for index in range { text.append(line[index]) }
        guard let value = make(text) else { return nil }
        slots[place ^ 1] = slots[place]
        slots[place] = Slot(text: text, value: value)
        return value
    }

    /// The last bytes tell names apart best: their beginnings are packages that many share.
    @inline(__always)
    private func place(_ line: Span<UInt8>, _ range: Range<Int>) -> Int {
        // A line starts with more than eight bytes that are in no text.
        var mix = line.eight(at: range.upperBound - 8)
        if range.count < 8 { mix >>= UInt64(8 * (8 - range.count)) }
        mix = (mix ^ UInt64(range.count)) &* 0x9E37_79B9_7F4A_7C15
        // Only the highest bits of a product depend on all bits.
        return Int(mix >> shift)
    }

    /// Looks at all bytes without a branch: the compiler makes vector code of it.
    private func equal(_ text: Span<UInt8>, _ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
        guard text.count == range.count else { return false }
        let part = line.extracting(range)
        var difference: UInt8 = 0
        for index in text.indices { difference |= text[index] ^ part[index] }
        return difference == 0
    }
}
