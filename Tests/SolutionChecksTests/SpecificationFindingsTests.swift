import SolutionChecks
import Testing

@Suite struct `Names and formal specifications` {
    private static let server = """
        task class echo.Server
        components { comp : echo.CComp }
        endpoints { ping : echo.Ping }

        """
    private static let component = "component echo.CComp\nendpoints { pong : echo.Pong }\n"
    private static let client = "entity echo.Client\n"
    private static let description = """
        entities:
        - name: echo.Server
          task: Server
        - name: echo.Client

        """
    private static let start = "policy: p\nrules:\n- {id: start, allow: init.execute}\n"

    private func documents(
        _ rule: String = "",
        description: String = description,
        component: Bool = true
    ) -> Documents {
        var documents = Documents(description, policy: Self.start + rule)
        documents.files["Server.edl"] = Self.server
        documents.files["Client.edl"] = Self.client
        if component { documents.files["CComp.cdl"] = Self.component }
        documents.options.specifications = documents.files.keys
            .filter { $0.hasSuffix("dl") }.sorted()
        return documents
    }

    private func ids(_ rule: String, component: Bool = true) -> [String] {
        documents(rule, component: component).ids().filter { !$0.contains("no-name-server") }
    }

    private static func publish(_ endpoint: String, _ interface: String) -> String {
        "- {id: x, allow: ns.publish, process: Server, server: self, endpoint: \(endpoint), "
            + "interface: \(interface)}"
    }

    @Test(arguments: [
        ("ping", "echo.Ping"), ("echo.Server.ping", "echo.Ping"), ("comp.pong", "echo.Pong"),
        ("echo.CComp.pong", "echo.Pong"), ("[ping, comp.pong]", "[echo.Ping, echo.Pong]"),
        ("comp.*", "echo.*"),
    ])
    func `both spellings of an endpoint are that endpoint`(endpoint: String, interface: String) {
        #expect(ids(Self.publish(endpoint, interface)) == [])
        let call = "- {id: x, allow: cm.connect, server: Server, endpoint: \(endpoint)}"
        #expect(ids(call) == [])
    }

    @Test(arguments: ["comp.pong", "echo.CComp.pong"])
    func `an endpoint that offers another interface is found in both spellings`(endpoint: String) {
        #expect(
            ids(Self.publish(endpoint, "echo.Ping")) == [
                "policy.yaml:4 warning endpoint-interface"
            ]
        )
        // The server may be said by its class, by its name, or be the caller.
        for server in ["server: Server", "server: {class: echo.Server}"] {
            let rule =
                "- {id: x, allow: ns.publish, \(server), endpoint: \(endpoint), interface: echo.Ping}"
            #expect(ids(rule) == ["policy.yaml:4 warning endpoint-interface"], "\(server)")
        }
    }

    @Test func `unknown names are found where they stand, with what is like them`() {
        let found = documents(Self.publish("pingg", "echo.Pin")).findings()
            .filter { !$0.contains("no-name-server") }
        #expect(
            found == [
                """
                policy.yaml:4:71: warning: no class in the specifications has an endpoint `pingg` \
                [unknown-endpoint]
                    hint: did you mean `ping`?
                """,
                """
                policy.yaml:4:89: warning: the specifications have no interface `echo.Pin` \
                [unknown-interface]
                    hint: did you mean `echo.Ping`?
                """,
            ]
        )
    }

    @Test func `an endpoint of another class is found`() {
        let rule = "- {id: x, allow: cm.connect, server: echo.Client, endpoint: ping}"
        #expect(ids(rule) == ["policy.yaml:4 warning endpoint-of-another"])
        let either = "- {id: x, allow: cm.connect, server: [echo.Client, Server], endpoint: ping}"
        #expect(ids(either) == [])
        for open in ["[echo.Client, z.*]", "\"*\""] {
            let rule = "- {id: x, allow: cm.connect, server: \(open), endpoint: ping}"
            #expect(!ids(rule).joined().contains("endpoint"))
        }
    }

    @Test func `nothing is said of what a missing component may declare`() {
        for rule in [
            Self.publish("comp.pong", "echo.Pong"), Self.publish("whatever", "echo.Whatever"),
            "- {id: x, allow: cm.connect, endpoint: whatever}",
            "- {id: x, allow: ns.enumerate, interface: echo.Whatever}",
        ] {
            #expect(ids(rule, component: false) == [], "\(rule)")
        }
    }

    @Test func `of a class that is known in full its absence can be told all the same`() {
        let rule = "- {id: x, allow: cm.connect, server: echo.Client, endpoint: nothing}"
        #expect(
            documents(rule, component: false).findings() == [
                """
                policy.yaml:4:61: warning: `echo.Client` has no endpoint `nothing` [unknown-endpoint]
                    hint: `echo.Client` has no endpoints
                """
            ]
        )
    }

    @Test func `nothing is said of servers that no specification describes`() {
        let description = Self.description + "- name: kl.VfsNet\n"
        for rule in [
            "- {id: x, allow: cm.connect, server: kl.VfsNet, endpoint: vfs.fs}",
            "- {id: x, allow: cm.connect, endpoint: vfs.fs}",
            "- {id: x, allow: cm.connect, server: kl.core.NameServer, endpoint: kl.core.NameServer}",
            "- {id: x, allow: ns.enumerate, interface: kl.Fs}",
        ] {
            #expect(documents(rule, description: description).ids() == [], "\(rule)")
        }
        let slip = "- {id: x, allow: ns.enumerate, interface: echo.Pin}"
        #expect(
            documents(slip, description: description).ids() == [
                "policy.yaml:4 warning unknown-interface"
            ]
        )
    }

    @Test func `a class without a specification is found, but for those of the SDK`() {
        let more = "- name: echo.Cliennt\n- name: kl.VfsNet\n- name: \"@ANY@\"\n"
        let found = documents(description: Self.description + more).findings()
            .filter { !$0.contains("undefined-macro") }
        #expect(
            found == [
                """
                init.yaml:5:9: warning: no EDL declares the class `echo.Cliennt` \
                [class-without-specification]
                    hint: did you mean `echo.Client`?
                """
            ]
        )
    }

    @Test func `a suite is checked, but for the strangers that it lists`() {
        var documents = documents()
        documents.files["tests.yaml"] = """
            suite: s
            init: init.yaml
            policy: [policy.yaml]
            strangers: [odd, odd.Interface]
            tests:
            - name: t
              steps:
              - {decide: cm.connect, as: echo.Client, server: Server, endpoint: odd, expect: deny}
              - {decide: ns.enumerate, as: echo.Client, interface: odd.Interface, expect: deny}
              - {decide: cm.connect, as: echo.Client, server: Server, endpoint: pin, expect: deny}
              - {decide: ns.enumerate, as: echo.Client, interface: echo.Pin, expect: deny}

            """
        #expect(
            documents.ids("tests.yaml").filter { $0.contains("unknown") } == [
                "tests.yaml:10 warning unknown-endpoint", "tests.yaml:11 warning unknown-interface",
            ]
        )
    }

    @Test func `a policy that descriptions were put to is not judged again with less knowledge`() {
        let rule = "- {id: x, allow: cm.connect, server: other.Server, endpoint: other}\n"
        var documents = documents(rule, description: Self.description + "- name: other.Server\n")
        let both = documents.ids("init.yaml", "policy.yaml")
        #expect(both == ["init.yaml:5 warning class-without-specification"])
        documents.options.policies = []
        #expect(
            documents.ids("policy.yaml") == ["policy.yaml:4 warning unknown-endpoint"]
        )
    }

    @Test func `a file that cannot be read makes the run one with an unreadable document`() {
        var documents = documents()
        documents.options.specifications.append("nowhere.edl")
        let run = documents.run()
        #expect(run.hasUnreadable)
        #expect(run.descriptions.count == 1)
    }
}
