import Diagnostics
import InitDescriptions
import LocatedYAML
import SecurityEvents
import TestSupport
import Testing

@Suite struct `Descriptions` {
    @Test func `an entity keeps all it says, and where`() throws {
        let (description, diagnostics) = inspect(
            """
            entities:
            - name: echo.Client
              task: Client1
              path: bin/client
              args: [-v, ""]
              env: {B: "2", A: "1"}
              connections:
              - target: echo.Server
                id: server
              cmake_generated_connections:
              - {target: kl.core.Core, id: {var: KERNEL, include: kernel.h}}
              dynamic_connection_manager: true
            - name: echo.Server
            """
        )
        #expect(diagnostics.isEmpty)
        let client = try #require(description.entities.first)
        #expect("\(client.className) \(client.task)" == "echo.Client Client1")
        #expect(client.path == "bin/client")
        #expect(client.args == ["-v", ""])
        #expect(client.env.map { "\($0.key)=\($0.value)" } == ["B=2", "A=1"])
        #expect(client.isDynamicConnectionManager)
        #expect("\(client.places.process)" == "init.yaml.in:3:9")
        #expect("\(client.places.entity)" == "init.yaml.in:2:3")
        #expect(client.connections.map(\.origin) == [.written, .generated])
        #expect(client.connections.map(\.id.description) == ["server", "var:KERNEL"])
        #expect(client.connections.map(\.places.target.line) == [8, 11])
        #expect(client.connections.last?.idMacro?.header == "kernel.h")
    }

    @Test func `task defaults to the class, path to its short name`() throws {
        let (description, _) = inspect("entities:\n- name: a.b.Echo\n- name: Echo\n")
        #expect(
            description.entities.map { "\($0.task) \($0.path)" } == ["a.b.Echo Echo", "Echo Echo"]
        )
    }

    @Test func `every scalar is text`() {
        let (description, diagnostics) = inspect(
            "entities:\n- {name: no, args: [1.0, ~, true]}\n- name: 007\n- name: null\n"
        )
        #expect(diagnostics.isEmpty)
        #expect(description.entities.map(\.task.description) == ["no", "007", "null"])
        #expect(description.entities.first?.args == ["1.0", "~", "true"])
    }

    @Test func `an id that is a C macro takes its value from the definitions`() throws {
        let text = """
            entities:
            - name: a
              connections:
              - {target: kl.core.Core, id: {var: M, include: h}}
            """
        let (unknown, _) = inspect(text)
        let first = try #require(unknown.entities.first?.connections.first)
        #expect("\(first.id)" == "var:M")
        #expect(first.idMacro?.isDefined == false)
        let (known, _) = inspect(text, defines: ["M": "kernel"])
        let second = try #require(known.entities.first?.connections.first)
        #expect("\(second.id)" == "kernel")
        #expect(second.idMacro?.isDefined == true)
        let (_, diagnostics) = inspect(text, defines: ["M": ""])
        #expect(ids(diagnostics) == ["invalid-name"])
    }

    @Test func `of channels with one id the last one is made`() {
        let (description, diagnostics) = inspect(
            """
            entities:
            - name: a
              connections:
              - {target: b, id: x}
              - {target: c, id: x}
              - {target: b, id: w}
              - {target: b, id: w}
            - name: b
            - name: c
            """
        )
        #expect(ids(diagnostics) == ["warning: ambiguous-channel", "warning: repeated-channel"])
        let channels = description.channelsInCreationOrder
        #expect(channels.map { "\($0.client) \($0.server) \($0.id)" } == ["a b w", "a c x"])
    }

    @Test func `a fragment adds processes, and keeps its own places`() {
        let base = """
            entities:
            - name: a
              connections:
              - {target: kl.VfsNet, id: vfs}
            """
        #expect(ids(inspect(base).diagnostics) == ["dangling-target"])
        let fragments = [
            "entities:\n- name: kl.VfsNet\n", "entities:\n- {name: Spy}\n- {name: a}\n",
        ]
        let (description, diagnostics) = inspect(base, fragments: fragments)
        #expect(
            diagnostics.map { "\($0.place) \($0.id)" } == ["fragment-2.yaml:3:10 duplicate-process"]
        )
        #expect(description.entities.map(\.task.description) == ["a", "kl.VfsNet", "Spy"])
        #expect(
            description.entities.map(\.places.entity.file) == [
                "init.yaml.in", "fragment-1.yaml", "fragment-2.yaml",
            ]
        )
    }

    @Test func `a macro in a fragment brings processes too`() {
        let base = "entities:\n- {name: a, connections: [{target: kl.VfsNet, id: b}]}\n"
        let (description, diagnostics) = inspect(
            base,
            fragments: ["entities:\n@INIT_EXTERNAL_ENTITIES@\n"]
        )
        #expect(diagnostics.isEmpty)
        #expect(description.assumedProcesses.map(\.name.description) == ["kl.VfsNet"])
    }

    @Test func `a document that cannot be read is an error, and the rest is still read`() {
        var diagnostics: [Diagnostic] = []
        let source = DocumentSource.inMemory(["a.yaml": "entities:\n- {name: a, tasks: b}\n"])
        let description = loadInitDescription(
            "a.yaml",
            source: source,
            fragments: ["b.yaml"],
            diagnostics: &diagnostics
        )
        #expect(description == nil)
        #expect(ids(diagnostics) == ["warning: unknown-key", "unreadable"])
        #expect("\(diagnostics.last?.place.file ?? "")" == "b.yaml")
    }

    @Test func `a repeated process does not hide that its channels dangle`() {
        let (_, diagnostics) = inspect(
            "entities:\n- name: a\n- {name: a, connections: [{target: nowhere, id: x}]}\n"
        )
        #expect(ids(diagnostics) == ["duplicate-process", "dangling-target"])
    }
}

@Suite struct `The view of the broker` {
    private let text = """
        entities:
        - name: echo.Client
          connections:
          - {target: kl.VfsNet, id: vfs}
          - {target: echo.Server, id: {var: ECHO, include: echo.h}}
          - {target: kl.core.Core, id: kernel}
        @INIT_Client_ENTITY_CONNECTIONS+@
        - name: echo.Server
          connections:
          - {target: kl.VfsNet, id: vfs}
          - {target: kl.core.NameServer, id: kl.core.NameServer}
        @INIT_EXTERNAL_ENTITIES@
        """

    @Test func `what nothing declares is assumed, with its name as its class`() {
        let (description, diagnostics) = inspect(text)
        #expect(diagnostics.isEmpty)
        let assumed = description.assumedProcesses
        #expect(assumed.map(\.name.description) == ["kl.VfsNet", "kl.core.NameServer"])
        #expect(
            assumed.map(\.identity.className.description) == ["kl.VfsNet", "kl.core.NameServer"]
        )
        #expect(assumed.map(\.place.line) == [4, 11])
    }

    @Test func `assumed processes are not started but get their channels`() {
        let description = inspect(text).description
        #expect(description.startOrder.map(\.task.description) == ["echo.Server", "echo.Client"])
        let channels = description.channelsInCreationOrder
        #expect(
            channels.map { "\($0.client) \($0.id)" } == [
                "echo.Server kl.core.NameServer", "echo.Server vfs",
                "echo.Client kernel", "echo.Client var:ECHO", "echo.Client vfs",
            ]
        )
    }

    @Test func `a name server is declared by its class`() {
        let declared = inspect("entities:\n- {name: kl.core.NameServer, task: ns}\n").description
        #expect(declared.declaresNameServer)
        #expect(!declared.mayBringNameServer)
        let named = inspect("entities:\n- {name: ns.Mine, task: kl.core.NameServer}\n").description
        #expect(!named.declaresNameServer)
        let open = inspect("entities:\n@INIT_EXTERNAL_ENTITIES@\n").description
        #expect(!open.declaresNameServer)
        #expect(open.mayBringNameServer)
    }

    @Test func `assumptions are said in a line each`() {
        #expect(
            inspect(text).description.assumptions == [
                "processes assumed to be there, which a macro may bring: `kl.VfsNet`, "
                    + "`kl.core.NameServer`",
                "processes that may have more static channels, which a macro may bring: `echo.Client`",
                "channels whose name is a C macro: `var:ECHO`",
                "`@INIT_EXTERNAL_ENTITIES@` may bring a name server",
            ]
        )
        #expect(inspect("entities:\n- name: a\n").description.assumptions.isEmpty)
    }

    @Test func `nothing depends on the order in the file`() throws {
        for seed in UInt64(0)..<50 {
            var random = SeededGenerator(seed: seed)
            let names = (0..<8).map { "p\($0)" }
            var entities = names.map { name in
                let servers = Set((0..<3).compactMap { _ in names.randomElement(using: &random) })
                let connections = servers.shuffled(using: &random).map {
                    "{target: \($0), id: \($0)}"
                }
                return "- {name: \(name), connections: [\(connections.joined(separator: ", "))]}\n"
            }
            let first = inspect("entities:\n" + entities.joined()).description
            entities.shuffle(using: &random)
            let second = inspect("entities:\n" + entities.joined()).description
            #expect(
                first.channelsInCreationOrder == second.channelsInCreationOrder,
                "seed \(seed)"
            )
            #expect(first.startOrder.map(\.task) == second.startOrder.map(\.task), "seed \(seed)")
        }
    }
}
