import Diagnostics
import SecurityEvents
import SecurityPolicy
import Testing

/// What `findings(against:)` says of names, with an init description at hand.
@Suite struct `Findings about names` {
    /// Process `tl.Front` and `tl.Back` of class `tl.Light`, process `tl.Control` of its own class.
    private func findings(_ rules: String, groups: String = "{}") throws -> [String] {
        let loaded = Loaded("policy: p\ngroups: \(groups)\nrules:\n\(rules)")
        let policy = try #require(loaded.policy, "\(loaded.text)")
        let declared = try DeclaredNames([
            ProcessIdentity("tl.Front", class: "tl.Light"),
            ProcessIdentity("tl.Back", class: "tl.Light"),
            ProcessIdentity("tl.Control"),
        ])
        return policy.findings(against: declared).map {
            "\($0.severity) \($0.id) \($0.place.line):\($0.place.column)"
        }
    }

    @Test func `declared and predefined processes and classes are known`() throws {
        #expect(
            try findings(
                """
                - {id: a, allow: init.execute, process: Einit, target: [tl.Front, tl.Back]}
                - {id: b, allow: ns.create, process: tl.Control, server: kl.core.NameServer}
                - {id: c, deny: cm.connect, client: {class: tl.Light}, server: kl.core.Core}
                - {id: d, deny: cm.connect, client: {not: {class: tl.Control}}, server: tl.Control}
                """
            ).isEmpty
        )
    }

    @Test func `interfaces, endpoints, connections and prefixes are not looked up`() throws {
        #expect(
            try findings(
                """
                - {id: a, deny: ns.publish, interface: x, endpoint: y, server: debug.*}
                - {id: b, deny: init.connect, connection: z, process: {class: "*"}}
                """
            ).isEmpty
        )
    }

    @Test func `a class in place of a process is a warning in allow`() throws {
        #expect(
            try findings("- {id: a, allow: cm.listen, server: tl.Light}")
                == ["warning class-not-process 4:37"]
        )
    }

    @Test func `a class in place of a process is an error in deny, where it would fail open`()
        throws
    {
        #expect(
            try findings("- {id: a, deny: cm.listen, server: [tl.Front, tl.Light]}")
                == ["error class-not-process 4:47"]
        )
        #expect(
            try findings("- {id: a, deny: cm.listen, server: {not: tl.Light}}")
                == ["error class-not-process 4:42"]
        )
    }

    @Test func `a class in place of a process is an error in never and a warning in must`() throws {
        let allow = "- {id: a, allow: cm.listen}\ninvariants:\n"
        #expect(
            try findings(allow + "- {id: i, never: cm.listen, server: tl.Light}")
                == ["error class-not-process 6:37"]
        )
        #expect(
            try findings(allow + "- {id: i, must: cm.listen, server: tl.Light}")
                == ["warning class-not-process 6:36"]
        )
    }

    @Test func `a group is reported once, where it says the name, as bad as its worst use`() throws
    {
        #expect(
            try findings(
                """
                - {id: a, allow: cm.connect, client: $lights, server: tl.Control}
                - {id: b, deny: cm.connect, client: $lights, server: tl.Front}
                - {id: c, allow: cm.connect, server: $lights}
                """,
                groups: "{lights: [tl.Front, tl.Light]}"
            ) == ["error class-not-process 2:29"]
        )
    }

    @Test func `a name declared nowhere is a warning, with what it may have meant`() throws {
        let loaded = Loaded(
            """
            policy: p
            rules:
            - {id: a, allow: cm.connect, client: tl.Contorl, server: {class: tl.Lihgt}}
            - {id: b, allow: cm.connect, client: nothing.like.it}
            """
        )
        let declared = try DeclaredNames([ProcessIdentity("tl.Control", class: "tl.Light")])
        #expect(
            loaded.policy?.findings(against: declared).map(\.text) == [
                """
                policy.yaml:3:38: warning: the init description declares no process `tl.Contorl` \
                [unknown-name]
                    hint: did you mean `tl.Control`?
                """,
                """
                policy.yaml:3:66: warning: the init description declares no class `tl.Lihgt` \
                [unknown-name]
                    hint: did you mean `tl.Light`?
                """,
                """
                policy.yaml:4:38: warning: the init description declares no process \
                `nothing.like.it` [unknown-name]
                """,
            ]
        )
    }

    @Test func `a process in place of a class is a name that no class has`() throws {
        #expect(
            try findings("- {id: a, deny: cm.listen, server: {class: tl.Front}}")
                == ["warning inert-deny 4:3", "warning unknown-name 4:44"]
        )
    }

    @Test func `a deny that no declared process can meet is inert`() throws {
        #expect(
            try findings("- {id: a, deny: cm.listen, server: [x, y]}")
                == [
                    "warning inert-deny 4:3", "warning unknown-name 4:37",
                    "warning unknown-name 4:40",
                ]
        )
        #expect(
            try findings("- {id: a, deny: cm.listen, server: {not: \"*\"}}")
                == ["warning inert-deny 4:3"]
        )
        #expect(
            try findings("- {id: a, deny: ns.enumerate, interface: $none}", groups: "{none: []}")
                == ["warning inert-deny 4:3"]
        )
    }

    @Test func `a deny that some process may yet meet is not inert`() throws {
        for server in ["[x.*, y]", "[tl.Front, y]", "{not: y}", "{class: [tl.Light, y]}", "self"] {
            let found = try findings("- {id: a, deny: cm.listen, server: \(server)}")
            #expect(!found.contains { $0.contains("inert-deny") }, "\(server)")
        }
        #expect(
            try findings("- {id: a, deny: cm.listen, server: {not: $none}}", groups: "{none: []}")
                .isEmpty
        )
    }

    @Test func `findings come in the order of reading, however often they are asked for`() throws {
        let rules = (0..<40).map { "- {id: r\($0), deny: cm.connect, client: [c\($0), $g]}\n" }
        let text = "policy: p\ngroups: {g: [x, tl.Light]}\nrules:\n" + rules.joined()
        let declared = try DeclaredNames([ProcessIdentity("tl.Front", class: "tl.Light")])
        let first = try #require(Loaded(text).policy).findings(against: declared)
        #expect(first.map(\.place) == first.map(\.place).sorted())
        for _ in 0..<5 {
            #expect(try #require(Loaded(text).policy).findings(against: declared) == first)
        }
    }
}
