/// One node in the flat tree: its descendants follow it directly.
///
/// Twelve bytes, since a document may have millions; a size of 64 MiB fits easily.
struct NodeRecord {
    struct Traits: OptionSet {
        let rawValue: UInt8

        /// A scalar without quotes.
        static let plain = Traits(rawValue: 1)
        /// A scalar whose value stands in the text one byte after its start.
        static let quoted = Traits(rawValue: 2)
        /// A scalar whose value does not stand in the text, but in the arena.
        static let resolved = Traits(rawValue: 4)
        /// What stands in for an alias, which has been reported.
        static let alias = Traits(rawValue: 8)
        /// A key that has been reported: repeated, empty or no scalar.
        static let leftOut = Traits(rawValue: 16)
    }

    /// The byte offset where the node starts.
    let start: UInt32
    /// Of a scalar, the bytes of its value, or its number among the resolved ones; of a collection,
    /// the index of the node after its last descendant.
    var extent: UInt32
    let kind: YAMLNode.Kind
    var traits: Traits
}

/// The nodes of a document, and those values that do not stand verbatim in its text.
struct NodeTable {
    private(set) var records: [NodeRecord] = []
    private var arena: [UInt8] = []
    /// Where each resolved value ends in the arena; it starts where the one before ends.
    private var ends: [UInt32] = [0]

    /// - Parameter size: of the text; a node takes about ten bytes in ordinary documents, and memory
    ///   that is never touched costs nothing, but growing would copy.
    init(textSize size: Int) {
        records.reserveCapacity(size / 8 + 16)
    }

    var count: Int { records.count }

    mutating func append(_ record: NodeRecord) {
        records.append(record)
    }

    mutating func appendResolved(
        at start: Int,
        _ traits: NodeRecord.Traits,
        _ fill: (inout [UInt8]) -> Void
    ) {
        fill(&arena)
        ends.append(UInt32(arena.count))
        let number = UInt32(ends.count - 2)
        let traits = traits.union(.resolved)
        append(NodeRecord(start: UInt32(start), extent: number, kind: .scalar, traits: traits))
    }

    /// Ends a collection with the last node appended.
    mutating func close(_ index: Int) {
        records[index].extent = UInt32(records.count)
    }

    mutating func leaveOut(_ index: Int) {
        records[index].traits.insert(.leftOut)
    }

    /// The index of the node after `index` and all its descendants.
    func next(after index: Int) -> Int {
        records[index].kind == .scalar ? index + 1 : Int(records[index].extent)
    }

    /// Hands out the value of a scalar; nothing for collections.
    func withBytes<Result>(
        of index: Int,
        in text: [UInt8],
        _ body: (Span<UInt8>) -> Result
    ) -> Result {
        let record = records[index]
        if record.kind != .scalar { return body(text.span.extracting(0..<0)) }
        let extent = Int(record.extent)
        if record.traits.contains(.resolved) {
            return body(arena.span.extracting(Int(ends[extent])..<Int(ends[extent + 1])))
        }
        let start = Int(record.start) + (record.traits.contains(.quoted) ? 1 : 0)
        return body(text.span.extracting(start..<(start + extent)))
    }
}

extension NodeTable {
    /// The entries of a mapping, in order, without those whose key has been reported.
    func forEachEntry(of mapping: Int, _ body: (_ key: Int, _ value: Int) -> Void) {
        let end = Int(records[mapping].extent)
        var key = mapping + 1
        while key < end {
            let value = next(after: key)
            // Where reading broke off, the last key may have no value.
            guard value < end else { return }
            if !records[key].traits.contains(.leftOut) { body(key, value) }
            key = next(after: value)
        }
    }

    /// The elements of a sequence, in order.
    func forEachItem(of sequence: Int, _ body: (Int) -> Void) {
        let end = Int(records[sequence].extent)
        var item = sequence + 1
        while item < end {
            body(item)
            item = next(after: item)
        }
    }

    func haveSameValue(_ first: Int, _ second: Int, in text: [UInt8]) -> Bool {
        withBytes(of: first, in: text) { one in
            withBytes(of: second, in: text) { other in one.hasSameBytes(as: other) }
        }
    }

    func excerpt(of index: Int, in text: [UInt8]) -> String {
        withBytes(of: index, in: text) { bytes in
            Excerpt.quoted(bytes.indices.prefix(400).map { bytes[$0] })
        }
    }
}

extension Span<UInt8> {
    func hasSameBytes(as other: Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for offset in indices where self[offset] != other[offset] { return false }
        return true
    }
}
