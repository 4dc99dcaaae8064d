import SecurityEvents

/// Why a call ends without having done what it is for.
enum Refusal: Error, Equatable {
    /// The arguments are wrong, or the call cannot be made; no event.
    case misuse(String, Retcode)
    /// The event was denied.
    case denied
    /// The operation's own code.
    case failed(Retcode)
    /// A limit of the broker, which counts as a denial of the last event.
    case limit(LimitName)
}

/// How a call goes on that was not refused.
enum Progress: Equatable {
    case done(Outputs)
    /// It is among the pending calls now.
    case waits
}

/// What was decided about an event, and whether it is carried out.
struct Ruling: Equatable {
    var event: SharedEvent
    var decision: Decision
    var enforced: Bool
}

/// What one input brings about.
///
/// Keeps the parts apart whose order semantics.md fixes – the call's own records, records of
/// channels and processes, outcomes of other calls, completions – so that the operations need not
/// care in which order they find things out.
struct Step {
    let now: Instant
    let call: CallID?
    /// The decision about the latest event, until its record is made.
    private(set) var ruling: Ruling?
    /// What ``Completion/decision`` will be.
    private(set) var answer: Ruling?
    /// The limit that refused a call which is no event, and so has no decision of its own.
    var eventlessLimit: LimitName?
    /// Everything that is in its final order, from `settle` on; the call's own records before.
    private var effects: [Effect] = []
    private var changes: [Effect] = []
    private var outcomes: [Effect] = []
    /// The completion of the call itself.
    private var ownCompletion: Effect?
    private var completions: [Effect] = []

    init(at now: Instant, call: CallID? = nil) {
        self.now = now
        self.call = call
    }

    /// Notes a decision whose record follows, when it is known whether a retcode goes with it.
    mutating func rule(_ ruling: consuming Ruling) { self.ruling = ruling }

    /// Turns the latest decision into a refusal by a limit.
    mutating func limit(_ name: LimitName) {
        ruling?.decision.verdict = .deny
        ruling?.decision.cause = .limit(name)
        ruling?.decision.engine = nil
        ruling?.enforced = true
    }

    /// Takes the latest decision to make its record; the first denial, else the first decision,
    /// becomes the answer.
    mutating func takeRuling() -> Ruling? {
        guard let ruling = ruling.take() else { return nil }
        if answer == nil || answer?.decision.verdict == .allow && ruling.decision.verdict == .deny {
            answer = ruling
        }
        return ruling
    }

    /// Adds a record of the call itself.
    mutating func record(_ record: consuming AuditRecord) {
        if effects.isEmpty { effects.reserveCapacity(4) }
        effects.append(.record(record))
    }

    /// Adds a record or a fact about a channel or a process.
    mutating func change(_ effect: consuming Effect) { changes.append(effect) }

    /// Adds the outcome of a call that waited.
    mutating func outcome(_ record: consuming AuditRecord) { outcomes.append(.record(record)) }

    /// Adds a completion; the call's own comes first, then those of others by call number.
    mutating func complete(_ completion: consuming Completion) {
        if completion.call == call {
            ownCompletion = .complete(completion)
        } else {
            completions.append(.complete(completion))
        }
    }

    /// Closes what was added so far: what comes now stands after all of it.
    mutating func settle() {
        effects += changes
        effects += outcomes
        if let ownCompletion { effects.append(ownCompletion) }
        effects += completions
        changes.removeAll()
        outcomes.removeAll()
        ownCompletion = nil
        completions.removeAll()
    }

    /// Everything, in order.
    mutating func finish() -> [Effect] {
        settle()
        return effects
    }
}
