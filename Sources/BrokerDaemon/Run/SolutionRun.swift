import BrokerCore
import CSystemShims
import Glibc
import SecurityEvents

/// Plays Einit: starts the programs of a solution, serves their calls, and ends with them.
///
/// ## Theory of operation
///
/// One loop, the daemon's, which also watches what is needed here: the ends of programs, their
/// pipes, signals, the control socket. A process of the solution has at most one program at a time;
/// the end of either is the end of both, whichever is noticed first. The run is over when every
/// program has ended and no process waits for one, or when a signal says so: then no more calls are
/// taken, the programs are asked to end, and after a while made to.
package final class SolutionRun {
    let plan: RunPlan
    let settings: RunSettings
    let daemon: Daemon
    let report: RunReport
    private let reloadPolicy: () -> PolicyReload
    let launcher = Launcher()

    /// Something that the loop watches for us.
    enum Source {
        case signals
        case room
        case control
        case request(ControlConnection)
        case child(ChildProcess)
        case adopted(AdoptedProgram)
        case output(ProgramOutput)
    }

    private(set) var sources: [UInt32: Source] = [:]
    private var lastToken: UInt32 = 0
    /// Programs that were started here and are not reaped.
    var children: [ObjectIdentifier: ChildProcess] = [:]
    /// Programs that were started by hand and have not ended.
    var adopted: [ObjectIdentifier: AdoptedProgram] = [:]
    /// Which program each process is that has one.
    var programs: [ProcessName: ObjectIdentifier] = [:]
    /// Processes that are there and wait for somebody to attach a program.
    var awaited: Set<ProcessName> = []
    /// The pipes that are read, by token.
    var outputs: [UInt32: ProgramOutput] = [:]
    /// Whether they are not read until there is room.
    var isPaused = false
    var control: ControlSocket?
    private var signals: SignalSource?
    /// The last signal that asked for an end.
    var stopSignal: Int32?
    /// What Einit was refused.
    private var refusals: [(event: SecurityEvent, decision: Decision)] = []

    /// Makes a run that is not begun.
    ///
    /// - Parameters:
    ///   - plan: what is run.
    ///   - settings: how.
    ///   - daemon: is not started yet.
    ///   - reloadPolicy: loads the policy once more.
    /// - Throws: what the system says.
    package init(
        _ plan: RunPlan,
        _ settings: RunSettings,
        daemon: Daemon,
        reloadPolicy: @escaping () -> PolicyReload
    ) throws(SystemFault) {
        self.plan = plan
        self.settings = settings
        self.daemon = daemon
        self.reloadPolicy = reloadPolicy
        report = try RunReport(settings)
    }

    /// Runs the solution to its end.
    ///
    /// - Returns: how it ended, and what went wrong.
    package func run() -> RunResult {
        var result = RunResult(end: .byItself)
        var hasBegun = false
        do throws(SystemFault) {
            try open()
            hasBegun = true
            try start()
            while !isOver { try turn(nil) }
            if let stopSignal { result.end = .signal(stopSignal) }
        } catch {
            result.end = .failed(error.message)
            result.troubles.append(error.message)
        }
        if !stop() { result.troubles.append("the audit log is not whole: it cannot be written") }
        if hasBegun { report.tell(.summary(report.tally, time: daemon.now)) }
        // A pager may wait for its reader: that wait can be interrupted.
        if let signals = signals.take() { signals.restore() }
        let number = report.finish()
        if number != 0 {
            let fault = SystemFault(call: "cannot write the report", number: number)
            result.troubles.append(fault.message)
        }
        return result
    }

    private var isOver: Bool {
        stopSignal != nil || children.isEmpty && adopted.isEmpty && awaited.isEmpty
    }

    /// Makes what can fail before anything is there.
    private func open() throws(SystemFault) {
        if !settings.isDumpable { _ = kosbroker_set_dumpable(0) }
        try raiseDescriptorLimit()
        let signals = try SignalSource()
        try watch(signals.descriptor, .signals)
        self.signals = consume signals
        try report.start()
        try watch(report.roomDescriptor, .room)
        let control = try ControlSocket(path: settings.control)
        self.control = control
        try watch(control.descriptor, .control)
    }

    /// Has everything decided that Einit does, then starts the programs of the processes that are
    /// there.
    private func start() throws(SystemFault) {
        report.tell(
            .start(
                RunStart(
                    file: plan.file,
                    processes: plan.solution.processes.count,
                    channels: plan.solution.channels.count,
                    policy: daemon.broker.engine.label,
                    mode: daemon.broker.mode,
                    control: control?.path
                )
            )
        )
        for text in plan.assumptions { report.tell(.note("assumed: \(text)")) }
        daemon.onRecord = { [unowned self] in takeStart($0) }
        daemon.onEnd = { [unowned self] in noteEnd(of: $0, $1) }
        daemon.start()
        daemon.onRecord = { [unowned self] in report.record($0) }
        for (event, decision) in refusals { report.tell(.refusal(event, decision)) }
        if refusals.contains(where: { $0.event.operation == .execute }) {
            report.tell(.note("the SDK's Einit would exit there; the run goes on without them"))
        }
        noteProcesses()
        for program in plan.programs where daemon.broker.isThere(program.process) {
            try launch(program)
        }
    }

    private func takeStart(_ record: AuditRecord) {
        report.record(record)
        if let decision = record.decision, decision.verdict == .deny, record.enforced == true,
            let event = record.event
        {
            refusals.append((event, decision))
        }
    }

    /// Notes of every process what it is without a program.
    private func noteProcesses() {
        let nameServer = ProcessIdentity.nameServer.className
        for process in plan.solution.processes {
            let name = process.identity.name
            let isThere = daemon.broker.isThere(name)
            let isNameServer = process.identity.className == nameServer
            report.note(name, !isThere ? .refused : isNameServer ? .builtIn : .withoutProgram)
            guard isThere, plan.external.contains(name) else { continue }
            awaited.insert(name)
            report.tell(
                .note("`\(name)` waits for a program: kosbroker exec --as \(name) -- COMMAND")
            )
        }
    }
}

// The loop.
extension SolutionRun {
    /// Watches a descriptor until ``unwatch(_:_:)``.
    @discardableResult
    func watch(_ descriptor: Int32, _ source: Source) throws(SystemFault) -> UInt32 {
        lastToken += 1
        try daemon.watch(descriptor, token: lastToken)
        sources[lastToken] = source
        return lastToken
    }

    func unwatch(_ descriptor: Int32, _ token: UInt32) {
        daemon.unwatch(descriptor)
        sources[token] = nil
    }

    func turn(_ timeout: Duration?) throws(SystemFault) {
        for token in try daemon.turn(timeout: timeout) {
            guard let source = sources[token] else { continue }
            switch source {
            case .signals: takeSignals()
            case .room: resume()
            case .control: acceptRequest()
            case .request(let connection): answer(connection, token)
            case .child(let child): reap(child, token)
            case .adopted(let program): release(program, token)
            case .output(let output): read(output, token)
            }
        }
    }

    private func takeSignals() {
        while true {
            switch signals?.next() {
            case .stop(let number): stopSignal = number
            case .reload: reload()
            case nil: return
            }
        }
    }

    private func reload() {
        switch reloadPolicy() {
        case .loaded(let engine):
            daemon.reload(engine: engine, channels: settings.channelsOnReload)
            let label = engine.label
            let digest = label.digest.description.prefix(12)
            report.tell(.note("reloaded: policy \(label.name), digest \(digest)…"))
        case .refused(let why):
            report.tell(.note("not reloaded, the policy stays as it was:\n\(why)"))
        }
    }
}
