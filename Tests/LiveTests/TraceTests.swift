import BrokerDaemon
import Foundation
import SecurityEvents
import Testing

/// What the broker does while messages go over a channel that it has made: nothing.
struct TraceTests {
    @Test(.timeLimit(.minutes(2)))
    func `10,000 calls over a channel are one sleep of the daemon`() async {
        await #expect(processExitsWith: .success) {
            attempt { try sleepThroughCalls() }
        }
    }

    @Test(.timeLimit(.minutes(2)))
    func `10,000 calls over a channel leave no mark in what the system counts of a broker`() throws
    {
        let run = try BrokerRun()
        defer { run.stop() }
        let (before, after) = try run.compare { try BrokerRun.Counts(of: run.process) }
        print("a broker before 10,000 calls past it: \(before); behind them: \(after)")
        #expect(before.switches > 0 && before.nanoseconds > 0)
        #expect(before == after)
    }

    @Test(.timeLimit(.minutes(2)), .enabled(if: BrokerRun.strace != nil, "there is no strace"))
    func `10,000 calls over a channel show no system call in a trace of a broker`() throws {
        let run = try BrokerRun()
        defer { run.stop() }
        guard let trace = try run.trace() else {
            print("this user may not trace a broker: nothing is shown")
            return
        }
        let (before, after) = try run.compare { try String(contentsOf: trace, encoding: .utf8) }
        #expect(!before.isEmpty)
        #expect(after == before)
        // The trace works: what the client does at its end is seen.
        try run.wait("the client's end is not traced") {
            try String(contentsOf: trace, encoding: .utf8).contains("recvmsg")
        }
        print("a trace of a broker during 10,000 calls past it: nothing; the last line before")
        print(before.split(separator: "\n").last.map(String.init) ?? "")
    }
}

/// Lets a client and its server make their calls while a daemon in this thread waits.
private func sleepThroughCalls() throws {
    let orders = try Orders()
    let run = try LiveRun(processes: ["live.Server", "live.Client"])
    try run.start("live.Server", "server")
    try run.start("live.Client", "calls", "10000", orders.reportPath, orders.orderPath)
    try run.turn(until: { orders.takeReport() }, "the client does not begin")
    // What the server has to say about the channel.
    try run.turn(for: .milliseconds(200))
    let frames = run.daemon.frameCount
    let sleeps = switches(of: "/proc/thread-self/status")
    try run.daemon.watch(orders.reports, token: .max)
    orders.goOn()
    // One turn, however long it takes.
    #expect(try run.daemon.turn(timeout: .seconds(60)) == [.max])
    #expect(orders.takeReport())
    #expect(run.daemon.frameCount == frames)
    #expect(switches(of: "/proc/thread-self/status") <= sleeps + 1)
    run.daemon.unwatch(orders.reports)
    orders.goOn()
    try run.turn(until: { !run.isRunning("live.Client") }, "the client does not end")
    run.kill("live.Server")
    try run.turn(until: { run.running == 0 }, "the server does not end")
}

/// How often a thread has gone to sleep.
private func switches(of status: String) -> Int {
    let text = (try? String(contentsOfFile: status, encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("voluntary_ctxt_switches:") }
    return line?.split(separator: "\t").last.flatMap { Int($0) } ?? -1
}

/// What `LiveProgram calls` reports, before and behind its calls, and the word to go on.
private final class Orders {
    let folder: URL
    var reportPath: String { folder.appending(path: "reports").path }
    var orderPath: String { folder.appending(path: "orders").path }
    /// Readable when there is a report.
    let reports: Int32
    private let orders: Int32

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let paths = (folder.appending(path: "reports").path, folder.appending(path: "orders").path)
        guard unsafe mkfifo(paths.0, 0o600) == 0, unsafe mkfifo(paths.1, 0o600) == 0 else {
            throw LiveFault(description: "mkfifo: error \(errno)")
        }
        // Open for both directions, so that neither side waits for the other to open it.
        reports = unsafe open(paths.0, O_RDWR | O_NONBLOCK | O_CLOEXEC)
        orders = unsafe open(paths.1, O_RDWR | O_CLOEXEC)
    }

    deinit {
        close(reports)
        close(orders)
        try? FileManager.default.removeItem(at: folder)
    }

    /// Takes a report, if there is one.
    func takeReport() -> Bool {
        var word: UInt8 = 0
        return unsafe read(reports, &word, 1) == 1
    }

    func goOn() { _ = unsafe write(orders, ".", 1) }
}

/// `kosbroker run` as a program of its own, with a server and a client that is about to make 10,000
/// calls.
private final class BrokerRun {
    private let orders = try? Orders()
    private let broker = Process()
    private let tracer = Process()
    private let folder: URL

    init() throws {
        guard let orders else { throw LiveFault(description: "there are no FIFOs") }
        folder = orders.folder
        try """
        entities:
        - {name: live.Server, path: LiveProgram, args: [server]}
        - name: live.Client
          path: LiveProgram
          args: [calls, "10000", "\(orders.reportPath)", "\(orders.orderPath)"]

        """.write(to: file("init.yaml"), atomically: false, encoding: .utf8)
        try "policy: open\nrules: [{id: all, allow: all}]\n"
            .write(to: file("policy.yaml"), atomically: false, encoding: .utf8)
        broker.executableURL = LiveRun.programs.appending(path: "kosbroker")
        broker.currentDirectoryURL = folder
        broker.arguments = [
            "run", "init.yaml", "--policy", "policy.yaml", "--programs", LiveRun.programs.path,
            "--name-server", "kl.core.NameServer", "--control", "control", "--dumpable",
        ]
        try Data().write(to: file("output"))
        broker.standardOutput = try FileHandle(forWritingTo: file("output"))
        broker.standardError = broker.standardOutput
        try broker.run()
        try wait("the client does not begin") { orders.takeReport() }
    }

    var process: Int32 { broker.processIdentifier }

    private func file(_ name: String) -> URL { folder.appending(path: name) }

    func stop() {
        if tracer.isRunning { tracer.interrupt() }
        broker.terminate()
        broker.waitUntilExit()
    }

    func wait(_ what: String, until condition: () throws -> Bool) throws {
        let guardTime = ContinuousClock.now + .seconds(30)
        while try !condition() {
            guard broker.isRunning, ContinuousClock.now < guardTime else {
                let output = try? String(contentsOf: file("output"), encoding: .utf8)
                throw LiveFault(description: "\(what): \(output ?? "")")
            }
            usleep(1000)
        }
    }

    /// What `look` sees before the calls, once the broker has nothing left to do, and behind them.
    func compare<Seen: Equatable>(_ look: () throws -> Seen) throws -> (before: Seen, after: Seen) {
        guard let orders else { throw LiveFault(description: "there are no FIFOs") }
        var before = try look()
        try wait("the broker does not come to rest") {
            usleep(200_000)
            let last = before
            before = try look()
            return last == before
        }
        orders.goOn()
        try wait("the calls are not made") { orders.takeReport() }
        let after = try look()
        orders.goOn()
        return (before, after)
    }
}

extension BrokerRun {
    /// What the system counts of a process, over all its threads.
    struct Counts: Equatable {
        /// How often they have gone to sleep.
        var switches = 0
        /// How long they have run.
        var nanoseconds = 0
        /// How many calls that read or write they have made; where that may not be read, 0.
        var calls = 0

        init(of process: Int32) throws {
            let tasks = "/proc/\(process)/task"
            for task in try FileManager.default.contentsOfDirectory(atPath: tasks) {
                switches += LiveTests.switches(of: "\(tasks)/\(task)/status")
                let times = try String(
                    contentsOfFile: "\(tasks)/\(task)/schedstat",
                    encoding: .utf8
                )
                nanoseconds += times.split(separator: " ").first.flatMap { Int($0) } ?? 0
            }
            let io = (try? String(contentsOfFile: "/proc/\(process)/io", encoding: .utf8)) ?? ""
            for line in io.split(separator: "\n") where line.hasPrefix("sysc") {
                calls += line.split(separator: " ").last.flatMap { Int($0) } ?? 0
            }
        }
    }

    /// Where strace is, if it is.
    static let strace = ["/usr/bin/strace", "/usr/local/bin/strace"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }

    /// Traces all threads of the broker from now on.
    ///
    /// - Returns: the file with a line for each system call; nil if this user may not trace.
    func trace() throws -> URL? {
        guard let strace = Self.strace else { return nil }
        tracer.executableURL = URL(fileURLWithPath: strace)
        tracer.arguments = ["-f", "-o", file("trace").path, "-p", "\(process)"]
        tracer.standardError = FileHandle.nullDevice
        try tracer.run()
        try wait("the broker is not traced") {
            guard tracer.isRunning else { return true }
            let status = try String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8)
            return !status.contains("TracerPid:\t0\n")
        }
        return tracer.isRunning ? file("trace") : nil
    }
}
