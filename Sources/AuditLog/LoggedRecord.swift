package import SecurityEvents

/// A record as it stands in a log: what happened, with its number, its moment and its hash.
package struct LoggedRecord: Hashable, Sendable {
    /// The number of the record, from 1.
    package var sequence: UInt64
    /// When, in civil time; ``AuditRecord/time`` has the same moment on the broker's clock.
    package var wall: WallTime
    /// What happened.
    ///
    /// Reasons of engines are not recorded: they read as none.
    package var record: AuditRecord
    /// The link of the chain that the line carries; whether it is right, a ``ChainVerifier`` says.
    package var hash: Digest
}

/// Why a line is no record that we know.
package struct RecordFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte of the line, counted from 0, at which it shows.
    package let offset: Int
    /// What is wrong, lowercase and without a full stop.
    package let message: String

    package var description: String { "\(message) at byte \(offset + 1)" }
}
