package import SecurityEvents

/// The channel broker as a deterministic machine: name servers, the channel manager, handles,
/// processes, limits and deadlines, without I/O and without a clock.
///
/// ## Theory of operation
///
/// Every input – a call, a start, an end, the passing of time – is one *step*: it takes the time,
/// changes the state, and returns effects that the shell performs in order. The same inputs always
/// give the same effects. A step first expires the deadlines before its time. A call then goes
/// through three gates, and what a gate refuses leaves the state as it was: its arguments (a `misuse`
/// record), the decision about its event (a `decision` record), and limits and the operation's own
/// codes (in the same record). Nothing about other processes is looked at before the decision.
///
/// A connect's request, and with it the connect, goes through these states:
///
/// | state | input | next state | connect completes with |
/// |---|---|---|---|
/// | – | connect, allowed, server there, timeout not 0 | queued | – |
/// | – | connect, timeout 0 | – | `rcTimeout` |
/// | queued | the server listens: first in the queue → last | queued | – |
/// | queued | the server accepts it: oldest of client and endpoint | channel | `rcOk` |
/// | queued | the server drops it: oldest of client and endpoint | – | `rcAbort` |
/// | queued | its deadline passes | – | `rcTimeout` |
/// | queued | the server or the client ends | – | `rcNotConnected` |
///
/// A side of a channel, client or server, goes from *unopened* (only where Einit or a name server
/// made it) over *open* to *closed*; a channel is deleted when both sides are closed.
package struct ChannelBroker {
    package let options: Options
    /// Whether policy denials are carried out; changed by ``setMode(_:at:)``.
    package internal(set) var mode: Mode
    /// Who decides; replaced by ``reload(engine:at:)``.
    package internal(set) var engine: any PolicyEngine
    /// How many reloads there were.
    package internal(set) var generation: UInt64 = 0
    /// Whether the audit log can be written; while it cannot, everything is denied and the engine
    /// is not asked.
    package var auditAvailable = true
    /// Whether the machine has what it takes to make one more channel; while it has not, accepting
    /// is refused by the limit `descriptors`.
    package var canOpenChannels = true
    /// What calls change.
    package internal(set) var state: State

    /// The engine's label, which every decision record repeats.
    var policy: PolicyLabel
    let solution: Solution
    /// The classes of all names that the solution or the broker itself declares.
    let declaredClasses: [ProcessName: ClassName]
    private var now = Instant.zero
    private var lastCall: UInt64 = 0

    /// Makes a broker in which nothing runs yet but Einit and the kernel; see ``start(at:)``.
    package init(
        solution: Solution,
        engine: any PolicyEngine,
        options: Options = Options(),
        handleNumbers: HandleNumbers = HandleNumbers()
    ) {
        self.solution = solution
        self.engine = engine
        self.options = options
        mode = options.mode
        policy = engine.label
        var classes = solution.classes
        for identity in ProcessIdentity.predefined + solution.processes.map(\.identity) {
            classes[identity.name] = identity.className
        }
        declaredClasses = classes
        state = State(handleNumbers: handleNumbers)
        for identity in ProcessIdentity.predefined {
            launch(identity)
        }
    }

    /// Makes a call, and returns its number with what to do.
    ///
    /// The call is pending if no effect completes it. A caller that is not there gets
    /// `rcNotConnected`.
    package mutating func perform(
        _ request: Request,
        by process: ProcessName,
        at time: Instant
    ) -> (call: CallID, effects: [Effect]) {
        lastCall += 1
        let call = CallID(rawValue: lastCall)
        var step = begin(at: time, call: call)
        do throws(Refusal) {
            guard let index = state.indices[process], state.processes[index].isThere else {
                throw .misuse("process is not there", .notConnected)
            }
            guard index >= ProcessIdentity.predefined.count else {
                throw .misuse("process makes no calls", .invalidOperation)
            }
            let caller = Caller(index: index, identity: state.processes[index].identity)
            switch try run(request, by: caller, &step) {
            case .waits: recordRuling(retcode: nil, &step)
            case .done(let outputs): conclude(process, .ok, outputs, &step)
            }
        } catch {
            refuse(request, process, error, &step)
        }
        return (call, step.finish())
    }

    /// Starts a step: time goes on, and the deadlines before now expire.
    mutating func begin(at time: Instant, call: CallID? = nil) -> Step {
        var step = advance(to: time, call: call)
        if let next = state.deadlines.next, next < step.now {
            let now = step.now
            expire(where: { $0 < now }, &step)
            step.settle()
        }
        return step
    }

    /// Lets time go on, which it never does backwards, and nothing else.
    mutating func advance(to time: Instant, call: CallID? = nil) -> Step {
        now = max(now, time)
        return Step(at: now, call: call)
    }
}

/// Who makes a call.
struct Caller {
    let index: ProcessIndex
    let identity: ProcessIdentity
}

extension ChannelBroker {
    private mutating func run(
        _ request: Request,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        switch request {
        case .nsCreate(let name, _):
            try nsCreate(name: name, by: caller, &step)
        case .publish(let ns, let interface, let server, let endpoint):
            try publish(EntryArguments(ns, interface, server, endpoint), by: caller, &step)
        case .unpublish(let ns, let interface, let server, let endpoint):
            try unpublish(EntryArguments(ns, interface, server, endpoint), by: caller, &step)
        case .enumerate(let ns, let interface, let index, let serverSize, let endpointSize):
            try enumerate(
                ns: ns,
                interface: interface,
                index: index,
                sizes: (server: serverSize, endpoint: endpointSize),
                by: caller,
                &step
            )
        case .connect(let server, let endpoint, let timeout):
            try connect(server: server, endpoint: endpoint, timeout: timeout, by: caller, &step)
        case .listen(let filter, let timeout):
            try listen(filter: filter, timeout: timeout, by: caller, &step)
        case .accept(let client, let endpoint, let riid, let listener):
            try accept(
                client: client,
                endpoint: endpoint,
                riid: riid,
                listener: listener,
                by: caller,
                &step
            )
        case .drop(let client, let endpoint):
            try drop(client: client, endpoint: endpoint, by: caller, &step)
        case .close(let handle):
            try close(handle, by: caller, &step)
        case .createListener:
            try createListener(by: caller)
        case .handleConnect:
            throw .failed(.unimplemented)
        case .serviceLocatorConnect(let channel):
            try serviceLocatorConnect(channel: channel, by: caller, &step)
        case .serviceLocatorRegister(let channel):
            try serviceLocatorRegister(channel: channel, by: caller, &step)
        case .nullOutput:
            throw .misuse("a pointer for an output is null", .invalidArgument)
        }
    }
}
