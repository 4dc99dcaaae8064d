/// What texts of lines mean, kept for the next time that they come.
///
/// A log says the same few names again and again: a text that is known costs one comparison and no
/// memory. The table has a fixed size; texts that fall into one place push each other out, which
/// costs time and nothing else.
struct ReadTable<Value: Sendable>: Sendable {
    private struct Slot: Sendable {
        var text: [UInt8] = []
        var value: Value?
        var isTaken = false
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
        guard let place = place(line, range, make: make) else { return nil }
        return slots[place].value
    }

    /// Where in the table `line[range]` and its meaning are; nil if it means nothing.
    ///
    /// The place is good until another text is looked up.
    mutating func place(
        _ line: Span<UInt8>,
        _ range: Range<Int>,
        make: (_ text: [UInt8]) -> Value?
    ) -> Int? {
        let place = firstPlace(line, range)
        if holds(place, line, range) { return place }
        // Two texts that fall into one place live side by side.
        if holds(place ^ 1, line, range) { return place ^ 1 }
        var text: [UInt8] = []
        text.reserveCapacity(range.count)
        for index in range { text.append(line[index]) }
        guard let value = make(text) else { return nil }
        slots[place ^ 1] = slots[place]
        slots[place] = Slot(text: text, value: value, isTaken: true)
        return place
    }

    /// The meaning at a place that ``place(_:_:make:)`` returned.
    subscript(place: Int) -> Value? {
        get { slots[place].value }
        set { slots[place].value = newValue }
    }

    private func holds(_ place: Int, _ line: Span<UInt8>, _ range: Range<Int>) -> Bool {
        slots[place].isTaken && line.holds(slots[place].text, at: range.lowerBound, range.count)
    }

    /// The last bytes tell names apart best: their beginnings are packages that many share.
    @inline(__always)
    private func firstPlace(_ line: Span<UInt8>, _ range: Range<Int>) -> Int {
        // A line starts with more than eight bytes that are in no text.
        var mix = line.eight(at: range.upperBound - 8)
        if range.count < 8 { mix >>= UInt64(8 * (8 - range.count)) }
        mix = (mix ^ UInt64(range.count)) &* 0x9E37_79B9_7F4A_7C15
        // Only the highest bits of a product depend on all bits.
        return Int(mix >> shift)
    }
}
