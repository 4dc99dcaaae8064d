package import AuditLog
package import SecurityEvents

/// Where the daemon's audit records go.
///
/// Records are appended as they come, and written once a turn, before the answers of that turn leave.
package protocol AuditOutput {
    /// Takes a record, which gets the next number.
    mutating func append(_ record: AuditRecord)

    /// Writes what was appended and is not written yet, and goes on where it stopped the last time.
    ///
    /// - Returns: whether everything appended has left the process.
    mutating func write() -> Bool

    /// How long what was written may stay away from the disk; nil for as long as the system likes.
    var synchronizationDelay: Duration? { get }

    /// Brings what was written to the disk; a failure shows with the next ``write()``.
    mutating func synchronize()
}

extension AuditOutput {
    package var synchronizationDelay: Duration? { nil }

    package mutating func synchronize() {}
}

/// Keeps the audit lines in memory, for tests, and can fail like a file.
package final class MemoryAuditOutput: AuditOutput {
    /// The lines that were written.
    package private(set) var bytes: [UInt8] = []
    /// How many of the next writes that have something to write fail.
    package var failures = 0

    private var writer: AuditLineWriter

    /// - Parameters:
    ///   - hash: the function of the chain.
    ///   - wall: the wall clock at the broker's start.
    package init(hash: @escaping HashFunction, wall: WallTime = .epoch) {
        writer = AuditLineWriter(hash: hash, wall: wall)
    }

    package func append(_ record: AuditRecord) { writer.append(record) }

    package func write() -> Bool {
        guard failures == 0 || writer.bytes.isEmpty else {
            failures -= 1
            return false
        }
        bytes += writer.bytes
        writer.reset()
        return true
    }
}
