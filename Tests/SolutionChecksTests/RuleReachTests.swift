import Testing

@Suite struct `Rules that never fire` {
    private static let description = """
        entities:
        - name: a.A
          connections:
          - {target: a.B, id: b}
          - {target: a.C, id: c}
        - name: a.B
        - name: a.C

        """
    private static let start = """
        policy: p
        rules:
        - {id: start, allow: [init.execute, init.connect], process: Einit}

        """

    private func ids(_ rules: String, more: String = "") -> [String] {
        Documents(Self.description + more, policy: Self.start + rules).ids()
            .filter { $0.hasPrefix("policy.yaml") }
    }

    @Test(arguments: [
        "- {id: x, allow: cm.connect, client: z.*}",
        "- {id: x, allow: cm.listen, process: {class: z.*}}",
        "- {id: x, allow: init.execute, target: z.*}",
        "- {id: x, allow: init.connect, connection: z}",
        "- {id: x, allow: init.connect, connection: z.*}",
    ])
    func `a rule is reported whose condition nothing meets`(rule: String) {
        #expect(ids(rule) == ["policy.yaml:4 warning rule-never-fires"])
        #expect(
            ids(rule.replacing("allow", with: "deny")) == ["policy.yaml:4 note rule-never-fires"]
        )
    }

    @Test(arguments: [
        "- {id: x, allow: cm.connect, client: a.*}", "- {id: x, allow: cm.connect, endpoint: any}",
        "- {id: x, allow: ns.publish, interface: any, server: self}",
        "- {id: x, allow: init.execute, process: kl.core.*}",
        "- {id: x, allow: cm.connect, server: kl.core.NameServer}",
        "- {id: x, allow: init.connect, client: a.A, server: a.B, connection: [b, z]}",
        "- {id: x, allow: [init.connect, cm.connect], client: a.B, server: a.A}",
        "- {id: x, deny: init.connect, client: a.B, server: a.A}",
        "- {id: x, deny: cm.connect, client: {not: a.*}, server: a.A}",
    ])
    func `a rule that may fire, or stands guard, is not reported`(rule: String) {
        #expect(ids(rule) == [])
    }

    @Test func `a name that nothing declares is one finding, not two`() {
        #expect(
            ids("- {id: x, allow: cm.connect, client: a.D}") == [
                "policy.yaml:4 warning unknown-name"
            ]
        )
        #expect(
            ids("- {id: x, deny: cm.connect, client: {not: \"*\"}}") == [
                "policy.yaml:4 warning inert-deny"
            ]
        )
    }

    @Test func `a permission of a static channel that the solution does not have is reported`() {
        let documents = Documents(
            Self.description,
            policy: Self.start
                + "- {id: x, allow: init.connect, process: Einit, client: a.B, server: a.C}\n"
        )
        #expect(
            documents.findings() == [
                """
                policy.yaml:4:3: warning: `x` can never fire in this solution: no static channel in \
                it is `client: a.B`, `server: a.C` [rule-never-fires]
                """
            ]
        )
    }

    @Test(arguments: [
        "@INIT_EXTERNAL_ENTITIES@\n", "@SOMETHING@\n", "- name: \"@ANY@\"\n",
        "- name: a.D\n  connections: [{target: \"@ANY@\", id: d}]\n",
    ])
    func `nothing is said where the build may bring more processes`(more: String) {
        for rule in [
            "- {id: x, allow: cm.connect, client: z.*}",
            "- {id: x, allow: init.connect, connection: z}",
            "- {id: x, allow: cm.connect, client: quite.Another}",
            "- {id: x, deny: cm.connect, client: quite.Another}",
            "- {id: x, allow: init.connect, client: a.B, server: a.C}",
        ] {
            #expect(ids(rule, more: more) == [], "\(rule)")
        }
        // A name that is nearly a declared one is worth a note.
        #expect(
            ids("- {id: x, allow: cm.connect, client: a.AA}", more: more) == [
                "policy.yaml:4 note unknown-name"
            ]
        )
    }

    @Test func `a class where a process is meant is no error where a macro may bring it`() {
        let task = "- name: a.D\n  task: D\n"
        let rule = "- {id: x, deny: cm.connect, client: a.D}"
        #expect(ids(rule, more: task).contains("policy.yaml:4 error class-not-process"))
        #expect(
            ids(rule, more: task + "@INIT_EXTERNAL_ENTITIES@\n") == [
                "policy.yaml:4 warning class-not-process"
            ]
        )
    }

    @Test func `a macro of one process leaves its channels open, and no names`() {
        let macro = "@INIT_C_ENTITY_CONNECTIONS@\n"
        #expect(ids("- {id: x, allow: init.connect, connection: z}", more: macro) == [])
        #expect(
            ids("- {id: x, allow: cm.connect, client: z.*}", more: macro) == [
                "policy.yaml:4 warning rule-never-fires"
            ]
        )
    }

    @Test func `what only a policy says of the connection manager is found like any other name`() {
        #expect(
            ids("- {id: x, allow: init.connect, server: kl.core.DCM}") == [
                "policy.yaml:4 warning unknown-name"
            ]
        )
    }
}
