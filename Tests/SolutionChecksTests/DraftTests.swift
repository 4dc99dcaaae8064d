import Diagnostics
import FormalSpecifications
import Foundation
import InitDescriptions
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionChecks
import SolutionTests
import Testing

@Suite struct `Drafts` {
    /// Drafts for a description, beside it.
    private func draft(
        _ description: String,
        specifications: [String: String] = [:],
        frame: Draft.Frame = Draft.Frame(file: "init.yaml")
    ) throws -> (draft: Draft, documents: Documents) {
        var documents = Documents(description)
        var diagnostics: [Diagnostic] = []
        let loaded = try #require(
            loadInitDescription(
                "init.yaml",
                source: documents.source,
                defines: frame.defines,
                diagnostics: &diagnostics
            ),
            "\(diagnostics)"
        )
        let index =
            specifications.isEmpty
            ? nil
            : loadSpecifications(
                specifications.sorted { $0.key < $1.key }.map {
                    (path: $0.key, bytes: Array($0.value.utf8))
                },
                diagnostics: &diagnostics
            )
        let draft = Draft(loaded, frame, specifications: index)
        documents.files["policy.yaml"] = draft.policy
        documents.files["tests.yaml"] = draft.suite
        return (draft, documents)
    }

    /// What is wrong with drafts: findings of a check, and tests that fail.
    private func faults(_ documents: Documents) throws -> [String] {
        var documents = documents
        documents.options.policies = ["policy.yaml"]
        let found = documents.findings("init.yaml", "policy.yaml", "tests.yaml")
        guard !found.contains(where: { $0.contains("error:") }) else { return found }
        var diagnostics: [Diagnostic] = []
        let loaded = try #require(
            loadSuite("tests.yaml", from: documents.source, diagnostics: &diagnostics),
            "\(diagnostics)"
        )
        let policy = try #require(loaded.policy)
        let engine = RuleEngine(policy, hash: { _ in .zero })
        var run = SuiteRun(loaded, engine: engine, rules: nil, options: RunOptions())
        return found + run.run().points.filter { !$0.passed }.map { "failed: \($0.name)" }
    }

    @Test func `drafts of a chain are exactly its processes and channels, and pass`() throws {
        let (draft, documents) = try draft(
            """
            entities:
            - name: a.A
              connections:
              - {target: a.B, id: b}
              - {target: a.B, id: c}
            - name: a.B
            """
        )
        #expect(try faults(documents) == [])
        #expect(
            draft.policy.hasPrefix(
                """
                # A first policy, drafted from init.yaml
                # Exactly the declared processes and channels are allowed, and nothing at run time: see
                # the proposals at the end.
                policy: init
                rules:
                  - id: einit-starts-the-processes
                    allow: init.execute
                    process: Einit
                    target:
                      - a.B
                      - a.A
                  - id: channel-a.A-to-a.B
                    allow: init.connect
                    process: Einit
                    client: a.A
                    server: a.B
                    connection: [b, c]

                """
            )
        )
        #expect(
            draft.suite.contains(
                """
                    targets:
                      - {name: c1, server: a.B, connection: b}
                      - {name: c2, server: a.B, connection: c}
                    allow:
                      a.A: [c1, c2]

                """
            )
        )
    }

    @Test func `a drafted suite fails where the solution gets one channel more`() throws {
        var (_, documents) = try draft(
            "entities:\n- {name: a.A, connections: [{target: a.B, id: b}]}\n- name: a.B\n"
        )
        documents.files["policy.yaml"]? += "  - {id: more, allow: init.connect, client: a.B}\n"
        documents.files["policy.yaml"] = documents.files["policy.yaml"]?
            .split(separator: "\n", omittingEmptySubsequences: false)
            .filter { !$0.hasPrefix("  #") }.joined(separator: "\n")
        #expect(try faults(documents).contains { $0.contains("static channels") })
    }

    @Test func `a drafted suite fails where a proposal is taken up and it does not say so`() throws
    {
        var (draft, documents) = try draft(Self.echo, specifications: Self.specifications)
        documents.files["policy.yaml"] = takenUp(draft.policy)
        let found = try faults(documents).filter { !$0.contains("no-name-server") }
        #expect(
            found == ["failed: nobody connects at run time", "failed: nobody opens a name server"]
        )
    }

    // MARK: Proposals

    /// The policy with its proposals taken up.
    private func takenUp(_ policy: String) -> String {
        var lines = policy.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let start = lines.lastIndex { $0 == "  #" } ?? lines.endIndex
        for index in lines.indices where lines[index].hasPrefix("# rules:") {
            lines[index] = "rules:"
        }
        for index in lines.indices[start...] where lines[index].hasPrefix("  # ") {
            lines[index] = "  " + lines[index].dropFirst(4)
        }
        return lines.joined(separator: "\n")
    }

    private static let echo = """
        entities:
        - name: echo.Client
          connections:
          - {target: Server, id: server}
        - name: echo.Server
          task: Server

        """
    private static let specifications = [
        "Server.edl": """
        entity echo.Server
        components { comp : echo.CComp }
        endpoints { ping : echo.Ping  other : echo.Ping }

        """,
        "CComp.cdl": "component echo.CComp\nendpoints { pong : echo.Pong }\n",
        "Client.edl": "entity echo.Client\n",
    ]

    @Test func `the proposals are a policy once their marks are taken away`() throws {
        for specifications in [[:], Self.specifications] {
            let (draft, _) = try draft(Self.echo, specifications: specifications)
            let documents = Documents(Self.echo, policy: takenUp(draft.policy))
            let found = documents.findings().filter { !$0.contains("no-name-server") }
            #expect(found == [])
            let pairs = try documents.table().pairs.map { "\($0.client) -> \($0.server)" }
            #expect(pairs == ["echo.Client -> Server"])
        }
    }

    @Test func `with specifications the proposals have the names of endpoints and interfaces`()
        throws
    {
        let (draft, documents) = try draft(Self.echo, specifications: Self.specifications)
        #expect(try faults(documents) == [])
        let proposals = draft.policy.components(separatedBy: "  #\n")[1]
        #expect(!proposals.contains("ENDPOINT") && !proposals.contains("INTERFACE"))
        #expect(draft.suite.contains("strangers: [any.endpoint, comp.pong, other, ping]\n"))
        #expect(draft.suite.contains("      - {server: Server, endpoint: comp.pong}\n"))
        #expect(
            proposals.hasSuffix(
                """
                  # - id: publish-Server
                  #   allow: [ns.publish, ns.unpublish]
                  #   process: Server
                  #   server: self
                  #   interface: echo.Pong
                  #   endpoint: comp.pong
                  # - id: publish-Server-2
                  #   allow: [ns.publish, ns.unpublish]
                  #   process: Server
                  #   server: self
                  #   interface: echo.Ping
                  #   endpoint: [ping, other]
                  # - id: servers-listen-and-drop
                  #   allow: [cm.listen, cm.drop]
                  #   process: Server
                  #   server: self
                  # - id: find-echo.Client-to-Server
                  #   allow: ns.enumerate
                  #   process: echo.Client
                  #   interface: [echo.Pong, echo.Ping]
                  # - id: connect-echo.Client-to-Server
                  #   allow: [cm.connect, cm.accept]
                  #   client: echo.Client
                  #   server: Server
                  #   endpoint: [comp.pong, ping, other]

                """
            )
        )
    }

    @Test func `words stand for what no specification tells`() throws {
        var some = Self.specifications
        some["Server.edl"] = nil
        some["Other.edl"] = "entity echo.Other\ncomponents { x : echo.CMissing }\n"
        let (draft, _) = try draft(Self.echo + "- name: echo.Other\n", specifications: some)
        #expect(draft.policy.contains("publish-Server\n"))
        #expect(draft.policy.contains("publish-echo.Other\n"))
        #expect(!draft.policy.contains("publish-echo.Client"))
    }

    @Test func `where no channel is static, a pair is left to be named`() throws {
        let (draft, documents) = try draft("entities:\n- name: a.A\n- name: a.B\n")
        #expect(draft.policy.contains("  #   client: CLIENT\n  #   server: SERVER\n"))
        #expect(try faults(documents) == [])
    }

    @Test func `programs of the SDK are proposed nothing, unless they are specified`() throws {
        let description = """
            entities:
            - name: a.A
              connections: [{target: kl.VfsNet, id: vfs}, {target: kl.core.NameServer, id: ns}]
            - name: kl.VfsNet
            - name: kl.core.NameServer
            """
        let (plain, _) = try draft(description)
        #expect(!plain.policy.contains("publish-kl."))
        #expect(!plain.policy.contains("-to-kl.VfsNet\n  #"))
        let edl = ["VfsNet.edl": "entity kl.VfsNet endpoints { fs : kl.Fs }\n"]
        let (known, _) = try draft(description, specifications: edl)
        #expect(known.policy.contains("publish-kl.VfsNet"))
        #expect(known.policy.contains("connect-a.A-to-kl.VfsNet\n"))
    }

    // MARK: Odd names

    @Test(arguments: [
        "two words", "it's", "a \\\"b\\\"", "a\\\\b", "[x]", "{x: y}", "# x", "a: b", "- a", "-a",
        "&a",
        "!a", "?", "yes", "~", "null", "1.0", "\u{E4}\u{F6}", "e\u{301}", "a,b", "%x", "@x", "`x`",
        "\\u2028", "\\uFEFF", "\\U0001F600", "a/b", "...", "---", "a\\u00A0b", " a ", ".",
        "any.endpoint",
        "any-other-1", "Einit2", "kl.core.NameServer", "x$y", "static", "c1", "default",
    ])
    func `drafts quote odd names`(name: String) throws {
        let (_, documents) = try draft(
            """
            entities:
            - name: a.A
              task: "\(name)"
              connections:
              - {target: "\(name)", id: "\(name)"}
              - {target: a.B, id: b}
            - name: a.B
              connections:
              - {target: "\(name)", id: "\(name)"}

            """
        )
        let expected = ["self-connection", "connection-cycle", "name-characters"]
        let found = try faults(documents).filter { fault in
            !expected.contains { fault.contains("[\($0)]") }
        }
        #expect(found == [])
    }

    @Test(arguments: ["*", "a.*", "x*y", "$x", "$", "${x"])
    func `what no policy can name is left out, and said`(name: String) throws {
        let (draft, documents) = try draft(
            """
            entities:
            - name: a.A
              task: "\(name)"
              connections:
              - {target: a.B, id: b}
            - name: a.B
              connections:
              - {target: a.C, id: "\(name)"}
              - {target: a.C, id: c}
            - name: a.C

            """
        )
        #expect(
            Set(draft.leftOut) == [
                "the process `\(name)`", "the channel `b` from `\(name)` to `a.B`",
                "the channel `\(name)` from `a.B` to `a.C`",
            ]
        )
        #expect(draft.policy.contains("# No rule can name the process `\(name)`."))
        // The process that nobody can allow is refused; all else passes.
        let found = try faults(documents).filter {
            !$0.contains("[name-characters]") && !$0.contains("[denied-")
        }
        #expect(found == [])
        #expect(draft.suite.contains("connection: c}"))
    }

    @Test func `words of the language are no names of processes`() throws {
        let (draft, documents) = try draft(
            """
            entities:
            - name: a.A
              connections:
              - {target: self, id: self}
              - {target: all, id: all}
              - {target: none, id: none}
            @INIT_EXTERNAL_ENTITIES@

            """
        )
        #expect(draft.leftOut.count == 3)
        #expect(try faults(documents).filter { !$0.contains("[denied-channel]") } == [])
    }

    @Test func `names that look alike as identifiers get rules of their own`() throws {
        let (_, documents) = try draft(
            """
            entities:
            - name: a.A
              task: "x y"
              connections: [{target: "x+y", id: b}]
            - name: a.B
              task: "x+y"
              connections: [{target: "x-y", id: b}]
            - name: a.C
              task: x-y
              connections: [{target: "x y", id: b}]
            - name: a.D
              task: \(String(repeating: "long", count: 200))
              connections: [{target: x-y, id: b}, {target: "x y", id: c}]

            """
        )
        #expect(
            try faults(documents).filter { !$0.contains("cycle]") && !$0.contains("name-") } == []
        )
    }

    // MARK: Size

    @Test func `a matrix that would be too large is drafted in parts`() throws {
        let entities = (0..<520).map { "- name: a.P\($0)\n" }
        let (draft, documents) = try draft("entities:\n\(entities.joined())")
        #expect(draft.suite.contains("nobody connects at run time, part 2 of 2"))
        var diagnostics: [Diagnostic] = []
        let suite = loadSuite("tests.yaml", from: documents.source, diagnostics: &diagnostics)
        #expect(suite != nil, "\(diagnostics.first?.text ?? "")")
        #expect(diagnostics == [])
    }
}
