import SecurityEvents
import Testing

@Suite struct ComposedEngineTests {
    private let event = compatibilityEvents[0]
    private let allow = AllowAllEngine(hash: toyHash)
    private let deny = DenyAllEngine(hash: toyHash)

    @Test func `the engines without rules are compatible`() {
        checkEngineCompatibility { AllowAllEngine(hash: toyHash) }
        checkEngineCompatibility { DenyAllEngine(hash: toyHash) }
    }

    @Test func `the composed engines are compatible`() {
        checkEngineCompatibility { AllMustAllowEngine([allow], hash: toyHash) }
        checkEngineCompatibility {
            AllMustAllowEngine([allow, scripted("s"), deny], hash: toyHash)
        }
        checkEngineCompatibility { LiveBesideCandidateEngine(live: allow, candidate: deny) }
        checkEngineCompatibility {
            LiveBesideCandidateEngine(live: scripted("live"), candidate: scripted("candidate"))
        }
        checkEngineCompatibility {
            AllMustAllowEngine(
                [LiveBesideCandidateEngine(live: allow, candidate: deny), scripted("s")],
                hash: toyHash
            )
        }
    }

    @Test func `allow-all allows and deny-all denies, in their own names`() {
        #expect(
            allow.decide(event) == Decision(.allow, .engine(reason: nil), engine: "allow-all")
        )
        #expect(deny.decide(event) == Decision(.deny, .engine(reason: nil), engine: "deny-all"))
        #expect(allow.label.digest != deny.label.digest)
    }

    @Test func `where all must allow, the cause is the first denier's with its name`() {
        let first = FixedEngine("first", Decision(.deny, .noRule))
        let second = FixedEngine("second", Decision(.deny, .engineFailure("broken")))
        var engine = AllMustAllowEngine([allow, first, second], hash: toyHash)
        #expect(engine.decide(event) == Decision(.deny, .noRule, engine: "first"))
        engine = AllMustAllowEngine([allow, second, first], hash: toyHash)
        #expect(
            engine.decide(event) == Decision(.deny, .engineFailure("broken"), engine: "second")
        )
    }

    @Test func `where all allow, the first one's decision counts`() {
        let other = FixedEngine("other", Decision(.allow, .rule(rule("r"))))
        var engine = AllMustAllowEngine([other, allow], hash: toyHash)
        #expect(engine.decide(event) == Decision(.allow, .rule(rule("r")), engine: "other"))
        #expect(engine.label.name == "other+allow-all")
    }

    @Test func `all engines are asked, also after a denial`() {
        let counters = (0..<3).map { _ in CountingEngine() }
        var engine = AllMustAllowEngine([deny] + counters, hash: toyHash)
        _ = engine.decide(event)
        _ = engine.explain(event)
        #expect(counters.map(\.asked) == [2, 2, 2])
    }

    @Test func `the digest of all covers each and their order`() {
        let digests = [[allow, allow], [allow]].map {
            AllMustAllowEngine($0, hash: toyHash).label.digest
        }
        let mixed = [[allow, deny], [deny, allow]] as [[any PolicyEngine]]
        let all = digests + mixed.map { AllMustAllowEngine($0, hash: toyHash).label.digest }
        #expect(Set(all).count == 4)
    }

    @Test(
        arguments: [
            Decision(.allow, .rule(rule("candidate"))), Decision(.deny, .noRule),
            Decision(.deny, .engineFailure("broken"), engine: "candidate"),
        ]
    )
    func `a candidate is noted and never changes the live decision`(opinion: Decision) {
        for decision in [Decision(.allow, .rule(rule("live"))), Decision(.deny, .noRule)] {
            var engine = LiveBesideCandidateEngine(
                live: FixedEngine("live", decision),
                candidate: FixedEngine("candidate", opinion)
            )
            var answer = engine.decide(event)
            #expect(answer.candidate == CandidateDecision(opinion.verdict, opinion.cause))
            answer.candidate = nil
            #expect(answer == decision)
            #expect(engine.label.name == "live")
        }
    }
}

/// Always says the same.
private struct FixedEngine: PolicyEngine {
    let label: PolicyLabel
    private let decision: Decision

    init(_ name: String, _ decision: Decision) {
        label = PolicyLabel(name: name, digest: toyHash(ArraySlice(name.utf8)))
        self.decision = decision
    }

    func decide(_ event: SecurityEvent) -> Decision { decision }
}

/// Counts how often it is asked.
private final class CountingEngine: PolicyEngine {
    let label = PolicyLabel(name: "counting", digest: .zero)
    private(set) var asked = 0

    func decide(_ event: SecurityEvent) -> Decision {
        asked += 1
        return Decision(.allow, .engine(reason: nil), engine: label.name)
    }
}

/// Decides by operation, so that both verdicts and several causes occur.
private struct ScriptedEngine: PolicyEngine {
    let label: PolicyLabel

    func decide(_ event: SecurityEvent) -> Decision {
        switch event.operation {
        case .execute, .initConnect: Decision(.allow, .rule(rule("start")))
        case .connect: Decision(.deny, .rule(rule("no-connect")))
        case .listen: Decision(.deny, .engineFailure("deaf"), engine: label.name)
        default: Decision(.deny, .noRule)
        }
    }

    func explain(_ event: SecurityEvent) -> Explanation {
        let decision = decide(event)
        return Explanation(
            decision,
            matches: decision.cause.rule.map { [RuleMatch($0, decision.verdict)] } ?? []
        )
    }
}

private func scripted(_ name: String) -> ScriptedEngine {
    ScriptedEngine(label: PolicyLabel(name: name, digest: toyHash(ArraySlice(name.utf8))))
}

private func rule(_ id: String) -> RuleID {
    guard let rule = RuleID(id) else { preconditionFailure("`\(id)` is an identifier") }
    return rule
}
