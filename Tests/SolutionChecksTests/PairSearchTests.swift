import BrokerCore
import Diagnostics
import InitDescriptions
import SecurityEvents
import SecurityPolicy
import SolutionChecks
import SolutionTests
import TestSupport
import Testing

@Suite struct `Pairs that may connect` {
    @Test func `a pair is found with its rule and an endpoint, whether declared or not`() throws {
        let documents = Documents(
            """
            entities:
            - {name: a.A, connections: [{target: a.B, id: b}]}
            - name: a.B
            - name: a.C
            """,
            policy: """
                policy: p
                rules:
                - {id: start, allow: [init.execute, init.connect]}
                - {id: to-b, allow: cm.connect, server: a.B, endpoint: [main, main.*]}
                - {id: to-c, allow: cm.connect, client: a.A, server: a.C, endpoint: b.*}
                - {id: to-a, allow: cm.connect, client: a.C, server: a.A}
                - {id: no-c, deny: cm.connect, client: a.C, server: a.B}
                """
        )
        let table = try documents.table()
        #expect(table.pairs.map(\.isDeclared) == [true, false, false])
        #expect(
            Array(table.lines.suffix(3)) == [
                "  may connect at run time, though nothing declares it:",
                "    a.A -> a.C, endpoints b.*, by rule to-c",
                "    a.C -> a.A, any endpoint, by rule to-a",
            ]
        )
    }

    @Test func `of many pairs people are shown some, and told of the others`() throws {
        let entities = (0..<20).map { "- name: a.A\n  task: T\($0)\n" }.joined()
        let documents = Documents(
            "entities:\n\(entities)",
            policy: "policy: p\nrules:\n- {id: all, allow: cm.connect}\n"
        )
        let table = try documents.table()
        #expect(table.pairs.count == 20 * 19)
        #expect(table.lines.last == "    and 180 more; --format json has them all")
    }

    @Test func `random policies allow exactly the pairs that asking about everything finds`() throws
    {
        for seed in 0..<400 {
            var random = SeededGenerator(seed: UInt64(seed))
            try compare(RandomSolution(&random), seed)
        }
    }

    /// Compares what was found with decisions about every pair and many endpoints, and asks whether
    /// a rule that is said never to fire does.
    private func compare(_ world: RandomSolution, _ seed: Int) throws {
        let documents = Documents(world.description, policy: world.policy)
        let run = documents.run()
        let checked = try #require(run.descriptions.first, "seed \(seed)")
        let table = try #require(checked.table, "seed \(seed): \(run.outcome.kept)")
        var diagnostics: [Diagnostic] = []
        let policy = try #require(
            loadPolicy(["policy.yaml"], from: documents.source, diagnostics: &diagnostics)
        )
        var engine = RuleEngine(policy, hash: { _ in .zero })
        let processes = checked.solution.processes.map(\.identity)
        var fired = Set(table.declared.flatMap { $0.explanation.matches.map(\.rule.text) })
        var expected: Set<String> = []
        for client in processes {
            for server in processes {
                for endpoint in RandomSolution.endpoints {
                    let event = SecurityEvent(
                        .connect,
                        by: client,
                        client: client,
                        server: server,
                        endpoint: try EndpointName(endpoint)
                    )
                    let explanation = engine.explain(event)
                    fired.formUnion(explanation.matches.map(\.rule.text))
                    if explanation.decision.verdict == .allow, client != server {
                        expected.insert("\(client.name) \(server.name)")
                    }
                }
            }
        }
        #expect(
            table.pairs.map { "\($0.client) \($0.server)" } == expected.sorted(),
            "seed \(seed): \(world.policy)"
        )
        for pair in table.pairs {
            let client = try #require(processes.first { $0.name == pair.client })
            let server = try #require(processes.first { $0.name == pair.server })
            let event = SecurityEvent(
                .connect,
                by: client,
                client: client,
                server: server,
                endpoint: pair.endpoint
            )
            #expect(engine.decide(event) == Decision(.allow, .rule(pair.rule)), "seed \(seed)")
        }
        for finding in run.outcome.kept where finding.id == "rule-never-fires" {
            let rule = finding.message.split(separator: "`")[0]
            #expect(!fired.contains(String(rule)), "seed \(seed): \(finding.text)")
        }
    }

    // MARK: Size

    /// A solution as large as the largest that are thought of, or a part of it.
    private func decisions(processes: Int) throws -> Int {
        var description = "entities:\n"
        var policy = """
            policy: large
            rules:
            - {id: start, allow: init.execute, process: Einit}
            - {id: open, allow: ns.create}

            """
        for number in 0..<processes {
            description += "- name: a.P\(number)\n  connections:\n"
            for other in 1...10 {
                let target = (number + other * 7) % processes
                description += "  - {target: a.P\(target), id: c\(other)}\n"
            }
            for other in 1...5 {
                let target = (number + other * 11) % processes
                policy += """
                    - {id: r\(number)-\(other), allow: [init.connect, cm.connect], \
                    client: a.P\(number), server: [a.P\(target), a.P\((target + 1) % processes)]}

                    """
            }
            policy += "- {id: p\(number), allow: ns.publish, process: a.P\(number)}\n"
        }
        policy += "- {id: none, deny: cm.connect, client: a.P0}\n"
        return try Documents(description, policy: policy).table().decisions
    }

    @Test func `the policy is asked in proportion to processes, channels and rules`() throws {
        let half = try decisions(processes: 100)
        let full = try decisions(processes: 200)
        #expect(full <= half * 21 / 10)
        // Each process and channel once, the name server at most twice, each rule for its two servers.
        #expect(full <= 200 + 2_000 + 2 * 200 + 2 * 1_000)
    }

    @Test func `a pair that is denied whatever the endpoint is not asked about for each`() throws {
        let endpoints = (0..<500).map { "e\($0)" }.joined(separator: ", ")
        let entities = (0..<10).map { "- name: a.P\($0)\n" }.joined()
        let documents = Documents(
            "entities:\n\(entities)",
            policy: """
                policy: p
                rules:
                - {id: start, allow: init.execute}
                - {id: some, allow: cm.connect, endpoint: [\(endpoints)]}
                - {id: none, deny: cm.connect}
                - {id: self, allow: cm.connect, server: self}
                """
        )
        let table = try documents.table()
        #expect(table.pairs.isEmpty)
        #expect(table.decisions == 10 + 10 * 9)
    }
}

/// A small random solution and a small random policy about it.
private struct RandomSolution {
    static let endpoints = [
        "x", "a", "a.x", "a.b", "a.b.x", "a.b.c", "b", "b.x", "any", "kl.core.NameServer",
    ]

    private(set) var description = "entities:\n"
    private(set) var policy = "policy: random\nrules:\n- {id: start, allow: init.execute}\n"

    init(_ random: inout SeededGenerator) {
        let names = ["a.A", "a.B", "a.c.C", "b.D"].shuffled(using: &random)
        let tasks = names.prefix(Int.random(in: 2...4, using: &random))
        for (number, task) in tasks.enumerated() {
            let className = random.once(in: 2) ? task : "k.K\(number % 2)"
            description += "- name: \(className)\n  task: \(task)\n"
            if random.once(in: 2) {
                let target = random.pick(Array(tasks))
                description +=
                    "  connections: [{target: \(target), id: \(random.pick(["c", "d"]))}]\n"
            }
        }
        for number in 0..<Int.random(in: 1...6, using: &random) { addRule(number, &random) }
    }

    private mutating func addRule(_ number: Int, _ random: inout SeededGenerator) {
        let isDeny = random.once(in: 3)
        let isStatic = random.once(in: 5)
        var parts = ["id: r\(number)", isDeny ? "deny" : "allow"]
        parts[1] += isStatic ? ": init.connect" : ": cm.connect"
        for field in isStatic ? ["client", "server"] : ["process", "client", "server"]
        where random.once(in: 2) {
            parts.append("\(field): \(process(isDeny, field, isStatic, &random))")
        }
        if !isStatic, random.once(in: 2) {
            parts.append("endpoint: \(patterns(["x", "a", "a.*", "a.b", "a.b.*", "b.*"], &random))")
        }
        if isStatic, random.once(in: 2) { parts.append("connection: \(random.pick(["c", "d"]))") }
        policy += "- {\(parts.joined(separator: ", "))}\n"
    }

    private func process(
        _ isDeny: Bool,
        _ field: String,
        _ isStatic: Bool,
        _ random: inout SeededGenerator
    ) -> String {
        if !isStatic, field != "process", random.once(in: 8) { return "self" }
        var text = patterns(["a.A", "a.B", "a.*", "a.c.*", "b.D", "z.*"], &random)
        if random.once(in: 3) { text = "{class: \(patterns(["k.*", "k.K0", "a.A"], &random))}" }
        return isDeny && random.once(in: 3) ? "{not: \(text)}" : text
    }

    private func patterns(_ all: [String], _ random: inout SeededGenerator) -> String {
        if random.once(in: 8) { return "\"*\"" }
        let chosen = Set((0..<Int.random(in: 1...2, using: &random)).map { _ in random.pick(all) })
        return "[\(chosen.sorted().joined(separator: ", "))]"
    }
}
