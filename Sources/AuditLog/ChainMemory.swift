import SecurityEvents

/// A line that does not follow from the line before, until the next one tells why.
struct Suspect {
    /// What the line says it is; nil where that cannot be read.
    var sequence: UInt64?
    var hash: Digest?
    /// The hash that the line should have after the last good one.
    var computed: Digest
    var place: ChainPlace
    var fault: RecordFault?
}

/// Numbers that did not come where they belong.
struct Gap {
    var missing: ClosedRange<UInt64>
    /// The hash of the record before the gap; nil once a part of it came.
    var before: Digest
    var place: ChainPlace
}

/// The numbers and hashes of the last records, to know one that comes again.
///
/// Its size is fixed: of a copy of an older record nobody can say that it is one.
struct RecentRecords {
    private static let size: UInt64 = 1 << 16

    private struct Entry {
        var sequence: UInt64
        var hash: UInt64
    }

    private var entries = [Entry](repeating: Entry(sequence: 0, hash: 0), count: Int(size))

    mutating func note(_ sequence: UInt64, _ hash: Digest) {
        entries[Int(sequence % Self.size)] = Entry(sequence: sequence, hash: Self.short(hash))
    }

    func contains(_ sequence: UInt64, _ hash: Digest) -> Bool {
        let entry = entries[Int(sequence % Self.size)]
        return entry.sequence == sequence && entry.hash == Self.short(hash)
    }

    private static func short(_ hash: Digest) -> UInt64 {
        let vector = hash.vector
        var short: UInt64 = 0
        for index in 0..<8 { short = short << 8 | UInt64(vector[index]) }
        return short
    }
}
