/// A fixed set of byte strings, found again by their hash.
///
/// The standard dictionary costs several times as much per look-up (keyed hashing, and an array to
/// ask with); this table is filled once, when a policy is compiled, and asked for every event. Names
/// that clients invent are looked up and never added.
struct SymbolTable {
    private var slots: [UInt32] = [0]
    private var hashes: [UInt64] = []
    private var ends: [UInt32] = [0]
    private var arena: [UInt8] = []

    /// How many strings there are; their numbers count from 0.
    var count: Int { hashes.count }

    init() {}

    /// Numbers `strings`, which must differ, in their order.
    init(_ strings: some Collection<[UInt8]>) {
        var capacity = 8
        while capacity < strings.count * 2 { capacity *= 2 }
        slots = Array(repeating: 0, count: capacity)
        for bytes in strings {
            var hash = ByteHash()
            for byte in bytes { hash.add(byte) }
            arena += bytes
            ends.append(UInt32(arena.count))
            hashes.append(hash.value)
            var slot = Int(truncatingIfNeeded: hash.value) & (capacity - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (capacity - 1) }
            slots[slot] = UInt32(hashes.count)
        }
    }

    /// The number of the string that is the first `length` bytes of `bytes`, whose hash is `hash`.
    func find(_ bytes: [UInt8], length: Int, hash: UInt64) -> Int? {
        let mask = slots.count - 1
        var slot = Int(truncatingIfNeeded: hash) & mask
        while slots[slot] != 0 {
            let number = Int(slots[slot]) - 1
            if hashes[number] == hash, isEqual(number, bytes, length) { return number }
            slot = (slot + 1) & mask
        }
        return nil
    }

    private func isEqual(_ number: Int, _ bytes: [UInt8], _ length: Int) -> Bool {
        let start = Int(ends[number])
        guard Int(ends[number + 1]) - start == length else { return false }
        for offset in 0..<length where arena[start + offset] != bytes[offset] { return false }
        return true
    }
}

/// FNV-1a with a final mix: byte by byte, so that one pass over a name gives the hash of each of its
/// dotted prefixes too.
struct ByteHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ byte: UInt8) {
        state = (state ^ UInt64(byte)) &* 0x100_0000_01b3
    }

    var value: UInt64 {
        let mixed = (state ^ (state >> 32)) &* 0xd6e8_feb8_6659_fd93
        return mixed ^ (mixed >> 32)
    }
}
