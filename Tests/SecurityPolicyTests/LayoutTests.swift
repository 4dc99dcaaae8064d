import SecurityEvents
import SecurityPolicy
import TestSupport
import Testing

/// Promise 1: a decision is a pure function of policy and event; how the policy is laid out never
/// matters.
@Suite struct `The layout of a policy` {
    @Test func `order, repeats and spellings leave no trace`() throws {
        for seed in 0..<UInt64(60) {
            var generator = PolicyGenerator(seed: seed)
            let naive = generator.policy(size: 12)
            var plain = PolicyPrinter(seed: seed)
            let one = try #require(Loaded(plain.document(naive)).policy, "seed \(seed)")
            for variant in 1..<UInt64(4) {
                var random = SeededGenerator(seed: seed * 100 + variant)
                var shuffled = naive
                shuffled.rules.shuffle(using: &random)
                shuffled.invariants.shuffle(using: &random)
                shuffled.groups.shuffle(using: &random)
                shuffled.inlineSomeGroups(&random)
                var free = PolicyPrinter(seed: random.next(), isFree: true)
                let text = free.document(shuffled, name: "another name")
                let other = try #require(Loaded(text).policy, "seed \(seed): \(text)")
                try expectSame(one, other, &generator, "seed \(seed), variant \(variant)")
            }
        }
    }

    @Test func `files and includes leave no trace`() throws {
        var diamonds = 0
        for seed in 0..<UInt64(60) {
            var generator = PolicyGenerator(seed: seed)
            let naive = generator.policy(size: 12)
            var plain = PolicyPrinter(seed: seed)
            let one = try #require(Loaded(plain.document(naive)).policy, "seed \(seed)")
            var layout = FileLayout(seed: seed)
            let files = layout.split(naive)
            diamonds += layout.extraIncludes
            let loaded = Loaded(files.documents, files.roots)
            let other = try #require(loaded.policy, "seed \(seed): \(loaded.text)")
            #expect(other.name == "file-0", "seed \(seed)")
            #expect(other.files.count == files.documents.count, "seed \(seed)")
            #expect(Set(other.files) == Set(files.documents.keys), "seed \(seed)")
            try expectSame(one, other, &generator, "seed \(seed)")
        }
        #expect(diamonds > 30)
    }

    @Test func `the canonical form tells apart just what differs`() throws {
        var (same, different) = (0, 0)
        for seed in 0..<UInt64(60) {
            var generator = PolicyGenerator(seed: seed)
            let naive = generator.policy(size: 6)
            var printer = PolicyPrinter(seed: seed)
            let one = try #require(Loaded(printer.document(naive)).policy, "seed \(seed)")
            let form = NormalForm(naive)
            for step in 0..<10 {
                let changed = generator.change(naive)
                let text = printer.document(changed)
                let loaded = Loaded(text)
                let other = try #require(
                    loaded.policy,
                    "seed \(seed), \(step): \(loaded.text)\(text)"
                )
                let isSame = NormalForm(changed) == form
                if isSame { same += 1 } else { different += 1 }
                #expect(
                    (one.canonicalForm == other.canonicalForm) == isSame,
                    "seed \(seed), step \(step): \(text)"
                )
            }
        }
        #expect(same > 10 && different > 400, "\(same) same, \(different) different")
    }

    @Test func `reasons, comments and the name are not part of the digest`() throws {
        let one = Loaded("policy: a\nrules: [{id: r, allow: cm.listen, server: self}]\n")
        let two = Loaded(
            """
            # A comment.
            policy: b
            rules:
              - why: for a reason
                server: self   # the caller
                id: r
                allow: [cm.listen]
            """
        )
        let first = RuleEngine(try #require(one.policy), hash: testHash)
        let second = RuleEngine(try #require(two.policy), hash: testHash)
        #expect(first.label.digest == second.label.digest)
        #expect(first.label.name == "a" && second.label.name == "b")
    }

    @Test func `the canonical form is this, byte for byte`() throws {
        let loaded = Loaded(
            """
            policy: any
            groups: {g: [x.*, b]}
            rules:
              - {id: z, deny: all, process: {not: {class: [$g, a, b]}}}
              - {id: a, allow: [cm.drop, cm.accept], server: self, endpoint: "*"}
              - {id: p, allow: ns.create, path: static}
            invariants:
              - {id: i, never: cm.connect, client: {not: self}}
            """
        )
        let policy = try #require(loaded.policy, "\(loaded.text)")
        let all = Operation.allCases.map { "\($0.rawValue)\t" }.joined()
        #expect(
            String(decoding: policy.canonicalForm, as: UTF8.self) == """
                kosbroker policy 1\t
                allow\ta\t
                cm.accept\tcm.drop\t
                server\tis\tself\t
                endpoint\tis\tname\t*\t
                allow\tp\t
                ns.create\t
                path\tis\tpath\tstatic\t
                deny\tz\t
                \(all)
                process\tnot\tclass\t=a\t=b\t^x.\t
                never\ti\t
                cm.connect\t
                client\tnot\tself\t

                """
        )
    }

    /// Both policies have one canonical form and one digest, and decide alike.
    private func expectSame(
        _ one: Policy,
        _ other: Policy,
        _ generator: inout PolicyGenerator,
        _ where: String
    ) throws {
        #expect(one.canonicalForm == other.canonicalForm, "\(`where`)")
        var first = RuleEngine(one, hash: testHash)
        var second = RuleEngine(other, hash: testHash)
        #expect(first.label.digest == second.label.digest, "\(`where`)")
        for _ in 0..<8 {
            let event = generator.event()
            let real = try SecurityEvent(event)
            #expect(first.decide(real) == second.decide(real), "\(`where`), \(event)")
            let (left, right) = (first.explain(real), second.explain(real))
            #expect(left.matches == right.matches, "\(`where`), \(event)")
            #expect(left.nearMiss?.nearest == right.nearMiss?.nearest, "\(`where`), \(event)")
        }
    }
}
