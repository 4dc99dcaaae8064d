/// Finds the keys of one large mapping by their bytes: a hash table of small numbers that stand
/// for keys.
///
/// The hash is the standard library's, seeded anew in each run, so that nobody can write a document
/// whose keys all collide.
struct KeyTable: Sendable {
    private var slots: [Int32]

    /// - Parameter capacity: how many keys there will be at most.
    init(capacity: Int) {
        var size = 16
        while size < capacity * 2 { size *= 2 }
        slots = Array(repeating: -1, count: size)
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

    /// The slot of the key for which `matches` holds, or the free one where it belongs.
    func slot(_ hash: Int, _ matches: (Int32) -> Bool) -> Int {
        var slot = hash & (slots.count - 1)
        while slots[slot] >= 0, !matches(slots[slot]) { slot = (slot + 1) & (slots.count - 1) }
        return slot
    }

    /// What is in a slot; nil when it is free.
    subscript(slot: Int) -> Int32? {
        get { slots[slot] < 0 ? nil : slots[slot] }
        set { slots[slot] = newValue ?? -1 }
    }
}
