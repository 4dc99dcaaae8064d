import Foundation
import JSONText
import Testing

/// `kosbroker explain`, with the documents in `Golden`.
@Suite struct `Explaining one event` {
    private static let folder = Places.tests.appending(path: "Golden")
    private static let policy = ["explain", "--policy", "explain.policy"]
    private static let both = policy + ["--init", "explain.init"]

    /// Each operation, by the name of its golden file.
    private static let questions: [(String, String)] = [
        ("init.execute", "init.execute --as Einit --target Server"),
        ("init.connect", "init.connect --as Einit --client Spy --server Server --connection c"),
        ("ns.create-static", "ns.create --as Client"),
        ("ns.create-dynamic", "ns.create --as Server"),
        ("ns.create-denied", "ns.create --as Spy"),
        ("ns.publish", "ns.publish --as Server --interface IEcho --endpoint echo.main"),
        (
            "ns.unpublish",
            "ns.unpublish --as Client --server Server --interface IEcho --endpoint echo.main"
        ),
        ("ns.enumerate", "ns.enumerate --as Client --interface IOther"),
        ("cm.connect", "cm.connect --as Spy --server Server --endpoint echo.main"),
        ("cm.listen", "cm.listen --as Server"),
        ("cm.accept", "cm.accept --as Server --client Client --endpoint echo.main"),
        ("cm.drop", "cm.drop --as Server --client Spy --endpoint echo.main"),
        ("class", "cm.connect --as new --as-class x.Client --server Server --endpoint echo.main"),
    ]

    private func ask(_ arguments: [String]) throws -> Run {
        try kosbroker(arguments, in: Self.folder)
    }

    private func ask(_ question: String, format: String) throws -> Run {
        let arguments = question.split(separator: " ").map(String.init)
        return try ask(Self.both + arguments + ["--format", format])
    }

    @Test(arguments: questions)
    func `an answer is exactly the one in its golden file`(
        name: String,
        question: String
    ) throws {
        let text = try ask(question, format: "text")
        #expect(text.status == 0, "\(text.errors)")
        expect(text.output, isGolden: "explain-\(name).text")
        let json = try ask(question, format: "json")
        #expect(json.status == 0)
        expect(json.output, isGolden: "explain-\(name).json")
    }

    @Test(arguments: questions)
    func `JSON has the documented keys, in the order of the audit record`(
        name: String,
        question: String
    ) throws {
        let run = try ask(question, format: "json")
        let json = try JSONValue(parsing: Array(run.output.utf8))
        let order = [
            "operation", "process", "class", "target", "targetClass", "client", "clientClass",
            "server", "serverClass", "connection", "path", "interface", "endpoint", "verdict",
            "cause", "rule", "place", "matches", "nearest", "more", "policy", "digest",
            "decisions",
        ]
        #expect(json.keys == order.filter(json.keys.contains))
        #expect(json["place"].map(\.keys) ?? [] == (json["rule"] == nil ? [] : placeKeys))
        #expect((json["nearest"] != nil) == (json["cause"]?.text == "no-rule"))
        for rule in json["nearest"]?.elements ?? [] {
            #expect(rule.keys == ["rule", "place", "conditions"])
            #expect(rule["place"]?.keys == placeKeys)
            for condition in rule["conditions"]?.elements ?? [] {
                #expect(condition.keys == ["key", "rule", "event"])
            }
        }
    }

    private let placeKeys = ["file", "line", "column"]

    @Test func `a dynamic ns.create shows both decisions, its first denial is the answer`() throws {
        let scratch = try Scratch()
        let rule = "policy: p\nrules:\n- {id: opens, allow: OPERATION}\n"
        for (operation, denied) in [("ns.create", "cm.connect"), ("cm.connect", "ns.create")] {
            try scratch.write("policy.yaml", rule.replacing("OPERATION", with: operation))
            let run = try kosbroker(
                [
                    "explain", "ns.create", "--policy", "policy.yaml", "--as", "x", "--path",
                    "dynamic", "--format", "json",
                ],
                in: scratch.folder
            )
            let json = try JSONValue(parsing: Array(run.output.utf8))
            #expect(json["verdict"]?.text == "deny")
            #expect(json["operation"]?.text == denied)
            let decisions = json["decisions"]?.elements ?? []
            #expect(decisions.compactMap { $0["operation"]?.text } == ["ns.create", "cm.connect"])
            #expect(
                decisions.compactMap { $0["verdict"]?.text }
                    == (denied == "ns.create" ? ["deny", "allow"] : ["allow", "deny"])
            )
        }
    }

    @Test func `the static channel is that of the name asked for, its server the real one`() throws
    {
        let scratch = try Scratch()
        try scratch.write(
            "policy.yaml",
            "policy: p\nrules:\n- {id: all, allow: [ns.create, cm.connect]}\n"
        )
        try scratch.write(
            "init.yaml",
            """
            entities:
            - name: kl.core.NameServer
              task: TheNames
            - name: x.Client
              task: Client
              connections:
              - {target: TheNames, id: names}

            """
        )
        func explain(_ server: String...) throws -> JSONValue {
            let run = try kosbroker(
                [
                    "explain", "ns.create", "--policy", "policy.yaml", "--init", "init.yaml",
                    "--as", "Client", "--format", "json",
                ] + server,
                in: scratch.folder
            )
            return try JSONValue(parsing: Array(run.output.utf8))
        }
        let named = try explain("--server", "names")
        #expect(named["path"]?.text == "static")
        #expect(named["server"]?.text == "TheNames")
        #expect(named["serverClass"]?.text == "kl.core.NameServer")
        #expect(named["clientClass"]?.text == "x.Client")
        #expect(named["decisions"] == nil)
        let other = try explain()
        #expect(other["path"]?.text == "dynamic")
        #expect(other["server"]?.text == "kl.core.NameServer")
    }

    /// A question that cannot be asked, and what is said of it.
    private static let faults: [([String], String)] = [
        (["cm.conect"], "no operation is called `cm.conect`; did you mean `cm.connect`?"),
        (
            ["connecting"],
            "no operation is called `connecting`; operations: init.execute, init.connect, "
                + "ns.create, ns.publish, ns.unpublish, ns.enumerate, cm.connect, cm.listen, "
                + "cm.accept, cm.drop"
        ),
        (["cm.connect"], "`cm.connect` carries `server`, `endpoint`: give --server, --endpoint"),
        (["init.execute"], "`init.execute` carries `target`: give --target"),
        (
            ["ns.create"],
            "`ns.create` carries `path`: give --path, or --init to look for a static channel"
        ),
        (["ns.create", "--path", "statc"], "--path is `static` or `dynamic`, not `statc`"),
        (
            ["cm.listen", "--endpoint", "e"],
            "`cm.listen` carries no `endpoint`; it goes with --server"
        ),
        (
            ["cm.connect", "--client", "c", "--server", "s", "--endpoint", "e"],
            "the client of `cm.connect` is its caller, `Client`, not `c`"
        ),
        (
            ["cm.connect", "--server", "s", "--endpoint", ""],
            "--endpoint is empty"
        ),
    ]

    @Test(arguments: faults)
    func `a question that lacks something is usage, with what helps`(
        arguments: [String],
        message: String
    ) throws {
        let run = try ask(Self.policy + ["--as", "Client"] + arguments)
        #expect(run.status == 2)
        #expect(run.output == "")
        #expect(
            run.errors == "Error: \(message)\n  See 'kosbroker explain --help' for more "
                + "information.\n"
        )
    }

    @Test func `a name that the init description does not have is told`() throws {
        let run = try ask(Self.both + ["cm.listen", "--as", "Cleint"])
        #expect(run.status == 0)
        #expect(
            run.errors == "kosbroker: the init description declares no process `Cleint`; "
                + "did you mean `Client`?\n"
        )
    }

    @Test func `an answer goes to a file`() throws {
        let scratch = try Scratch()
        let path = scratch.url("answer").path
        let run = try ask(
            Self.policy + ["cm.listen", "--as", "Server", "--output", path]
        )
        #expect(run.status == 0)
        #expect(run.output == "")
        #expect(scratch.read("answer")?.hasPrefix("allowed by rule ") == true)
    }
}

extension JSONValue {
    var keys: [String] { (members ?? []).map { String(decoding: $0.name, as: UTF8.self) } }
}
