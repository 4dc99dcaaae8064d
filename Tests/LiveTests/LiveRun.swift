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

/// An engine that allows everything but speaking for others, which is what a policy is for.
struct OwnerEngine: PolicyEngine {
    let label = PolicyLabel(name: "owner", digest: .zero)

    func decide(_ event: SecurityEvent) -> Decision {
        let isPublishing = event.operation == .publish || event.operation == .unpublish
        let isDenied = isPublishing && event.server != event.process
        return Decision(isDenied ? .deny : .allow, .engine(reason: nil))
    }
}

/// What does not go as it must in a live run.
struct LiveFault: Error, CustomStringConvertible {
    var description: String
}

/// A daemon with its real clock in this thread, and real programs as its processes.
///
/// Every wait is for something that is to happen, and fails if it does not.
final class LiveRun {
    /// Where the programs are: beside the one that runs the tests.
    static let programs = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent()

    let daemon: Daemon
    let output = SequenceOutput()
    private let launcher = Launcher()
    private var children: [UInt32: ChildProcess] = [:]
    private var tokens: [ProcessName: UInt32] = [:]
    private var lastToken: UInt32 = 0
    /// The processes whose end is wanted.
    private var doomed: Set<ProcessName> = []
    /// What the programs that ended last said, by process.
    private(set) var lastWords: [ProcessName: String] = [:]

    /// - Parameters:
    ///   - processes: besides the name server; each has its name as its class.
    ///   - engine: decides.
    ///   - audit: in place of ``output``.
    /// - Throws: what the system says against a daemon.
    init(
        processes: [ProcessName],
        engine: any PolicyEngine = AllowingEngine(),
        audit: (any AuditOutput)? = nil
    ) throws {
        let identities = processes.map { Solution.Process(ProcessIdentity(undeclared: $0)) }
        let broker = ChannelBroker(
            solution: Solution(processes: [Solution.Process(.nameServer)] + identities),
            engine: engine
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
        try start(name, program: "LiveProgram", arguments)
    }

    /// Starts `HostileProgram`, which may end as it likes.
    func startHostile(_ name: ProcessName, _ arguments: String...) throws {
        try start(name, program: "HostileProgram", arguments)
        doomed.insert(name)
    }

    private func start(_ name: ProcessName, program: String, _ arguments: [String]) throws {
        if !daemon.broker.isThere(name) { _ = daemon.startProcess(name) }
        lastWords[name] = nil
        let file = Self.programs.appending(path: program).path
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
        within limit: Duration = .seconds(30)
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
            lastWords[child.name] = said
            // What programs end with that found a mistake, and what a sanitizer says in them.
            let isComplaint =
                child.end == .exit(code: 3) || child.end == .exit(code: 4)
                || said.contains("Sanitizer")
            let isWanted = doomed.remove(child.name) != nil || child.end == .exit(code: 0)
            guard isWanted, !isComplaint else {
                let end = child.end?.text ?? "?"
                throw LiveFault(description: "`\(child.name)` ended with \(end): \(said)")
            }
        }
    }
}

/// Looks at the numbers of the records and forgets these.
final class SequenceOutput: AuditOutput {
    private var writer = AuditLineWriter(hash: testHash)
    private var next = 1
    /// Whether they were those from 1 on, and some.
    var isGapFree: Bool { hasNoGap && next > 1 }
    private var hasNoGap = true

    func append(_ record: AuditRecord) { writer.append(record) }

    func write() -> Bool {
        for line in writer.bytes.split(separator: UInt8(ascii: "\n")) {
            hasNoGap = hasNoGap && line.starts(with: Array(#"{"v":1,"seq":\#(next),"#.utf8))
            next += 1
        }
        writer.reset()
        return true
    }
}

/// Whether a sanitizer watches this process and the programs that it starts: everything takes many
/// times as long, and memory is kept to see who still uses it.
let isSanitized =
    unsafe dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

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

/// A number that an environment variable sets for tests.
func setting(_ variable: String) -> Int? {
    ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
}

/// Runs the body of a test that has a process of its own, and reports what it throws there.
func attempt(_ body: () throws -> Void) {
    do { try body() } catch { Issue.record("\(error)") }
}

/// Shows what a test printed that has a process of its own.
func printOutput(of result: ExitTest.Result?) {
    guard let output = result?.standardOutputContent, !output.isEmpty else { return }
    print(String(decoding: output, as: UTF8.self), terminator: "")
}
