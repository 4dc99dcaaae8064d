package import AuditLog

/// When records reach the disk: this concerns loss of power only.
///
/// Whatever is chosen, nothing is answered before its records have left the process.
package enum AuditSynchronization: String, CaseIterable, Hashable, Sendable {
    /// When the system sees fit.
    case none
    /// At most 1,000 records or 10 milliseconds are not there yet.
    case batch
    /// Before anything is answered.
    case each

    /// How many records may be written and not on the disk.
    static let batchRecords = 1000
    /// How long a record may be written and not on the disk.
    static let batchTime = Duration.milliseconds(10)
}

/// When a log goes on in another file; without values it never does.
package struct AuditRotation: Hashable, Sendable {
    /// The size in bytes that a file does not exceed, unless a single write does.
    package var size: UInt64?
    /// How many seconds there are between the first record of a file and that of the next.
    package var age: UInt64?

    package init(size: UInt64? = nil, age: UInt64? = nil) {
        self.size = size
        self.age = age
    }
}

/// What was found when a log was opened to go on with it.
package struct AuditOpening: Hashable, Sendable {
    /// Bytes after the last whole line, and where they are now.
    package struct Torn: Hashable, Sendable {
        package var bytes: Int
        package var file: String
    }

    /// After which record the log goes on; the start for a new log.
    package var position: ChainPosition
    package var torn: Torn?
}
