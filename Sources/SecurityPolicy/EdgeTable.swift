/// The edges of a trie in one open-addressing table: (node, token) → node.
struct EdgeTable {
    private var keys: [UInt64] = Array(repeating: Self.empty, count: 16)
    private var children: [Int32] = Array(repeating: 0, count: 16)
    private var count = 0

    private static let empty = UInt64.max

    /// The node behind the edge, or nil.
    func child(of node: Int32, _ token: Token) -> Int32? {
        let slot = slot(of: Self.key(node, token))
        return keys[slot] == Self.empty ? nil : children[slot]
    }

    /// Adds an edge, which must not be there yet.
    mutating func insert(_ child: Int32, under node: Int32, _ token: Token) {
        let key = Self.key(node, token)
        let slot = slot(of: key)
        keys[slot] = key
        children[slot] = child
        count += 1
        if count * 2 > keys.count { grow() }
    }

    private static func key(_ node: Int32, _ token: Token) -> UInt64 {
        UInt64(UInt32(bitPattern: node)) << 32 | UInt64(token)
    }

    private func slot(of key: UInt64) -> Int {
        let mask = keys.count - 1
        let mixed = (key ^ (key >> 29)) &* 0xbf58_476d_1ce4_e5b9
        var slot = Int(truncatingIfNeeded: mixed ^ (mixed >> 32)) & mask
        while keys[slot] != Self.empty, keys[slot] != key { slot = (slot + 1) & mask }
        return slot
    }

    private mutating func grow() {
        let old = (keys, children)
        keys = Array(repeating: Self.empty, count: old.0.count * 2)
        children = Array(repeating: 0, count: keys.count)
        for (key, child) in zip(old.0, old.1) where key != Self.empty {
            let slot = slot(of: key)
            keys[slot] = key
            children[slot] = child
        }
    }
}
