import SecurityEvents

/// What a line says, key by key, before it is known whether that makes a record.
struct RecordFields {
    struct Process {
        var name: ProcessName?
        var className: ClassName?

        var identity: ProcessIdentity? {
            guard let name, let className else { return nil }
            return ProcessIdentity(name: name, className: className)
        }
    }

    var sequence: UInt64 = 0
    var wall = WallTime.epoch
    var record = AuditRecord(.stop, at: .zero)
    var process = Process()
    var target = Process()
    var client = Process()
    var server = Process()
    var verdict: Verdict?
    var cause: String?
    var rule: RuleID?
    var limit: LimitName?
    var engine: String?
    var candidate: CandidateDecision?
    var policy: String?
    var digest: Digest?
    var hash = Digest.zero

    /// The record, if the keys are those of its kind and go together.
    consuming func record(_ present: KeySet) throws(RecordFault) -> LoggedRecord {
        guard present.contains(KeySet(.kind)) else { throw RecordFault(missing: .kind) }
        guard let shape = record.shape(present) else {
            throw RecordFault(record.operation == nil ? "`operation` is missing" : unfit)
        }
        if let key = shape.required.subtracting(present).first { throw RecordFault(missing: key) }
        if let key = present.subtracting(shape.allowed).first {
            throw RecordFault("`\(record.kind.rawValue)` records have no `\(key.text)` here")
        }
        record.process = process.identity
        record.target = target.identity
        record.client = client.identity
        record.server = server.identity
        if let policy, let digest { record.policy = PolicyLabel(name: policy, digest: digest) }
        if record.kind == .decision {
            record.decision = try decision()
        } else {
            record.misuse = cause
        }
        return LoggedRecord(sequence: sequence, wall: wall, record: record, hash: hash)
    }

    private var unfit: String { "only `cm.connect` and `cm.listen` have outcomes" }

    private func decision() throws(RecordFault) -> Decision {
        guard let verdict, let cause, let known = Cause(recorded: cause, rule: rule, limit: limit),
            known.suits(verdict)
        else { throw RecordFault("the cause does not fit the verdict, or lacks its rule or limit") }
        if engine == nil, known.isEngines { throw RecordFault(missing: .engine) }
        if record.enforced == false,
            verdict == .allow || !known.isPolicy || record.mode == .enforce
        {
            throw RecordFault("only permissive mode lets a denial by the policy go on")
        }
        return Decision(verdict, known, engine: engine, candidate: candidate)
    }
}

extension RecordFault {
    /// A fault of the line as a whole: it shows at its start.
    init(_ message: String) { self.init(offset: 0, message: message) }

    init(missing key: RecordKey) { self.init("`\(key.text)` is missing") }
}

extension Cause {
    /// The cause that a record names; nil if the parts do not go together.
    ///
    /// What an engine said is not recorded.
    init?(recorded word: String, rule: RuleID?, limit: LimitName?) {
        switch (word, rule, limit) {
        case ("rule", let rule?, nil): self = .rule(rule)
        case ("no-rule", nil, nil): self = .noRule
        case ("limit", nil, let limit?): self = .limit(limit)
        case ("engine", nil, nil): self = .engine(reason: nil)
        case ("engine-failure", nil, nil): self = .engineFailure("")
        case ("audit-unavailable", nil, nil): self = .auditUnavailable
        default: return nil
        }
    }

    /// Whether it can be the cause of `verdict`: only rules and engines allow.
    func suits(_ verdict: Verdict) -> Bool {
        if verdict == .deny { return true }
        switch self {
        case .rule, .engine: return true
        case .noRule, .limit, .engineFailure, .auditUnavailable: return false
        }
    }

    fileprivate var isEngines: Bool {
        switch self {
        case .engine, .engineFailure: true
        case .rule, .noRule, .limit, .auditUnavailable: false
        }
    }
}
