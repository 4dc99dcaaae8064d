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

extension LoggedRecord {
    /// No record yet: what a reader reads into.
    package static let none = LoggedRecord(
        sequence: 0,
        wall: .epoch,
        record: AuditRecord(.stop, at: .zero),
        hash: .zero
    )

    /// Forgets what not every record has.
    mutating func forget() {
        record.call = nil
        record.operation = nil
        (record.process, record.target, record.client, record.server) = (nil, nil, nil, nil)
        record.connection = nil
        record.path = nil
        record.interface = nil
        record.endpoint = nil
        record.riid = nil
        record.index = nil
        record.decision = nil
        record.enforced = nil
        record.misuse = nil
        record.retcode = nil
        record.mode = nil
        record.policy = nil
        record.generation = nil
        record.lost = nil
        record.version = nil
        record.solution = nil
        record.torn = nil
    }
}

/// Why a line is no record that we know.
package struct RecordFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte of the line, counted from 0, at which it shows.
    package let offset: Int
    /// What is wrong, lowercase and without a full stop.
    package let message: String

    package var description: String { "\(message) at byte \(offset + 1)" }
}
