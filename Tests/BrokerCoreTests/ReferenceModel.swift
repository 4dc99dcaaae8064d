import BrokerCore
import SecurityEvents

/// The contract a second time, written for being read beside it: arrays, linear searches, no
/// shared code with the machine but the vocabulary.
///
/// Gives the records and completions of every step; facts about channels are the machine's own.
struct ReferenceModel {
    /// A process name, with how often it was started.
    struct Process: Equatable {
        var identity: ProcessIdentity
        var starts = 0
        var isThere = false
    }

    /// One run of a process.
    struct Run: Equatable {
        var identity: ProcessIdentity
        var start: Int
    }

    struct Waiting {
        var call: CallID
        var process: ProcessName
        var event: SecurityEvent
        var decision: Decision
        var deadline: Instant?
        /// The server whose queue a connect is in; nil for a listen.
        var server: ProcessName?
    }

    struct Channel {
        var record: AuditRecord
        var client: Run
        var server: Run
        var connection: ConnectionName?
        var clientHandle: Handle?
        var serverHandle: Handle?
        var isClientClosed = false
        var isServerClosed = false
        /// No IPC handle was ever for it: a dynamic connection to a name server.
        var isConnection = false
    }

    enum Kind: Equatable {
        case connection(Int)
        case client(Int)
        case server(Int)
        case listener([Int])
    }

    struct Held {
        var handle: Handle
        var owner: ProcessName
        var kind: Kind
    }

    struct Entry {
        var nameServer: Run
        var interface: InterfaceName
        var server: ProcessName
        var endpoint: EndpointName
        var publisher: Run
    }

    /// Why a call ends early.
    enum Stop: Error {
        case misuse(String, Retcode)
        case denied
        case code(Retcode)
        case limit(LimitName)
    }

    let solution: Solution
    let engine: any PolicyEngine
    let decide: (SecurityEvent) -> Decision
    let limits: Limits
    let strict: Bool
    let mode: Mode
    var auditAvailable = true

    var now = Instant.zero
    var calls: UInt64 = 0
    var nextHandle: UInt64
    var processes: [Process] = []
    var waiting: [Waiting] = []
    /// The connects of all servers, each server's in the order in which it listens.
    var queue: [CallID] = []
    var channels: [Channel] = []
    var held: [Held] = []
    var entries: [Entry] = []

    // What the current step gives.
    var call: CallID?
    var own: [AuditRecord] = []
    var changes: [AuditRecord] = []
    var others: [(outcome: AuditRecord, completion: Completion)] = []
    var decided: [(event: SecurityEvent, decision: Decision, enforced: Bool)] = []

    init(_ solution: Solution, _ engine: ClosureEngine, _ options: Options, firstHandle: UInt32) {
        self.solution = solution
        self.engine = engine
        decide = engine.body
        limits = options.limits
        strict = options.strict
        mode = options.mode
        nextHandle = UInt64(firstHandle)
        for identity in [ProcessIdentity.einit, .kernel] {
            processes.append(Process(identity: identity, starts: 1, isThere: true))
        }
    }
}

/// Questions.
extension ReferenceModel {
    func identity(_ name: ProcessName) -> ProcessIdentity {
        processes.first { $0.identity.name == name }?.identity
            ?? solution.processes.first { $0.identity.name == name }?.identity
            ?? ProcessIdentity(undeclared: name)
    }

    func isThere(_ name: ProcessName) -> Bool {
        processes.contains { $0.identity.name == name && $0.isThere }
    }

    func run(_ name: ProcessName) -> Run? {
        processes.first { $0.identity.name == name && $0.isThere }
            .map { Run(identity: $0.identity, start: $0.starts) }
    }

    func isRunning(_ run: Run) -> Bool { self.run(run.identity.name) == run }

    func isNameServer(_ identity: ProcessIdentity) -> Bool {
        identity.className.description == "kl.core.NameServer"
    }

    /// Requests to `server`, in the order of its queue.
    func requests(to server: ProcessName) -> [Waiting] {
        queue.compactMap { call in waiting.first { $0.call == call && $0.server == server } }
    }

    func freeNumbers() -> UInt64 {
        let reserved = waiting.filter { $0.server != nil }.count
        return UInt64(UInt32.max) + 1 - nextHandle - UInt64(reserved)
    }
}

/// Steps.
extension ReferenceModel {
    mutating func perform(_ request: Request, by name: ProcessName, at time: Instant) -> [Effect] {
        let before = pass(to: time)
        calls += 1
        let call = CallID(rawValue: calls)
        self.call = call
        var completion = Completion(call: call, process: name, retcode: .ok)
        var isWaiting = false
        do throws(Stop) {
            guard isThere(name) else { throw .misuse("process is not there", .notConnected) }
            guard !["Einit", "kl.core.Core"].contains(name) else {
                throw .misuse("process makes no calls", .invalidOperation)
            }
            if let outputs = try result(of: request, by: name) {
                completion.outputs = outputs
                noteDecisions(retcode: .ok)
            } else {
                isWaiting = true
                noteDecisions(retcode: nil)
            }
        } catch {
            completion.retcode = code(of: error, request, name)
            // A limit is the cause even of a call that is no event.
            if case .limit(let limit) = error, decided.isEmpty {
                completion.decision = Decision(.deny, .limit(limit))
            }
        }
        let answer = decided.first { $0.decision.verdict == .deny } ?? decided.first
        completion.decision = answer?.decision ?? completion.decision
        completion.event = answer?.event
        return before + finish(isWaiting ? nil : completion)
    }

    private mutating func code(of stop: Stop, _ request: Request, _ name: ProcessName) -> Retcode {
        switch stop {
        case .misuse(let text, let retcode):
            noteMisuse(text, retcode, request.operation, name)
            return retcode
        case .denied:
            noteDecisions(retcode: .securityDisallow)
            return .securityDisallow
        case .code(let retcode):
            noteDecisions(retcode: retcode)
            return retcode
        case .limit(let limit):
            if decided.isEmpty {
                let text = "the limit `\(limit.rawValue)` is reached"
                noteMisuse(text, .quotaExceeded, nil, name)
            } else {
                let event = decided.removeLast().event
                decided.append((event, Decision(.deny, .limit(limit)), true))
                noteDecisions(retcode: .quotaExceeded)
            }
            return .quotaExceeded
        }
    }

    mutating func start(at time: Instant) -> [Effect] {
        let before = pass(to: time)
        var record = AuditRecord(.start, at: now)
        record.mode = mode
        record.policy = engine.label
        record.generation = 0
        own.append(record)
        var effects = before + finish(nil)
        for process in solution.processes {
            if process.presence == .assumed {
                launch(process.identity)
            } else {
                effects += execute(process.identity, by: .einit).effects
            }
        }
        for channel in solution.channels { effects += connect(channel) }
        return effects
    }

    mutating func startProcess(
        _ name: ProcessName,
        by starter: ProcessName,
        at time: Instant
    )
        -> (retcode: Retcode, effects: [Effect])
    {
        let before = pass(to: time)
        guard isThere(starter) else {
            noteMisuse("process is not there", .notConnected, .execute, starter)
            return (.notConnected, before + finish(nil))
        }
        let (retcode, effects) = execute(identity(name), by: identity(starter))
        return (retcode, before + effects)
    }

    private mutating func execute(
        _ target: ProcessIdentity,
        by starter: ProcessIdentity
    )
        -> (retcode: Retcode, effects: [Effect])
    {
        var retcode = Retcode.ok
        do throws(Stop) {
            try ask(SecurityEvent(.execute, by: starter, target: target))
            if isThere(target.name) { retcode = .alreadyExists }
        } catch {
            retcode = .securityDisallow
        }
        noteDecisions(retcode: retcode)
        if retcode == .ok {
            launch(target)
            var record = AuditRecord(.processStarted, at: now)
            record.process = target
            changes.append(record)
        }
        return (retcode, finish(nil))
    }

    private mutating func launch(_ identity: ProcessIdentity) {
        if let index = processes.firstIndex(where: { $0.identity.name == identity.name }) {
            processes[index].identity = identity
            processes[index].starts += 1
            processes[index].isThere = true
        } else {
            processes.append(Process(identity: identity, starts: 1, isThere: true))
        }
    }

    private mutating func connect(_ channel: Solution.Channel) -> [Effect] {
        guard let client = run(channel.client), let server = run(channel.server) else { return [] }
        let event = SecurityEvent(
            .initConnect,
            by: .einit,
            client: client.identity,
            server: server.identity,
            connection: channel.connection
        )
        do throws(Stop) {
            try ask(event)
            noteDecisions(retcode: .ok)
            var record = AuditRecord(.channelCreated, at: now)
            record.client = client.identity
            record.server = server.identity
            record.connection = channel.connection
            addChannel(record, client, server) { $0.connection = channel.connection }
        } catch {
            noteDecisions(retcode: .securityDisallow)
        }
        return finish(nil)
    }

    mutating func endProcess(_ name: ProcessName, at time: Instant) -> [Effect] {
        let before = pass(to: time)
        guard let run = run(name), ![.einit, .kernel].contains(run.identity) else { return before }
        var record = AuditRecord(.processEnded, at: now)
        record.process = run.identity
        changes.append(record)
        for index in channels.indices {
            if channels[index].client == run { closeClient(index) }
            if channels[index].server == run { closeServer(index) }
        }
        held.removeAll { $0.owner == name }
        entries.removeAll { $0.server == name || $0.nameServer == run }
        for call in waiting where call.process == name || call.server == name {
            end(call, .notConnected)
        }
        for index in processes.indices where processes[index].identity.name == name {
            processes[index].isThere = false
        }
        return before + finish(nil)
    }

    mutating func expire(at time: Instant) -> [Effect] {
        now = max(now, time)
        for call in waiting {
            if let deadline = call.deadline, deadline <= now { end(call, .timeout) }
        }
        return finish(nil)
    }
}
