/// Allows everything; for trying a solution before it has a policy.
public struct AllowAllEngine: PolicyEngine {
    public let label: PolicyLabel

    public init(hash: HashFunction) {
        label = PolicyLabel(name: "allow-all", digest: hash(ArraySlice("engine allow-all".utf8)))
    }

    public func decide(_ event: SecurityEvent) -> Decision {
        Decision(.allow, .engine(reason: nil), engine: label.name)
    }
}

/// Denies everything.
public struct DenyAllEngine: PolicyEngine {
    public let label: PolicyLabel

    public init(hash: HashFunction) {
        label = PolicyLabel(name: "deny-all", digest: hash(ArraySlice("engine deny-all".utf8)))
    }

    public func decide(_ event: SecurityEvent) -> Decision {
        Decision(.deny, .engine(reason: nil), engine: label.name)
    }
}

/// Allows what all of its engines allow.
///
/// All are asked, in order, so that one that keeps count sees every event. The cause is the first
/// denier's, with its name; where all allow it is the first engine's.
public struct AllMustAllowEngine: PolicyEngine {
    public let label: PolicyLabel
    private var engines: [any PolicyEngine]

    /// - Parameter engines: at least one.
    public init(_ engines: [any PolicyEngine], hash: HashFunction) {
        precondition(!engines.isEmpty, "an engine that asks others has others to ask")
        self.engines = engines
        let canonical = Array("engine all-must-allow".utf8) + engines.flatMap(\.label.digest.bytes)
        label = PolicyLabel(
            name: engines.map(\.label.name).joined(separator: "+"),
            digest: hash(canonical[...])
        )
    }

    public mutating func decide(_ event: SecurityEvent) -> Decision {
        askAll { Explanation($0.decide(event)) }.decision
    }

    public mutating func explain(_ event: SecurityEvent) -> Explanation {
        askAll { $0.explain(event) }
    }

    private mutating func askAll(_ ask: (inout any PolicyEngine) -> Explanation) -> Explanation {
        var answers: [Explanation] = []
        for index in engines.indices {
            var answer = ask(&engines[index])
            answer.decision.engine = answer.decision.engine ?? engines[index].label.name
            answers.append(answer)
        }
        return answers.first { $0.decision.verdict == .deny } ?? answers[0]
    }
}

/// Lets the live engine decide, and notes what a candidate would have said.
///
/// A failing candidate never changes anything but that note.
public struct LiveBesideCandidateEngine: PolicyEngine {
    private var live: any PolicyEngine
    private var candidate: any PolicyEngine

    public init(live: any PolicyEngine, candidate: any PolicyEngine) {
        self.live = live
        self.candidate = candidate
    }

    /// The live engine's: the candidate has no say.
    public var label: PolicyLabel { live.label }

    public mutating func decide(_ event: SecurityEvent) -> Decision {
        beside(Explanation(live.decide(event)), event).decision
    }

    public mutating func explain(_ event: SecurityEvent) -> Explanation {
        beside(live.explain(event), event)
    }

    private mutating func beside(_ answer: Explanation, _ event: SecurityEvent) -> Explanation {
        let opinion = candidate.decide(event)
        var answer = answer
        answer.decision.candidate = CandidateDecision(opinion.verdict, opinion.cause)
        return answer
    }
}
