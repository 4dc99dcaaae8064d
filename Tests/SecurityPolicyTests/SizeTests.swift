import Diagnostics
import SecurityEvents
import SecurityPolicy
import TestSupport
import Testing

/// Large and hostile policies.
///
/// The time limits are far above what linear work needs, even on a busy machine, and below what quadratic
/// work would take.
@Suite struct `Large policies` {
    /// Rules of a large solution: `count` of them over a hundred clients and servers, with groups.
    private func rules(_ count: Int) -> String {
        let groups = (0..<10).map { group in
            let names = (0..<5).map { "client\(group * 5 + $0)" }.joined(separator: ", ")
            return "  g\(group): [\(names), area\(group).*]\n"
        }
        let rules = (0..<count).map { number in
            let client = number % 3 == 0 ? "$g\(number % 10)" : "client\(number % 100)"
            return """
                - id: rule-\(number)
                  \(number % 10 == 9 ? "deny" : "allow"): [cm.connect, cm.accept, cm.drop]
                  client: \(client)
                  server: server\(number % 97)
                  endpoint: [e\(number).main, e\(number).debug.*]

                """
        }
        return "policy: large\ngroups:\n" + groups.joined() + "rules:\n" + rules.joined()
    }

    @Test(.timeLimit(.minutes(5)))
    func `what is kept of a policy grows with its rules and no faster`() throws {
        let small = try #require(Loaded(rules(1000)).policy)
        let large = try #require(Loaded(rules(5000)).policy)
        #expect(large.rules.count == 5000)
        // Clients and servers are the same few; endpoints are new in each rule.
        #expect(small.sets.count == 1000 + 10 + 100 + 97)
        #expect(large.sets.count == 5000 + 10 + 100 + 97)
        #expect(large.mentions.count <= 5 * small.mentions.count)
        #expect(large.canonicalForm.count <= 5 * small.canonicalForm.count + 5000 * 8)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a decision among 5,000 rules is that of the one rule that speaks of the event`() throws {
        var engine = RuleEngine(try #require(Loaded(rules(5000)).policy), hash: testHash)
        for number in stride(from: 1, to: 5000, by: 617) where number % 3 != 0 {
            let event = SecurityEvent(
                .connect,
                by: try ProcessIdentity("client\(number % 100)"),
                client: try ProcessIdentity("client\(number % 100)"),
                server: try ProcessIdentity("server\(number % 97)"),
                endpoint: try EndpointName("e\(number).debug.fresh")
            )
            let explanation = engine.explain(event)
            #expect(explanation.matches.map(\.rule.text) == ["rule-\(number)"])
            #expect(explanation.decision.verdict == (number % 10 == 9 ? .deny : .allow))
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `a decision among rules that overlap takes no quadratic time`() throws {
        let rules = (0..<5000).map { number in
            "- {id: r\(number), allow: cm.connect, client: [a, x\(number)], "
                + "server: [b, y\(number)], endpoint: [e, z\(number)]}\n"
        }
        let policy = try #require(Loaded("policy: p\nrules:\n" + rules.joined()).policy)
        var engine = RuleEngine(policy, hash: testHash)
        let (client, server) = (try ProcessIdentity("a"), try ProcessIdentity("b"))
        for number in 0..<100 {
            let event = SecurityEvent(
                .connect,
                by: client,
                client: client,
                server: server,
                endpoint: try EndpointName("z\(number)")
            )
            #expect(engine.decide(event).cause.rule?.text == "r\(number)")
        }
    }

    @Test(.timeLimit(.minutes(5)))
    func `groups that double too often end in a message`() {
        let groups = (1...40).map { "  g\($0): [$g\($0 - 1), $g\($0 - 1)]\n" }.joined()
        let loaded = Loaded(
            "policy: p\ngroups:\n  g0: [a, b]\n\(groups)"
                + "rules: [{id: r, deny: cm.listen, server: $g40}]\n"
        )
        #expect(loaded.ids == ["policy-too-large"])
        #expect(loaded.policy == nil)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a large group that every rule uses counts once against the limit`() throws {
        let names = (0..<5000).map { "n\($0)" }.joined(separator: ", ")
        let rules = (0..<1000).map { number in
            "- {id: r\(number), \(number % 2 == 0 ? "allow" : "deny"): cm.listen, process: $g}\n"
        }
        let loaded = Loaded("policy: p\ngroups: {g: [\(names)]}\nrules:\n" + rules.joined())
        let policy = try #require(loaded.policy, "\(loaded.text)")
        #expect(policy.sets.count == 1)
        // Once for what fails open, once for what does not.
        #expect(policy.mentions.count == 10_000)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a chain of 100,000 groups is walked without a deep stack`() throws {
        let count = 100_000
        let groups = (1...count).map { "  g\($0): [$g\($0 - 1)]\n" }.joined()
        let frame = "policy: p\nrules: [{id: r, deny: cm.listen, server: $g\(count)}]\ngroups:\n"
        let policy = try #require(Loaded(frame + groups + "  g0: [a]\n").policy)
        #expect(policy.sets.map(\.patterns) == [[.literal(bytes("a"))]])
    }

    @Test func `a cycle of 10,000 groups is one fault`() {
        let count = 10_000
        let groups = (1...count).map { "  g\($0): [$g\($0 - 1)]\n" }.joined()
        let loaded = Loaded("policy: p\ngroups:\n\(groups)  g0: [$g\(count)]\n")
        #expect(loaded.ids == ["group-cycle"])
    }

    @Test(.timeLimit(.minutes(5)))
    func `a group of 30,000 groups is expanded in one pass`() throws {
        let count = 30_000
        let groups = (0..<count).map { "  g\($0): [n\($0)]\n" }.joined()
        let all = (0..<count).map { "$g\($0)" }.joined(separator: ", ")
        let loaded = Loaded(
            "policy: p\nrules: [{id: r, deny: cm.listen, server: $all}]\ngroups:\n"
                + "  all: [\(all)]\n\(groups)"
        )
        let policy = try #require(loaded.policy)
        #expect(policy.sets[0].patterns.count == count)
    }

    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "rules: [ITEMS]", "include: [ITEMS]", "requires: [ITEMS]", "groups: {g: [ITEMS]}",
            "groups: {MAPPED}", "rules: [{id: r, allow: [ITEMS]}]", "invariants: [ITEMS]",
            "rules: [{id: r, allow: cm.listen, server: [ITEMS]}]",
        ]
    )
    func `very many faults end in as many as anybody can use`(form: String) {
        let items = (0..<12_000).map { "$x\($0)" }
        let text = form.replacing("ITEMS", with: items.joined(separator: ","))
            .replacing("MAPPED", with: items.map { "\($0): a" }.joined(separator: ","))
        let loaded = Loaded("policy: p\n\(text)\n")
        #expect(loaded.diagnostics.count == 10_001)
        #expect(loaded.ids.last == "too-many-faults")
        #expect(loaded.policy == nil)
    }

    @Test(.timeLimit(.minutes(5)))
    func `a name of a megabyte stays out of the message about it`() {
        let name = String(repeating: "a", count: 1 << 20)
        for value in [name, "$" + name, "\(name).*", "{\(name): x}"] {
            let loaded = Loaded("policy: p\nrules: [{id: r, deny: cm.listen, server: \(value)}]\n")
            #expect(loaded.policy == nil)
            #expect(loaded.text.utf8.count < 1000)
        }
    }

    @Test func `files include one another 64 deep and not 65`() {
        func chain(_ count: Int) -> Loaded {
            var documents: [String: String] = [:]
            for file in 1...count {
                let next = file < count ? "include: f\(file + 1).yaml\n" : ""
                documents["f\(file).yaml"] =
                    "policy: p\(file)\n\(next)rules: [{id: r\(file), allow: cm.listen}]\n"
            }
            return Loaded(documents, ["f1.yaml"])
        }
        #expect(chain(64).policy?.rules.count == 64)
        let tooDeep = chain(65)
        #expect(tooDeep.policy == nil)
        #expect(
            tooDeep.text == """
                f64.yaml:2:10: error: a policy has at most 1000 files, 64 deep [too-many-includes]

                """
        )
    }

    @Test func `a policy has 1,000 files and not 1,001`() {
        func wide(_ count: Int) -> Loaded {
            let names = (1..<count).map { "f\($0).yaml" }
            var documents = Dictionary(
                uniqueKeysWithValues: names.enumerated().map { index, name in
                    (name, "policy: p\nrules: [{id: r\(index), allow: cm.listen}]\n")
                }
            )
            documents["f0.yaml"] = "policy: p\ninclude: [\(names.joined(separator: ", "))]\n"
            return Loaded(documents, ["f0.yaml"])
        }
        #expect(wide(1000).policy?.files.count == 1000)
        #expect(wide(1001).ids == ["too-many-includes"])
    }
}
