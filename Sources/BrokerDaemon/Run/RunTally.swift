import SecurityEvents

/// What is counted while a solution runs, for the summary at its end.
struct RunTally {
    /// What became of a process.
    struct ProcessState {
        let name: ProcessName
        var state: State

        enum State {
            /// The policy does not let it start.
            case refused
            /// A name server, which the broker itself is.
            case builtIn
            /// It is there, and no program was started as it.
            case withoutProgram
            case running
            case ended(ProgramEnd)
            /// A program that was started by hand ended: how is known to who started it.
            case detached
        }
    }

    /// The solution's processes, in start order.
    private(set) var processes: [ProcessState] = []
    /// IPC channels that were made, by Einit and otherwise.
    private(set) var staticChannels = 0
    private(set) var otherChannels = 0
    private(set) var allowed = 0
    private(set) var denied = 0
    private(set) var misuses = 0
    /// Records that the audit log could not take.
    private(set) var lost: UInt64 = 0
    private var decisions: [Decision: Int] = [:]

    /// Notes what has become of a process.
    mutating func note(_ name: ProcessName, _ state: ProcessState.State) {
        if let index = processes.firstIndex(where: { $0.name == name }) {
            processes[index].state = state
        } else {
            processes.append(ProcessState(name: name, state: state))
        }
    }

    /// Counts what a record says.
    mutating func count(_ record: AuditRecord) {
        switch record.kind {
        case .decision:
            guard let decision = record.decision else { return }
            if decision.verdict == .allow { allowed += 1 } else { denied += 1 }
            decisions[decision.withoutDetails, default: 0] += 1
        case .misuse: misuses += 1
        case .auditLost: lost += record.lost ?? 0
        case .channelCreated:
            if record.connection == nil { otherChannels += 1 } else { staticChannels += 1 }
        case .start, .stop, .reload, .mode, .outcome, .channelDeleted, .processStarted,
            .processEnded:
            break
        }
    }

    /// How often each cause decided, without words that may be new each time: denials first, of one
    /// verdict the most frequent first.
    var causes: [(decision: Decision, count: Int)] {
        decisions.map { (decision: $0.key, count: $0.value) }.sorted { left, right in
            let (one, other) = (left.decision, right.decision)
            if one.verdict != other.verdict { return one.verdict == .deny }
            if left.count != right.count { return left.count > right.count }
            return one.text < other.text
        }
    }
}

extension Decision {
    /// Verdict, rule, limit and engine, without words that may be new each time.
    fileprivate var withoutDetails: Decision {
        switch cause {
        case .engine: Decision(verdict, .engine(reason: nil), engine: engine)
        case .engineFailure: Decision(verdict, .engineFailure(""), engine: engine)
        case .rule, .noRule, .limit, .auditUnavailable: Decision(verdict, cause, engine: engine)
        }
    }
}
