/// Allows everything; for trying a solution before it has a policy.
public struct AllowAllEngine: PolicyEngine {
    /// The name `allow-all`, and a digest that no policy document has.
    public let label: PolicyLabel

    /// An engine whose label is made with `hash`.
    public init(hash: HashFunction) {
        label = PolicyLabel(name: "allow-all", digest: hash(ArraySlice("engine allow-all".utf8)))
    }

    /// Allows `event`, with cause `engine`.
    public func decide(_ event: SecurityEvent) -> Decision {
        Decision(.allow, .engine(reason: nil), engine: label.name)
    }
}

/// Denies everything.
public struct DenyAllEngine: PolicyEngine {
    /// The name `deny-all`, and a digest that no policy document has.
    public let label: PolicyLabel

    /// An engine whose label is made with `hash`.
    public init(hash: HashFunction) {
        label = PolicyLabel(name: "deny-all", digest: hash(ArraySlice("engine deny-all".utf8)))
    }

    /// Denies `event`, with cause `engine`.
    public func decide(_ event: SecurityEvent) -> Decision {
        Decision(.deny, .engine(reason: nil), engine: label.name)
    }
}

/// Allows what all of its engines allow.
///
/// All are asked, in order, so that one that keeps count sees every event. The cause is the first
/// denier's, with its name; where all allow it is the first engine's.
public struct AllMustAllowEngine: PolicyEngine {
    /// The names of all engines, joined by `+`; the digest covers theirs in the order of asking.
    public let label: PolicyLabel
    private var engines: [any PolicyEngine]

    /// An engine that asks others.
    ///
    /// - Parameters:
    ///   - engines: at least one, in the order in which they are asked.
    ///   - hash: makes the label's digest out of those of `engines`.
    public init(_ engines: [any PolicyEngine], hash: HashFunction) {
        precondition(!engines.isEmpty, "an engine that asks others has others to ask")
        self.engines = engines
        let canonical = Array("engine all-must-allow".utf8) + engines.flatMap(\.label.digest.bytes)
        label = PolicyLabel(
            name: engines.map(\.label.name).joined(separator: "+"),
            digest: hash(canonical[...])
        )
    }

    /// Asks every engine: the first denial counts, else the first permission.
    public mutating func decide(_ event: SecurityEvent) -> Decision {
        askAll { Explanation($0.decide(event)) }.decision
    }

    /// Asks every engine why; the explanation is that of the one whose decision counts.
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

    /// An engine that decides as `live` does and asks `candidate` for the note.
    public init(live: any PolicyEngine, candidate: any PolicyEngine) {
        self.live = live
        self.candidate = candidate
    }

    /// The live engine's: the candidate has no say.
    public var label: PolicyLabel { live.label }

    /// The decision of the live engine, with what the candidate would have said.
    public mutating func decide(_ event: SecurityEvent) -> Decision {
        beside(Explanation(live.decide(event)), event).decision
    }

    /// The explanation of the live engine, with what the candidate would have said.
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
