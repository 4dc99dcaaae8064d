import ArgumentParser
import AuditFiles
import AuditLog
import BrokerDaemon
import SecurityEvents

/// Where and how `kosbroker run` keeps its audit log.
struct RunAuditOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The audit log; one that is there already is gone on with.",
            valueName: "file"
        )
    )
    var audit: String?

    @OptionGroup var key: AuditKeyOptions

    @Option(
        name: .customLong("audit-sync"),
        help: """
            When records reach the disk, which only a loss of power tells: none, batch (at most 1,000 \
            records or 10 ms are not there yet) or each.
            """,
        transform: { text in
            guard let value = AuditSynchronization(rawValue: text) else {
                throw ValidationError("--audit-sync takes none, batch or each, not `\(text)`")
            }
            return value
        }
    )
    var synchronization: AuditSynchronization = .batch

    @Option(
        name: .customLong("audit-rotate-size"),
        help: ArgumentHelp("Go on in another file before one is larger.", valueName: "bytes")
    )
    var rotationSize: UInt64?

    @Option(
        name: .customLong("audit-rotate-age"),
        help: ArgumentHelp("Go on in another file after this time.", valueName: "seconds")
    )
    var rotationAge: UInt64?

    /// Opens the log, and says what was found of an earlier one.
    ///
    /// - Throws: `invalidDocument` where it is no log to go on with, `noAnswer` where it cannot be
    ///   opened.
    func open(wall: WallTime) throws -> RunAuditLog? {
        guard let audit else { return nil }
        let hash = try key.hash()
        do throws(AuditFileFault) {
            let file = try AuditFile(
                opening: audit,
                hash: hash,
                wall: wall,
                synchronization: synchronization,
                rotation: AuditRotation(size: rotationSize, age: rotationAge)
            )
            if let torn = file.opening.torn {
                Terminal.complain(
                    "kosbroker: the last line of `\(audit)` was torn: its \(torn.bytes) bytes are "
                        + "in `\(torn.file)`"
                )
            }
            return RunAuditLog(file)
        } catch {
            Terminal.complain("kosbroker: `\(audit)`: \(error.message)")
            throw error.kind == .content ? CommandEnd.invalidDocument : CommandEnd.noAnswer
        }
    }
}

/// The audit log of a run, in a file.
final class RunAuditLog: AuditOutput {
    private var file: AuditFile

    init(_ file: consuming AuditFile) { self.file = file }

    func append(_ record: AuditRecord) { file.append(record) }

    func write() -> Bool { file.write() }

    var synchronizationDelay: Duration? { file.synchronizationDelay }

    func synchronize() { _ = file.synchronize() }
}
