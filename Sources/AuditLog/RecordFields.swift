import SecurityEvents

/// The parts of a record that mean something only together, before they are put together.
struct RecordFields {
    var verdict: Verdict?
    var cause: RecordedCause?
    /// What a caller did wrong: the cause of a `misuse` record.
    var misuse: String?
    var rule: RuleID?
    var limit: LimitName?
    var engine: String?
    var candidate: CandidateDecision?
    var policy: String?
    var digest: Digest?

    /// Puts the parts into `record`, if the keys are those of its kind and go together.
    func complete(_ record: inout AuditRecord, _ present: KeySet) throws(RecordFault) {
        guard present.contains(KeySet(.kind)) else { throw RecordFault(missing: .kind) }
        guard let shape = record.shape(present) else {
            throw RecordFault(record.operation == nil ? "`operation` is missing" : unfit)
        }
        if let key = shape.required.subtracting(present).first { throw RecordFault(missing: key) }
        if let key = present.subtracting(shape.allowed).first {
            throw RecordFault("`\(record.kind.rawValue)` records have no `\(key.text)` here")
        }
        if let policy, let digest { record.policy = PolicyLabel(name: policy, digest: digest) }
        if record.kind == .decision {
            record.decision = try decision(record.enforced, record.mode)
        } else {
            record.misuse = misuse ?? cause?.rawValue
        }
    }

    private var unfit: String { "only `cm.connect` and `cm.listen` have outcomes" }

    private func decision(_ enforced: Bool?, _ mode: Mode?) throws(RecordFault) -> Decision {
        guard let verdict, let known = cause?.cause(rule: rule, limit: limit),
            known.suits(verdict)
        else { throw RecordFault("the cause does not fit the verdict, or lacks its rule or limit") }
        if engine == nil, known.isEngines { throw RecordFault(missing: .engine) }
        if enforced == false, verdict == .allow || !known.isPolicy || mode == .enforce {
            throw RecordFault("only permissive mode lets a denial by the policy go on")
        }
        return Decision(verdict, known, engine: engine, candidate: candidate)
    }
}

/// The word of a cause.
enum RecordedCause: String, CaseIterable {
    case rule, limit, engine
    case noRule = "no-rule"
    case engineFailure = "engine-failure"
    case auditUnavailable = "audit-unavailable"

    /// The cause that a record names; nil if the parts do not go together.
    ///
    /// What an engine said is not recorded.
    func cause(rule: RuleID?, limit: LimitName?) -> Cause? {
        switch (self, rule, limit) {
        case (.rule, let rule?, nil): .rule(rule)
        case (.noRule, nil, nil): .noRule
        case (.limit, nil, let limit?): .limit(limit)
        case (.engine, nil, nil): .engine(reason: nil)
        case (.engineFailure, nil, nil): .engineFailure("")
        case (.auditUnavailable, nil, nil): .auditUnavailable
        default: nil
        }
    }
}

extension RecordFault {
    /// A fault of the line as a whole: it shows at its start.
    init(_ message: String) { self.init(offset: 0, message: message) }

    init(missing key: RecordKey) { self.init("`\(key.text)` is missing") }
}

extension Cause {
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
