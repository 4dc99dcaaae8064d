import AuditLog
import BrokerCore
import BrokerDaemon
import SecurityEvents
import TestSupport
import Testing

extension Name: ExpressibleByStringLiteral {
    /// Tests write names as literals.
    init(stringLiteral text: String) {
        guard let name = try? Self(text) else { preconditionFailure("`\(text)` is a name") }
        self = name
    }
}

/// An engine that is a function.
struct ClosureEngine: PolicyEngine {
    let label = PolicyLabel(name: "closure", digest: .zero)
    var body: (SecurityEvent) -> Bool

    func decide(_ event: SecurityEvent) -> Decision {
        body(event) ? Decision(.allow, .engine(reason: nil)) : Decision(.deny, .noRule)
    }

    static func denying(_ operations: Operation...) -> ClosureEngine {
        ClosureEngine { !operations.contains($0.operation) }
    }
}

/// An audit that is fast, for long tests.
struct NoAudit: AuditOutput {
    func append(_ record: AuditRecord) {}

    func write() -> Bool { true }
}

/// A daemon with a manual clock, and the processes `A`, `B`, `S`, `T` that tests play themselves,
/// all in one thread.
final class LiveWorld {
    let daemon: Daemon
    let output = MemoryAuditOutput(hash: testHash)
    private(set) var records: [AuditRecord] = []
    private(set) var ends: [String] = []

    init(
        engine: any PolicyEngine = ClosureEngine.denying(),
        options: Options = Options(),
        daemonOptions: DaemonOptions = DaemonOptions(),
        channels: [Solution.Channel] = [],
        audit: (any AuditOutput)? = nil
    ) throws {
        let names: [ProcessName] = ["A", "B", "S", "T"]
        let processes = names.map { Solution.Process(ProcessIdentity(undeclared: $0)) }
        let broker = ChannelBroker(
            solution: Solution(
                processes: [Solution.Process(.nameServer)] + processes,
                channels: channels
            ),
            engine: engine,
            options: options
        )
        daemon = try Daemon(
            broker: broker,
            audit: audit ?? output,
            clock: .manual,
            options: daemonOptions
        )
        daemon.onRecord = { [unowned self] in records.append($0) }
        daemon.onEnd = { [unowned self] in ends.append("\($0) \($1)") }
        daemon.start()
        records = []
    }

    func process(_ name: ProcessName) throws -> WireProcess {
        try WireProcess(try daemon.attach(name), in: daemon)
    }

    /// Handles all that there is.
    func settle() throws {
        var before: UInt64
        repeat {
            before = daemon.frameCount
            _ = try daemon.turn(timeout: .zero)
        } while daemon.frameCount != before
    }

    func advance(_ milliseconds: UInt64) {
        daemon.setTime(daemon.now.advanced(byMilliseconds: milliseconds))
    }

    var kinds: [AuditRecord.Kind] { records.map(\.kind) }

    var misuses: [String] { records.compactMap(\.misuse) }

    func forgetRecords() { records = [] }

    /// The lines that were written.
    var lines: [String] {
        String(decoding: output.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
    }
}
