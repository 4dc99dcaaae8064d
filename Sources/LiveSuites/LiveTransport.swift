package import BrokerCore
package import BrokerDaemon
package import SecurityEvents
package import SolutionTests

/// What live tests can be told.
package struct LiveOptions: Sendable {
    /// The program that stands for the processes of a solution.
    package var agent: String
    /// Its arguments, without its name.
    package var arguments: [String]
    /// Whether time passes with the steps of a test alone, or by itself.
    package var clock = DaemonClock.manual
    /// How long anything that does not wait for the clock may take in real time.
    package var patience = Duration.seconds(10)

    /// Options with another program as the agent than this one.
    package init(agent: String, arguments: [String] = []) {
        self.agent = agent
        self.arguments = arguments
    }

    /// Options whose agents are this program, started as what ``Agent`` is.
    package init() { self.init(agent: "/proc/self/exe", arguments: [Agent.argument]) }
}

/// Steps as what they model: each process of the solution is a real one, which calls the C functions,
/// and these reach the broker over its sockets.
///
/// ## Theory of operation
///
/// The test *contains* the broker, in its own thread: it has the broker take turns until nothing is
/// to be done and stops it there. With a clock that only moves when it is told, the same steps give
/// the same records in the same order, whatever the processes' speed.
///
/// A call is one command to the agent that stands for the caller. The step is over when the broker
/// has completed the call or has it pending, and every agent whose call has completed has reported
/// what its function returned. Nothing is slept and no interval polled: between turns one `poll`
/// waits for the broker's descriptors and all control sockets. An agent starts with the first thing
/// that its process does, so that a test of two processes costs two.
package final class LiveTransport: Transport {
    let daemon: Daemon
    private let options: LiveOptions
    private let launcher = Launcher()
    /// The agents of processes that are there.
    private(set) var agents: [ProcessName: AgentProcess] = [:]
    /// Calls that the broker has pending.
    private(set) var outstanding: [CallID: SentCommand] = [:]
    private var lastTag: UInt32 = 0
    /// What has happened in this step.
    var step = LiveStep()

    /// Makes a daemon of a broker.
    ///
    /// - Parameters:
    ///   - broker: is not started.
    ///   - options: what agents are, and how time passes.
    ///   - audit: where the daemon writes its records, beside handing them to the test.
    /// - Throws: what the operating system refused.
    package init(
        _ broker: ChannelBroker,
        _ options: LiveOptions,
        audit: (any AuditOutput)? = nil
    ) throws(TransportFault) {
        self.options = options
        var daemonOptions = DaemonOptions()
        // On a clock that stands still, who has to wait for the next second waits for ever.
        if options.clock == .manual { daemonOptions.refusalsPerSecond = .max }
        do throws(SystemFault) {
            daemon = try Daemon(
                broker: broker,
                audit: audit,
                clock: options.clock,
                options: daemonOptions
            )
        } catch {
            throw TransportFault(error)
        }
        daemon.onRecord = { [unowned self] in step.records.append($0) }
        daemon.onCompletion = { [unowned self] in step.completions.append($0) }
        daemon.onEnd = { [unowned self] process, reason in step.note(process, reason) }
    }

    package var broker: ChannelBroker { daemon.broker }
    package var now: Instant { daemon.now }

    package func start() -> Happenings {
        run { () throws(TransportFault) in
            daemon.start()
            try settle()
        }
    }

    package func perform(
        _ request: Request,
        by process: ProcessName
    ) -> (call: CallID?, happenings: Happenings) {
        var call: CallID?
        let happenings = run { () throws(TransportFault) in
            lastTag += 1
            let command = try AgentCommand(request, tag: lastTag)
            let sent = SentCommand(tag: command.tag, process: process, function: command.function)
            // One that has ended already is noticed like one that ends during the call.
            if try !agent(of: process).send(command) { step.noteEnd(of: process) }
            try settle { () throws(TransportFault) in
                if call == nil, let new = newCall(of: process) {
                    call = new
                    outstanding[new] = sent
                }
                if call == nil { try step.checkIsUnanswered(sent) }
                return call != nil
            }
        }
        return (call, happenings)
    }

    package func startProcess(
        _ name: ProcessName,
        className: ClassName?,
        by starter: ProcessName
    ) -> (result: StartResult, happenings: Happenings) {
        step = LiveStep()
        let result = daemon.startProcess(name, className: className, by: starter)
        let happenings = finish { () throws(TransportFault) in
            if result.retcode == .ok { _ = try agent(of: name) }
            try settle()
        }
        return (result, happenings)
    }

    package func endProcess(_ name: ProcessName) -> Happenings {
        run { () throws(TransportFault) in
            step.ending = name
            // No program is run for a name server.
            if isNameServer(name), agents[name] == nil {
                daemon.endProcess(name)
                return try settle()
            }
            try agent(of: name).closeControl()
            try settle { !daemon.broker.isThere(name) }
            agents[name] = nil
        }
    }

    package func setTime(_ time: Instant) -> Happenings {
        run { () throws(TransportFault) in
            switch options.clock {
            case .manual:
                daemon.setTime(time)
                try settle()
            case .monotonic: try settle(notBefore: time) { daemon.now >= time }
            }
        }
    }
}

/// A command that was sent and whose call has not ended.
struct SentCommand {
    var tag: UInt32
    var process: ProcessName
    var function: AgentFunction
}

extension LiveTransport {
    /// Runs a step from its beginning.
    private func run(_ body: () throws(TransportFault) -> Void) -> Happenings {
        step = LiveStep()
        return finish(body)
    }

    /// Runs the rest of a step and hands out what happened in it.
    private func finish(_ body: () throws(TransportFault) -> Void) -> Happenings {
        var happenings = Happenings()
        do throws(TransportFault) {
            try body()
        } catch {
            happenings.fault = error
        }
        happenings.records = step.records
        happenings.completed = step.completions.map { completion in
            let sent = outstanding.removeValue(forKey: completion.call)
            let report = sent.flatMap { step.reports.removeValue(forKey: $0.tag) }
            let seen = sent.flatMap { sent in report?.answer(of: sent.function) }
            return CompletedCall(completion, seen: seen)
        }
        if happenings.fault == nil { happenings.fault = step.leftover(outstanding, daemon.broker) }
        return happenings
    }

    /// The call that the last command became, once the broker knows it.
    private func newCall(of process: ProcessName) -> CallID? {
        let completed = step.completions.first {
            $0.process == process && outstanding[$0.call] == nil
        }
        return completed?.call ?? daemon.broker.pendingCalls.last { outstanding[$0] == nil }
    }

    private func isNameServer(_ name: ProcessName) -> Bool {
        daemon.broker.identity(of: name).className == ProcessIdentity.nameServer.className
    }

    /// The agent that stands for a process which is there.
    private func agent(of process: ProcessName) throws(TransportFault) -> AgentProcess {
        if let agent = agents[process] { return agent }
        do throws(SystemFault) {
            let program = Program(
                process: process,
                file: options.agent,
                arguments: [options.agent] + options.arguments
            )
            let identity = try daemon.attach(process)
            let agent = try AgentProcess(program, by: launcher, identity: identity)
            agents[process] = agent
            return agent
        } catch {
            throw TransportFault(error)
        }
    }

    /// How long a wait that begins now may last.
    var patience: Duration { options.patience }

    /// Whether deadlines come by themselves.
    var clockRuns: Bool { options.clock == .monotonic }
}

extension TransportFault {
    /// What the operating system refused.
    init(_ fault: SystemFault) {
        self.init(expected: "processes and sockets for the test", came: fault.message)
    }
}
