import Diagnostics
import SecurityEvents
import SecurityPolicy
import TestSupport
import Testing

/// The rule engine beside the naive evaluator, over random policies and events.
@Suite struct `The rule engine and the semantics` {
    /// What the runs met, so that a test cannot agree about nothing.
    struct Tally {
        var events = 0
        var allowed = 0
        var deniedByRule = 0
        var overridden = 0
        var nearMisses = 0
        var more = 0
        var leastUnmet: Set<Int> = []
        var operations: Set<String> = []

        mutating func count(_ event: NaiveEvent, _ answer: NaiveAnswer) {
            events += 1
            operations.insert(event.operation)
            if answer.verdict == "allow" { allowed += 1 }
            if answer.verdict == "deny", answer.rule != nil { deniedByRule += 1 }
            if answer.verdict == "deny", answer.matches.contains(where: { $0.hasPrefix("allow ") })
            {
                overridden += 1
            }
            if let near = answer.near.first {
                nearMisses += 1
                leastUnmet.insert(near.unmet.count)
            }
            if answer.more { more += 1 }
        }
    }

    @Test func `decide and explain say what the semantics say`() throws {
        var tally = Tally()
        for seed in 0..<UInt64(240) {
            var generator = PolicyGenerator(seed: seed)
            let naive = generator.policy(size: seed % 5 == 0 ? 120 : 24)
            var printer = PolicyPrinter(seed: seed)
            let loaded = Loaded(printer.document(naive))
            guard let policy = loaded.policy,
                loaded.ids.allSatisfy({ $0 == "warning: empty-policy" })
            else {
                Issue.record("seed \(seed): the policy does not load: \(loaded.text)")
                return
            }
            var engine = RuleEngine(policy, hash: testHash)
            for step in 0..<30 {
                let event = generator.event()
                let answer = NaiveAnswer(naive, event)
                tally.count(event, answer)
                let faults = try disagreements(&engine, event, answer)
                guard faults.isEmpty else {
                    Issue.record("seed \(seed), event \(step), \(event): \(faults)")
                    return
                }
            }
        }
        #expect(tally.events == 7200)
        #expect(tally.operations.count == operationNames.count)
        #expect(tally.allowed > 300, "\(tally)")
        #expect(tally.deniedByRule > 300, "\(tally)")
        #expect(tally.overridden > 100, "\(tally)")
        #expect(tally.nearMisses > 1000, "\(tally)")
        #expect(tally.more > 20, "\(tally)")
        #expect(tally.leastUnmet.isSuperset(of: [1, 2, 3]), "\(tally)")
    }

    @Test func `Policy.holds says what the semantics say of each condition`() throws {
        for seed in 1000..<UInt64(1060) {
            var generator = PolicyGenerator(seed: seed)
            let naive = generator.policy()
            var printer = PolicyPrinter(seed: seed)
            let policy = try #require(Loaded(printer.document(naive)).policy, "seed \(seed)")
            let rules = Dictionary(uniqueKeysWithValues: naive.rules.map { ($0.id, $0.conditions) })
            for _ in 0..<10 {
                let event = generator.event()
                let real = try SecurityEvent(event)
                for rule in policy.rules where event.carries(rule.operations) {
                    for condition in rule.conditions {
                        let wanted = try #require(
                            rules[rule.id.text]?.first { $0.field == condition.field.rawValue }
                        )
                        #expect(
                            policy.holds(condition, for: real) == naive.holds(wanted, event),
                            "seed \(seed), \(rule.id), \(condition.text), \(event)"
                        )
                    }
                }
            }
        }
    }

    /// What engine and naive evaluator see differently.
    private func disagreements(
        _ engine: inout RuleEngine,
        _ event: NaiveEvent,
        _ answer: NaiveAnswer
    ) throws -> [String] {
        let event = try SecurityEvent(event)
        let decision = engine.decide(event)
        let explanation = engine.explain(event)
        var faults: [String] = []
        func expect<Value: Equatable>(_ what: String, _ value: Value, _ wanted: Value) {
            if value != wanted { faults.append("\(what) is \(value), not \(wanted)") }
        }
        expect("verdict", decision.verdict.rawValue, answer.verdict)
        expect("cause", decision.cause.word, answer.rule == nil ? "no-rule" : "rule")
        expect("rule", decision.cause.rule?.text, answer.rule)
        expect("the decision of explain", explanation.decision, decision)
        expect(
            "matches",
            explanation.matches.map { "\($0.effect.rawValue) \($0.rule)" },
            answer.matches
        )
        let winner = engine.policy.rules.first { $0.id.text == answer.rule }
        expect("place", explanation.place, winner?.place)
        expect("near miss", explanation.nearMiss == nil, answer.rule != nil)
        guard let nearMiss = explanation.nearMiss else { return faults }
        expect("nearest", nearMiss.nearest.map(\.text), answer.nearest)
        expect("more", nearMiss.more, answer.more)
        let near = nearMiss.rules.map { rule in
            NaiveAnswer.NearRule(
                id: rule.id.text,
                unmet: rule.unmet.map { "\($0.field.rawValue): \($0.rule) / \($0.event)" }.sorted()
            )
        }
        expect("near rules", near, answer.near)
        for rule in nearMiss.rules {
            let own = engine.policy.rules.first { $0.id == rule.id }
            expect("place of \(rule.id)", rule.place, own?.place)
        }
        return faults
    }
}

extension NaiveEvent {
    /// Whether the operation is among those.
    func carries(_ operations: [Operation]) -> Bool {
        operations.contains { $0.rawValue == operation }
    }
}

extension SecurityEvent {
    /// The event in the engine's vocabulary.
    init(_ event: NaiveEvent) throws {
        func process(_ field: String) throws -> ProcessIdentity? {
            try event.processes[field].map { try ProcessIdentity($0.name, class: $0.className) }
        }
        self.init(
            try #require(Operation(rawValue: event.operation)),
            by: try #require(try process("process")),
            target: try process("target"),
            client: try process("client"),
            server: try process("server"),
            connection: try event.values["connection"].map { try ConnectionName($0) },
            path: event.values["path"].flatMap { NameServerPath(rawValue: $0) },
            interface: try event.values["interface"].map { try InterfaceName($0) },
            endpoint: try event.values["endpoint"].map { try EndpointName($0) }
        )
    }
}
