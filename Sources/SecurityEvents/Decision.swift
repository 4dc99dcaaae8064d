public import Diagnostics

/// The identifier of a rule or an invariant: `[A-Za-z0-9._-]`, 1–100 bytes.
public struct RuleID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The identifier as documents and records spell it.
    public let text: String

    /// Takes `text` if it is an identifier; nil otherwise.
    public init?(_ text: String) {
        guard (1...100).contains(text.utf8.count), text.utf8.allSatisfy(Self.isAllowed) else {
            return nil
        }
        self.text = text
    }

    /// The same as ``text``.
    public var description: String { text }

    /// Byte order; identifiers are ASCII, for which String's order is the same.
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

/// What was decided about an event.
public enum Verdict: String, CaseIterable, Hashable, Sendable {
    case allow, deny
}

/// A limit of the broker, per process.
public enum LimitName: String, CaseIterable, Hashable, Sendable {
    /// Calls of the process that wait: connects and listens together.
    case waiting
    /// Open connections to name servers.
    case connections
    /// Open IPC handles, with those that waiting connects have reserved.
    case handles
    /// Entries that the process has published on name servers.
    case entries
    /// What the machine gives the broker to make channels of; for real processes only.
    case descriptors
}

/// Why an event was decided as it was.
public enum Cause: Hashable, Sendable {
    /// A rule of the winning effect, the one whose identifier is least in byte order.
    case rule(RuleID)
    /// No rule allows it.
    case noRule
    /// A limit of the broker; the policy would have allowed it.
    case limit(LimitName)
    /// An engine without rules, or an external program, said so; with its reason where it gave one.
    case engine(reason: String?)
    /// An engine failed, answered late or answered nonsense; with what happened.
    case engineFailure(String)
    /// The audit log cannot be written.
    case auditUnavailable

    /// The word in records and suites.
    public var word: String {
        switch self {
        case .rule: "rule"
        case .noRule: "no-rule"
        case .limit: "limit"
        case .engine: "engine"
        case .engineFailure: "engine-failure"
        case .auditUnavailable: "audit-unavailable"
        }
    }

    /// Every word that ``word`` can be.
    public static let words = [
        "rule", "no-rule", "limit", "engine", "engine-failure", "audit-unavailable",
    ]

    /// The rule, where a rule was the cause.
    public var rule: RuleID? {
        if case .rule(let id) = self { id } else { nil }
    }

    /// Whether permissive mode lets a denied call go on.
    public var isPolicy: Bool {
        switch self {
        case .rule, .noRule: true
        case .limit, .engine, .engineFailure, .auditUnavailable: false
        }
    }
}

/// One decision about one event: the value that retcode, audit record, tests and explanation share.
public struct Decision: Hashable, Sendable {
    /// Allow or deny; in permissive mode a denial is not always carried out.
    public var verdict: Verdict
    /// What the verdict rests on.
    public var cause: Cause
    /// The engine that decided, where several were asked or the cause is an engine.
    public var engine: String?
    /// What a candidate beside the live engine would have said.
    public var candidate: CandidateDecision?

    /// A decision; by default of the only engine there is, with no candidate beside it.
    public init(
        _ verdict: Verdict,
        _ cause: Cause,
        engine: String? = nil,
        candidate: CandidateDecision? = nil
    ) {
        self.verdict = verdict
        self.cause = cause
        self.engine = engine
        self.candidate = candidate
    }
}

/// What a candidate policy said; it counts for nothing.
public struct CandidateDecision: Hashable, Sendable {
    /// What the candidate would have said.
    public var verdict: Verdict
    /// What its verdict would have rested on.
    public var cause: Cause

    /// An opinion of a candidate.
    public init(_ verdict: Verdict, _ cause: Cause) {
        self.verdict = verdict
        self.cause = cause
    }
}

/// A decision with what people want to know about it; not part of the audit record.
public struct Explanation: Hashable, Sendable {
    /// What was decided: the same as without an explanation.
    public var decision: Decision
    /// Where the rule that is the cause stands.
    public var place: SourceLocation?
    /// Every rule whose conditions the event meets, of either effect, by identifier.
    public var matches: [RuleMatch]
    /// For `no-rule`: the rules that came nearest.
    public var nearMiss: NearMiss?

    /// An explanation; an engine without rules has the decision alone.
    public init(
        _ decision: Decision,
        place: SourceLocation? = nil,
        matches: [RuleMatch] = [],
        nearMiss: NearMiss? = nil
    ) {
        self.decision = decision
        self.place = place
        self.matches = matches
        self.nearMiss = nearMiss
    }
}

/// A rule that an event meets.
public struct RuleMatch: Hashable, Sendable {
    /// The rule whose conditions all hold.
    public var rule: RuleID
    /// What the rule says about its operations, whether or not it wins.
    public var effect: Verdict

    /// A match of the rule with this identifier and effect.
    public init(_ rule: RuleID, _ effect: Verdict) {
        self.rule = rule
        self.effect = effect
    }
}

/// The allow rules that an event with cause `no-rule` misses by the fewest conditions.
public struct NearMiss: Hashable, Sendable {
    /// One rule, and what keeps it from matching.
    public struct Rule: Hashable, Sendable {
        /// The identifier of the rule.
        public var id: RuleID
        /// Where the rule stands in its document.
        public var place: SourceLocation
        /// The conditions that the event does not meet: one a field, and at least one.
        public var unmet: [Condition]

        /// A rule and what keeps it from matching.
        public init(id: RuleID, place: SourceLocation, unmet: [Condition]) {
            self.id = id
            self.place = place
            self.unmet = unmet
        }
    }

    /// A condition that the event does not meet: what the rule says and what the event holds.
    public struct Condition: Hashable, Sendable {
        /// The field that the condition speaks of.
        public var field: EventField
        /// What the rule asks for, as its document spells it.
        public var rule: String
        /// What the event holds there: a name, or a class where the rule asks for one.
        public var event: String

        /// A condition, and what stands against it.
        public init(field: EventField, rule: String, event: String) {
            self.field = field
            self.rule = rule
            self.event = event
        }
    }

    /// At most eight, those with most met conditions first, then by identifier.
    public var rules: [Rule]
    /// Every rule with the least number of unmet conditions, reported or not, by identifier.
    public var nearest: [RuleID]
    /// Whether there are rules that are as near and not reported.
    public var more: Bool { nearest.count > rules.count }

    /// The reported rules, and all that are as near as the nearest of them.
    public init(rules: [Rule], nearest: [RuleID]) {
        self.rules = rules
        self.nearest = nearest
    }
}
