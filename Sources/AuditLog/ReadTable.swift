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

    /// - Parameter sizeExponent: the table has two to the power of it places.
    init(sizeExponent: Int = 8) {
        slots = Array(repeating: Slot(), count: 1 << sizeExponent)
    }

    /// What `line[range]` means; nil if `make` says that it means nothing.
    mutating func value(
        _ line: Span<UInt8>,
        _ range: Range<Int>,
        make: (_ text: [UInt8]) -> Value?
    ) -> Value? {
        let place = place(line, range)
        if slots[place].value != nil, equal(slots[place].text.span, line, range) {
            return slots[place].value
        }
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        for index in range { text.append(line[index]) }
        guard let value = make(text) else { return nil }
        slots[place] = Slot(text: text, value: value)
        return value
    }

    /// The last bytes tell names apart best: their beginnings are packages that many share.
    private func place(_ line: Span<UInt8>, _ range: Range<Int>) -> Int {
        var mix = UInt32(truncatingIfNeeded: range.count)
        for index in max(range.lowerBound, range.upperBound - 8)..<range.upperBound {
            mix = mix &* 31 &+ UInt32(line[index])
        }
        mix ^= mix >> 15
        return Int(mix) & (slots.count - 1)
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
