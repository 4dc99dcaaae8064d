import SecurityEvents
import SolutionChecks
import SolutionTests
import Testing

@Suite struct `A solution and its policy` {
    private let chain = """
        entities:
        - name: a.A
          connections:
          - {target: a.B, id: b}
        - name: a.B
          task: B
        """

    // MARK: Declared processes and channels

    @Test func `every declared process and channel is decided in the order of the start`() throws {
        let documents = Documents(
            "entities:\n- {name: a.A, connections: [{target: B, id: b}]}\n- {name: a.B, task: B}\n",
            policy: """
                policy: p
                rules:
                - {id: start, allow: init.execute, process: Einit, target: {class: a.*}}
                - {id: join, allow: init.connect, server: B}
                """
        )
        let table = try documents.table()
        #expect(
            table.declared.map(\.event.operation) == [.execute, .execute, .initConnect]
        )
        #expect(table.declared.map { $0.event.target?.name.description } == ["B", "a.A", nil])
        #expect(
            table.declared.map { $0.explanation.decision.cause.rule?.text }
                == ["start", "start", "join"]
        )
        #expect(
            table.lines == [
                "  processes that Einit starts:",
                "    B (class a.B): allowed by rule start",
                "    a.A: allowed by rule start",
                "  static channels:",
                "    a.A -> B as b: allowed by rule join",
            ]
        )
        #expect(documents.findings() == [])
    }

    @Test func `what is denied is an error at its place, with the rule or the near miss`() throws {
        let documents = Documents(
            """
            entities:
            - name: a.A
              connections:
              - {target: a.B, id: b}
              - {target: a.B, id: c}
            - name: a.B
            """,
            policy: """
                policy: p
                rules:
                - {id: start, allow: init.execute, target: a.A}
                - {id: b, allow: init.connect, client: a.A, server: a.B, connection: b}
                - {id: no-b, deny: init.connect, client: a.A, connection: b}
                """
        )
        #expect(
            documents.findings() == [
                """
                init.yaml:4:5: error: the policy does not let Einit make the channel `b` from `a.A` \
                to `a.B`: denied by rule no-b [denied-channel]
                    hint: the rule stands at policy.yaml:5:3
                """,
                """
                init.yaml:5:5: error: the policy does not let Einit make the channel `c` from `a.A` \
                to `a.B`: denied, no rule allows it [denied-channel]
                    hint: nearest is `b` (policy.yaml:4:3): connection is c, the rule says b
                """,
                """
                init.yaml:6:9: error: the policy does not let Einit start `a.B`: denied, no rule \
                allows it [denied-process]
                    hint: nearest is `start` (policy.yaml:3:3): target is a.B, the rule says a.A
                """,
            ]
        )
        let denied = try documents.table().lines.drop { !$0.contains("as c") }
        #expect(
            denied.joined(separator: "\n") == """
                    a.A -> a.B as c: denied, no rule allows it
                      nearest:  differs in connection
                        b (policy.yaml:4:3)
                          connection: the rule says b, the event has c
                """
        )
    }

    @Test func `a name that only the build knows is not put to the policy`() throws {
        let documents = Documents(
            """
            entities:
            - name: a.A
              connections:
              - {target: "@VFS@", id: "@VFS@"}
            - name: "@OTHER@"
            """,
            policy: "policy: p\nrules:\n- {id: start, allow: init.execute, target: a.A}\n"
        )
        #expect(try documents.table().declared.map(\.event.target?.name.description) == ["a.A"])
        #expect(Set(documents.ids().map { $0.split(separator: " ")[2] }) == ["undefined-macro"])
    }

    @Test func `a channel whose name is a C macro is decided under that name`() throws {
        var documents = Documents(
            """
            entities:
            - {name: a.A, connections: [{target: a.B, id: {var: B_ID, include: b.h}}]}
            - name: a.B
            """,
            policy: """
                policy: p
                rules:
                - {id: start, allow: init.execute}
                - {id: join, allow: init.connect, connection: "var:B_ID"}
                """
        )
        #expect(documents.findings() == [])
        documents.options.defines = ["B_ID": "real"]
        #expect(
            documents.ids() == [
                "init.yaml:2 error denied-channel", "policy.yaml:4 warning rule-never-fires",
            ]
        )
    }

    // MARK: The name server

    private static let users = """
        policy: p
        rules:
        - {id: start, allow: [init.execute, init.connect]}
        - {id: use, allow: [ns.publish, ns.enumerate], process: {class: a.*}}

        """
    private static let open = "- {id: open, allow: ns.create, path: static}\n"
    private static let fall = "- {id: fall, allow: ns.create, path: dynamic}\n"
    private static let call =
        "- {id: call, allow: cm.connect, server: kl.core.NameServer, "
        + "endpoint: kl.core.NameServer}\n"

    @Test func `a static channel is the way to the name server`() throws {
        let description = """
            entities:
            - {name: a.A, connections: [{target: kl.core.NameServer, id: kl.core.NameServer}]}
            - name: kl.core.NameServer
            """
        let allowed = Documents(description, policy: Self.users + Self.open)
        #expect(allowed.findings() == [])
        #expect(
            try allowed.table().lines.suffix(2) == [
                "  who gets to the name server:", "    a.A, static path: allowed by rule open",
            ]
        )
        let denied = Documents(description, policy: Self.users)
        #expect(denied.ids() == ["init.yaml:2 warning name-server-denied"])
        #expect(denied.findings()[0].contains("takes the static path, and is denied, no rule"))
    }

    @Test func `without one the dynamic path is taken, and said`() throws {
        let description = "entities:\n- name: a.A\n- name: kl.core.NameServer\n"
        let allowed = Documents(description, policy: Self.users + Self.fall + Self.call)
        #expect(allowed.ids() == ["init.yaml:2 note dynamic-fallback"])
        let halfway = Documents(description, policy: Self.users + Self.fall)
        #expect(halfway.ids() == ["init.yaml:2 warning name-server-denied"])
        let user = try halfway.table().nameServerUsers[0]
        // The call is denied though its own operation is allowed: `cm.connect` is decided as well.
        #expect(user.explanation.decision.verdict == .deny)
        #expect(user.explanation.nearMiss != nil)
        let denied = Documents(description, policy: Self.users + Self.open)
        #expect(denied.ids() == ["init.yaml:2 warning name-server-denied"])
    }

    @Test func `a channel of another id leaves the dynamic path`() {
        let documents = Documents(
            """
            entities:
            - {name: a.A, connections: [{target: kl.core.NameServer, id: ns}]}
            - name: kl.core.NameServer
            """,
            policy: Self.users + Self.fall + Self.call
        )
        #expect(
            documents.ids() == [
                "init.yaml:2 note dynamic-fallback", "init.yaml:2 warning name-server-channel-id",
            ]
        )
    }

    @Test func `that there is no name server is said once for all who need it`() {
        let description =
            "entities:\n" + (1...5).map { "- name: a.A\n  task: T\($0)\n" }.joined()
        var documents = Documents(description, policy: Self.users + Self.fall + Self.call)
        let found = documents.findings().filter { $0.contains("[no-name-server]") }
        #expect(found.count == 1)
        #expect(found[0].contains(" and 2 others at the name server, and there is none"))
        #expect(!documents.findings().contains { $0.contains("[dynamic-fallback]") })
        documents.options.nameServer = .named(ProcessIdentity.nameServer.name)
        #expect(documents.ids().filter { $0.hasSuffix("fallback") }.count == 5)
        #expect(!documents.ids().contains { $0.hasSuffix("no-name-server") })
    }

    @Test func `a channel of the right id that leads elsewhere is no way to a name server`() {
        let documents = Documents(
            """
            entities:
            - {name: a.A, connections: [{target: b.B, id: kl.core.NameServer}]}
            - name: b.B
            - name: kl.core.NameServer
            """,
            policy: Self.users + Self.open
        )
        #expect(
            documents.findings() == [
                """
                init.yaml:2:29: warning: the channel `kl.core.NameServer` of `a.A` leads to `b.B`, \
                which is no name server [no-name-server]
                    hint: a name server has the class kl.core.NameServer
                """
            ]
        )
    }

    @Test(arguments: [
        "- name: a.A\n@INIT_A_ENTITY_CONNECTIONS@\n- name: kl.core.NameServer\n",
        "- name: a.A\n  connections: [{target: b.B, id: {var: X, include: x.h}}]\n- name: b.B\n"
            + "- name: kl.core.NameServer\n",
        "- name: a.A\n@INIT_EXTERNAL_ENTITIES@\n", "- name: a.A\n@OTHERS@\n",
        "- name: a.A\n- name: \"@OTHER@\"\n",
    ])
    func `nothing is said of a way that the build may bring`(entities: String) throws {
        let documents = Documents("entities:\n\(entities)", policy: Self.users)
        let ids = documents.ids().joined()
        #expect(!ids.contains("name-server") && !ids.contains("dynamic-fallback"), "\(ids)")
        #expect(try documents.table().lines.contains { $0.contains("unless the build brings") })
    }

    @Test func `a rule for any process tells nothing of who uses the name server`() throws {
        let policy = """
            policy: p
            rules:
            - {id: start, allow: init.execute}
            - {id: all, allow: ns.enumerate, process: "*"}
            - {id: any, allow: ns.publish, interface: i}
            """
        let documents = Documents("entities:\n- name: a.A\n", policy: policy)
        #expect(try documents.table().nameServerUsers.isEmpty)
        #expect(documents.findings() == [])
    }
}
