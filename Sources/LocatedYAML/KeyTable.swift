/// Finds the keys of one large mapping by their bytes: a hash table of small numbers that stand for
/// keys.
///
/// The hash is the standard library's, seeded anew in each run, so that nobody can write a document
/// whose keys all collide.
struct KeyTable: Sendable {
    /// Half of the hash and the number, so that a key is looked at only when it is likely the one.
    private struct Slot {
        var tag: UInt32 = 0
        var number: Int32 = -1
    }

    private var slots: [Slot]

    /// Makes room for `capacity` keys, with as many slots again.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: Slot(), count: size)
    }

    static func hash(_ bytes: Span<UInt8>) -> Int {
        var hasher = Hasher()
        var word: UInt64 = 0
        for offset in bytes.indices {
            word = word << 8 | UInt64(bytes[offset])
            if offset % 8 == 7 { hasher.combine(word) }
        }
        hasher.combine(word)
        hasher.combine(bytes.count)
        return hasher.finalize()
    }

    /// The number of the key with this hash for which `matches` holds.
    func find(_ hash: Int, _ matches: (Int32) -> Bool) -> Int32? {
        let number = slots[slot(hash, matches)].number
        return number < 0 ? nil : number
    }

    /// Notes the number of a key, unless there is one already for which `matches` holds.
    ///
    /// - Returns: the number that was there; nil for a new key.
    mutating func insert(_ number: Int32, _ hash: Int, _ matches: (Int32) -> Bool) -> Int32? {
        let slot = slot(hash, matches)
        guard slots[slot].number < 0 else { return slots[slot].number }
        slots[slot] = Slot(tag: Self.tag(hash), number: number)
        return nil
    }

    private func slot(_ hash: Int, _ matches: (Int32) -> Bool) -> Int {
        let (mask, tag) = (slots.count - 1, Self.tag(hash))
        var slot = hash & mask
        while slots[slot].number >= 0 {
            if slots[slot].tag == tag, matches(slots[slot].number) { break }
            slot = (slot + 1) & mask
        }
        return slot
    }

    private static func tag(_ hash: Int) -> UInt32 {
        UInt32(truncatingIfNeeded: hash >> 32)
    }
}
