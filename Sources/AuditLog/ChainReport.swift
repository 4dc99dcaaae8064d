package import SecurityEvents

/// What a ``ChainVerifier`` found out about a whole log.
package struct ChainReport: Hashable, Sendable {
    /// Whole lines, records or not.
    package var lines: UInt64 = 0
    /// Lines whose hash follows from the line before.
    package var linked: UInt64 = 0
    /// The first bad place.
    package var first: ChainFault?
    package var counts = ChainCounts()
    /// Where bytes stand after the last line feed, and how many.
    package var torn: (place: ChainPlace, bytes: Int)? {
        tornPlace.map { ($0, tornBytes) }
    }
    var tornPlace: ChainPlace?
    var tornBytes = 0
    /// The last record that follows from the chain.
    package var head: ChainPosition = .start
    /// Which record has the hash that was asked for.
    package var expectedHeadAt: UInt64?
    /// The kind of the first record, and of the last.
    package var firstKind: AuditRecord.Kind?
    package var lastKind: AuditRecord.Kind?
    /// How many `start` records there are, and before how many no `stop` stands.
    package var starts: UInt64 = 0
    package var startsWithoutStop: UInt64 = 0
    /// The counts of all `audit.lost` records.
    package var lost: UInt64 = 0

    /// Integrity: every line is as it was written and where it was written.
    package var isWhole: Bool { first == nil && torn == nil }

    /// Completeness: the broker that wrote the last record stopped in order.
    package var isClosed: Bool { lastKind == .stop }

    /// Whether no line follows from the one before: the sign of another key.
    package var isOtherChain: Bool { linked == 0 && lines > 0 }
}
