import LocatedYAML
import SecurityEvents
import SecurityPolicy
import TestSupport
import Testing

/// What every engine promises, for the rule engine.
@Suite struct `The rule engine as a policy engine` {
    @Test func `one event gets one decision, whatever came before it`() throws {
        for seed in 2000..<UInt64(2040) {
            var generator = PolicyGenerator(seed: seed)
            let naive = generator.policy()
            var printer = PolicyPrinter(seed: seed)
            let policy = try #require(Loaded(printer.document(naive)).policy, "seed \(seed)")
            let events = try (0..<12).map { _ in try SecurityEvent(generator.event()) }
            var engine = RuleEngine(policy, hash: testHash)
            let label = engine.label
            let first = events.map { engine.decide($0) }
            for index in events.indices.shuffled(using: &generator.random) {
                #expect(engine.decide(events[index]) == first[index], "seed \(seed)")
                #expect(engine.explain(events[index]).decision == first[index], "seed \(seed)")
                #expect(engine.decide(events[index]) == first[index], "seed \(seed)")
                var fresh = RuleEngine(policy, hash: testHash)
                #expect(fresh.explain(events[index]) == engine.explain(events[index]))
            }
            #expect(engine.label == label)
        }
    }

    @Test func `copies of an engine do not disturb one another`() throws {
        let policy = try #require(
            Loaded("policy: p\nrules: [{id: r, allow: cm.listen, server: a.*}]\n").policy
        )
        func listen(_ name: String) throws -> SecurityEvent {
            let process = try ProcessIdentity(name)
            return SecurityEvent(.listen, by: process, server: process)
        }
        var one = RuleEngine(policy, hash: testHash)
        let (inside, outside) = (try listen("a.fresh"), try listen("b.fresh"))
        #expect(one.decide(inside).verdict == .allow)
        var two = one
        #expect(two.decide(outside).verdict == .deny)
        #expect(one.decide(inside).verdict == .allow)
        #expect(two.decide(inside).verdict == .allow)
    }

    @Test func `riid and index have no say`() throws {
        let policy = try #require(
            Loaded("policy: p\nrules: [{id: r, allow: [ns.enumerate, cm.accept]}]\n").policy
        )
        var engine = RuleEngine(policy, hash: testHash)
        let process = try ProcessIdentity("a")
        var enumerate = SecurityEvent(.enumerate, by: process, interface: try InterfaceName("i"))
        let before = engine.decide(enumerate)
        enumerate.index = 7
        #expect(engine.decide(enumerate) == before)
        var accept = SecurityEvent(
            .accept,
            by: process,
            client: process,
            server: process,
            endpoint: try EndpointName("e")
        )
        let accepted = engine.decide(accept)
        accept.riid = RIID(rawValue: 3)
        #expect(engine.decide(accept) == accepted)
    }

    @Test func `the label is the name of the first document and the digest of the canonical form`()
        throws
    {
        let documents = [
            "one.yaml": "policy: one\nrules: [{id: a, allow: cm.listen}]\n",
            "two.yaml": "policy: two\nrules: [{id: b, deny: cm.drop}]\n",
        ]
        for paths in [["one.yaml", "two.yaml"], ["two.yaml", "one.yaml"]] {
            let policy = try #require(Loaded(documents, paths).policy)
            let engine = RuleEngine(policy, hash: testHash)
            #expect(engine.label.name + ".yaml" == paths[0])
            #expect(engine.label.digest == testHash(policy.canonicalForm[...]))
            #expect(policy.files == paths)
        }
    }

    @Test func `a policy without rules denies with cause no-rule and nothing near`() throws {
        let loaded = Loaded("policy: p\n")
        #expect(loaded.ids == ["warning: empty-policy"])
        var engine = RuleEngine(try #require(loaded.policy), hash: testHash)
        let process = try ProcessIdentity("a")
        let explanation = engine.explain(SecurityEvent(.listen, by: process, server: process))
        #expect(explanation.decision == Decision(.deny, .noRule))
        #expect(explanation.nearMiss == NearMiss(rules: [], nearest: []))
        #expect(explanation.nearMiss?.more == false)
    }

    @Test func `words that no process can be called are names elsewhere`() throws {
        let frame = "policy: p\ngroups: {g: [self, all, none]}\nrules: [{id: r, allow: ns.publish, "
        let loaded = Loaded(frame + "interface: self, endpoint: $g}]\n")
        var engine = RuleEngine(try #require(loaded.policy, "\(loaded.text)"), hash: testHash)
        let process = try ProcessIdentity("a")
        let event = SecurityEvent(
            .publish,
            by: process,
            server: process,
            interface: try InterfaceName("self"),
            endpoint: try EndpointName("none")
        )
        #expect(engine.decide(event).verdict == .allow)
        #expect(Loaded(frame + "server: $g}]\n").ids == Array(repeating: "reserved-name", count: 3))
    }

    @Test func `files whose names differ in bytes alone are different files`() throws {
        let composed = "\u{e9}.yaml"
        let decomposed = "e\u{301}.yaml"
        let source = DocumentSource { path, _ in
            let id = Array(path.utf8) == Array(composed.utf8) ? "composed" : "decomposed"
            return .success(Array("policy: p\nrules: [{id: \(id), deny: cm.listen}]\n".utf8))
        }
        let policy = try #require(Loaded(source, [composed, decomposed]).policy)
        #expect(policy.rules.map(\.id.text) == ["composed", "decomposed"])
    }
}
