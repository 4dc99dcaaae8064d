import BrokerCore
import SecurityEvents
import Testing

/// An input to the machine: what a run consists of.
enum Input {
    case call(ProcessName, Request)
    case start(ProcessName, by: ProcessName)
    case end(ProcessName)
    case expire
    case audit(isAvailable: Bool)
}

/// What must hold after every step of any run, whatever the inputs were.
struct Invariants {
    /// Calls that wait, with their operation.
    private var waiting: [CallID: Operation] = [:]
    /// Open handles and whose they are, as far as the completions told.
    private var owners: [Handle: ProcessName] = [:]
    private var closedSides: [ChannelNumber: Set<ChannelSide>] = [:]
    private var lastCall: UInt64 = 0
    /// What was found wrong, for people.
    private(set) var faults: [String] = []

    init(started: [Effect]) {
        for channel in started.created { closedSides[channel.number] = [] }
    }

    private mutating func require(_ condition: Bool, _ text: @autoclosure () -> String) {
        if !condition { faults.append(text()) }
    }

    /// Checks a step.
    ///
    /// - Parameters:
    ///   - input: what went in.
    ///   - call: the number of the call, if the input was one.
    ///   - effects: what came out.
    ///   - asked: how often the engine was asked.
    ///   - before: the machine before the step.
    ///   - after: the machine after it.
    mutating func check(
        _ input: Input,
        call: CallID?,
        effects: [Effect],
        asked: Int?,
        before: ChannelBroker,
        after: ChannelBroker
    ) {
        if let call {
            lastCall += 1
            require(call.rawValue == lastCall, "call numbers count from 1")
        }
        let own = effects.completions.first { $0.call == call }
        checkRecords(effects, call: call, own: own, asked: asked)
        checkOutcomes(input, effects, call: call)
        checkHandles(input, effects, own: own)
        checkChannels(input, effects, own: own)
        if let own, own.retcode != .ok, effects.completions.count == 1 {
            require(before.state == after.state, "a refused call changes nothing: \(input) \(own)")
        }
        if case .call(_, let request) = input, let call, own == nil {
            waiting[call] = request.operation
        }
        require(after.pendingCalls == waiting.keys.sorted(), "who waits is pending")
    }

    private mutating func checkRecords(
        _ effects: [Effect],
        call: CallID?,
        own: Completion?,
        asked: Int?
    ) {
        let decisions = effects.records.filter { $0.kind == .decision }
        if let asked { require(decisions.count == asked, "one decision record per event") }
        require(decisions.dropLast().allSatisfy { $0.retcode == nil }, "retcode in the last record")
        if call != nil, let last = decisions.last {
            require(last.retcode == own?.retcode, "the last record has the call's retcode")
        }
        var recorded: Set<CallID> = []
        for effect in effects {
            switch effect {
            case .record(let record): if let call = record.call { recorded.insert(call) }
            case .complete(let completion):
                let isQuiet = completion.call == call && completion.event == nil
                require(
                    isQuiet || recorded.contains(completion.call),
                    "a completion comes after its records"
                )
            default: break
            }
        }
    }

    private mutating func checkOutcomes(_ input: Input, _ effects: [Effect], call: CallID?) {
        let others = effects.completions.filter { $0.call != call }
        let outcomes = effects.records.filter { $0.kind == .outcome }
        require(outcomes.map(\.call) == others.map(\.call), "one outcome for each that waited")
        for completion in others {
            let operation = waiting.removeValue(forKey: completion.call)
            require(operation != nil, "a call completes once")
            let isExpected: Bool =
                switch (completion.retcode, operation, input) {
                case (.timeout, _, _): true
                case (.notConnected, _, .end): true
                case (.ok, .connect, .call(_, .accept)): true
                case (.abort, .connect, .call(_, .drop)): true
                case (.ok, .listen, .call(_, .connect)): true
                default: false
                }
            require(isExpected, "a wait ends by accept, drop, deadline, request or end")
        }
    }

    private mutating func checkHandles(_ input: Input, _ effects: [Effect], own: Completion?) {
        if case .call(let process, let request) = input, let own, own.retcode == .ok {
            for handle in request.handles {
                require(owners[handle] == process, "a handle works for its process only")
            }
            if case .close(let handle) = request { owners[handle] = nil }
        }
        for completion in effects.completions {
            guard let handle = completion.outputs.handle else { continue }
            let owner = owners[handle] ?? completion.process
            require(owner == completion.process, "a handle belongs to one process")
            owners[handle] = completion.process
        }
        if case .end(let process) = input { owners = owners.filter { $0.value != process } }
    }

    private mutating func checkChannels(_ input: Input, _ effects: [Effect], own: Completion?) {
        var accepted = 0
        if case .call(_, .accept) = input, own?.retcode == .ok { accepted = 1 }
        require(effects.created.count == accepted, "one channel per accept, and no other")
        for effect in effects {
            switch effect {
            case .channelCreated(let channel):
                require(closedSides[channel.number] == nil, "a number never comes back")
                closedSides[channel.number] = []
            case .sideClosed(let number, let side):
                require(closedSides[number]?.insert(side).inserted == true, "a side closes once")
            case .channelDeleted(let number):
                require(closedSides[number]?.count == 2, "deleted when both sides are closed")
                closedSides[number] = nil
            case .record, .complete, .sideOpened, .channelRevoked: break
            }
        }
        require(closedSides.values.allSatisfy { $0.count < 2 }, "with both sides closed: deleted")
    }
}

extension Request {
    /// The handles that the call uses.
    fileprivate var handles: [Handle] {
        switch self {
        case .publish(let ns, _, _, _), .unpublish(let ns, _, _, _), .enumerate(let ns, _, _, _, _):
            [ns]
        case .accept(_, _, _, let listener): listener == .invalid ? [] : [listener]
        case .close(let handle): [handle]
        default: []
        }
    }
}
