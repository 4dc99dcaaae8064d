import AuditLog
import BrokerCore
@testable import BrokerDaemon
import Foundation
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

/// An engine that allows everything, so that only what programs do is seen.
struct AllowingEngine: PolicyEngine {
    let label = PolicyLabel(name: "allowing", digest: .zero)

    func decide(_ event: SecurityEvent) -> Decision { Decision(.allow, .engine(reason: nil)) }
}

/// What does not go as it must in a live run.
struct LiveFault: Error, CustomStringConvertible {
    var description: String
}

/// A daemon with its real clock in this thread, and real programs as its processes.
///
/// Every wait is for something that is to happen, and fails if it does not.
final class LiveRun {
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "LiveProgram")

    let daemon: Daemon
    let output = MemoryAuditOutput(hash: testHash)
    private let launcher = Launcher()
    private var children: [UInt32: ChildProcess] = [:]
    private var tokens: [ProcessName: UInt32] = [:]
    private var lastToken: UInt32 = 0
    /// The processes whose end is wanted.
    private var doomed: Set<ProcessName> = []

    /// - Parameters:
    ///   - processes: besides the name server; each has its name as its class.
    ///   - audit: in place of ``output``, for runs whose log does not fit.
    /// - Throws: what the system says against a daemon.
    init(processes: [ProcessName], audit: (any AuditOutput)? = nil) throws {
        let identities = processes.map { Solution.Process(ProcessIdentity(undeclared: $0)) }
        let broker = ChannelBroker(
            solution: Solution(processes: [Solution.Process(.nameServer)] + identities),
            engine: AllowingEngine()
        )
        daemon = try Daemon(broker: broker, audit: audit ?? output)
        daemon.start()
    }

    deinit {
        for child in children.values {
            child.send(SIGKILL)
            while !child.reap() { sched_yield() }
        }
    }

    /// How many programs run.
    var running: Int { children.count }

    /// Starts `LiveProgram` with `arguments` as `name`, which Einit starts anew if it has ended.
    func start(_ name: ProcessName, _ arguments: String...) throws {
        if !daemon.broker.isThere(name) { _ = daemon.startProcess(name) }
        let file = Self.program.path
        let program = Program(process: name, file: file, arguments: [file] + arguments)
        let child = try launcher.start(program, identity: try daemon.attach(name))
        lastToken += 1
        try daemon.watch(child.endDescriptor, token: lastToken)
        children[lastToken] = child
        tokens[name] = lastToken
        doomed.remove(name)
    }

    /// Kills a program; its end is noticed in a later turn.
    func kill(_ name: ProcessName) {
        guard let token = tokens[name], let child = children[token] else { return }
        doomed.insert(name)
        child.send(SIGKILL)
    }

    func isRunning(_ name: ProcessName) -> Bool { tokens[name] != nil }

    /// Turns the loop until `condition` holds.
    func turn(
        until condition: () -> Bool,
        _ what: String,
        within limit: Duration = .seconds(10)
    ) throws {
        let guardTime = ContinuousClock.now + limit
        while !condition() {
            guard ContinuousClock.now < guardTime else {
                throw LiveFault(description: "after \(limit): \(what)")
            }
            try turn(.milliseconds(20))
        }
    }

    /// Turns the loop for some time, in which nothing particular is waited for.
    func turn(for duration: Duration) throws {
        let end = ContinuousClock.now + duration
        while true {
            let left = end - ContinuousClock.now
            guard left > .zero else { return }
            try turn(left)
        }
    }

    /// One turn, and the ends that it shows.
    private func turn(_ timeout: Duration) throws {
        for token in try daemon.turn(timeout: timeout) {
            guard let child = children[token], child.reap() else { continue }
            daemon.unwatch(child.endDescriptor)
            children[token] = nil
            tokens[child.name] = nil
            daemon.endProcess(child.name)
            let said = (child.errors.drain() + child.output.drain()).joined(separator: "; ")
            let isClean = child.end == .exit(code: 0)
            guard isClean || doomed.remove(child.name) != nil else {
                let end = child.end?.text ?? "?"
                throw LiveFault(description: "`\(child.name)` ended with \(end): \(said)")
            }
        }
    }

    /// The numbers of all records, which must be those from 1 on.
    var isGapFree: Bool {
        var next = 1
        for line in output.bytes.split(separator: UInt8(ascii: "\n")) {
            let wanted = Array(#"{"v":1,"seq":\#(next),"#.utf8)
            guard line.starts(with: wanted) else { return false }
            next += 1
        }
        return next > 1
    }
}

/// How many descriptors this process has open.
func openDescriptorCount() -> Int {
    (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? -1
}

/// How many bytes of its own this process has in memory.
func residentBytes() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("RssAnon:") }
    let number = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (number ?? 0) * 1024
}

/// Runs the body of a test that has a process of its own, and reports what it throws there.
func attempt(_ body: () throws -> Void) {
    do { try body() } catch { Issue.record("\(error)") }
}
