import Crypto
import Foundation
import JSONText
import Testing

/// The options of `kosbroker test` that need files or other programs.
@Suite struct `Testing with logs and engines` {
    private let solution: Solution

    init() throws { solution = try Solution() }

    // MARK: Logs

    @Test func `each test has a log of its own, whose chain verifies`() throws {
        let logs = try Scratch()
        let run = try kosbroker(["test", "echo/tests.yaml", "--audit", logs.folder.path])
        #expect(run.status == 0)
        let names = logs.contents.filter { $0.hasSuffix(".jsonl") }
        #expect(names.count > 10)
        #expect(names.first == "echo/001-the-client-finds-the-server-and-reaches-it.jsonl")
        for name in names {
            let lines = try #require(logs.read(name)).split(separator: "\n")
            try verify(lines, name)
            let kinds = try lines.map { try kind(of: $0) }
            #expect(kinds.first == "start", "\(name)")
            // The three processes of the solution; its name server is there without an event.
            #expect(kinds.count { $0 == "process.started" } >= 3, "\(name)")
        }
    }

    /// Recomputes the chain: SHA-256 of the hash before and the line up to its own.
    private func verify(_ lines: [Substring], _ name: String) throws {
        var previous = Data(repeating: 0, count: 32)
        for (number, line) in lines.enumerated() {
            let json = try JSONValue(parsing: Array(line.utf8))
            #expect(json["seq"]?.integer == Int64(number + 1), "\(name)")
            let tail = try #require(line.range(of: #","hash":""#, options: .backwards))
            let hash = SHA256.hash(data: previous + Data(line[..<tail.lowerBound].utf8))
            let text = hash.map { String(format: "%02x", $0) }.joined()
            #expect(json["hash"]?.text == text, "\(name): line \(number + 1)")
            previous = Data(hash)
        }
    }

    private func kind(of line: Substring) throws -> String? {
        try JSONValue(parsing: Array(line.utf8))["kind"]?.text
    }

    @Test func `logs of two suites of one name, and of odd names, do not meet`() throws {
        let odd = solution.suite("../../\"Odd\" name", expect: "rcTimeout")
            .replacing("- name: one", with: "- name: \"../ü/\"")
            .replacing("suite: ../../\"Odd\" name", with: "suite: \"../../Odd name\"")
        try solution.write("odd.yaml", odd)
        let run = try solution.kosbroker(
            "test",
            "odd.yaml",
            "odd.yaml",
            "passing.yaml",
            "--audit",
            "logs/of/today"
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(
            solution.scratch.contents.filter { $0.hasSuffix(".jsonl") } == [
                "logs/of/today/Odd-name-2/001-unnamed.jsonl",
                "logs/of/today/Odd-name/001-unnamed.jsonl",
                "logs/of/today/passing/001-one.jsonl",
            ]
        )
    }

    @Test func `the same suite gives the same logs`() throws {
        for folder in ["a", "b"] {
            _ = try solution.kosbroker("test", "passing.yaml", "--audit", folder)
        }
        let a = solution.scratch.read("a/passing/001-one.jsonl")
        #expect(a != nil)
        #expect(a == solution.scratch.read("b/passing/001-one.jsonl"))
    }

    // MARK: Engines

    /// A program that answers each question with what `answer` prints for its `$id` and `$line`.
    private func engine(_ answer: String) throws -> [String] {
        try solution.write(
            "engine.sh",
            """
            while IFS= read -r line; do
              id=${line#*'"id":'}; id=${id%%,*}
              \(answer)
            done

            """
        )
        return ["--engine", "sh engine.sh", "--engine-deadline", "20000"]
    }

    private func test(_ suite: String, _ arguments: [String]) throws -> Run {
        try kosbroker(["test", suite] + arguments, in: solution.folder)
    }

    @Test func `an engine that allows all leaves the rules their say`() throws {
        let options = try engine(#"printf '{"id":%s,"verdict":"allow"}\n' "$id""#)
        let run = try test("passing.yaml", options)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    @Test func `an engine that denies one event is its cause, with its reason`() throws {
        let options = try engine(
            #"""
            case $line in
              *cm.connect*) printf '{"id":%s,"verdict":"deny","reason":"not today"}\n' "$id";;
              *) printf '{"id":%s,"verdict":"allow"}\n' "$id";;
            esac
            """#
        )
        let run = try test("passing.yaml", options)
        #expect(run.status == 1)
        expect(run.output, isGolden: "engine-denies.text")
        try solution.write(
            "expecting.yaml",
            """
            suite: expecting
            init: init.yaml
            policy: [policy.yaml]
            tests:
            - name: one
              steps:
              - {as: Client, do: cm.connect, server: Server, endpoint: main,
                 expect: {rc: rcSecurityDisallow, verdict: deny, cause: engine}}

            """
        )
        #expect(try test("expecting.yaml", options).status == 0)
    }

    @Test(arguments: ["echo garbage", "exit 3", "sleep 0.5", #"printf '{"id":0}\n'"#])
    func `an engine that fails denies, with that as the cause`(answer: String) throws {
        // Only the first event is asked for: the start of a process, which is then refused.
        try solution.write(
            "failing-engine.yaml",
            """
            suite: failing engine
            init: init.yaml
            policy: [policy.yaml]
            tests:
            - name: one
              steps:
              - refused: Server
              - {as: Einit, decide: init.execute, target: Server,
                 expect: {verdict: deny, cause: engine-failure}}

            """
        )
        var options = try engine(answer)
        if answer.hasPrefix("sleep") { options[3] = "20" }
        let run = try test("failing-engine.yaml", options)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.contains("failed: "))
    }

    @Test func `an engine alone decides where a suite has no policy`() throws {
        let suite = solution.suite("alone", expect: "rcTimeout", denial: false)
            .replacing("policy: [policy.yaml]\n", with: "")
        try solution.write("alone.yaml", suite)
        #expect(try test("alone.yaml", []).status == 3)
        let options = try engine(#"printf '{"id":%s,"verdict":"allow"}\n' "$id""#)
        let run = try test("alone.yaml", options)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
    }

    // MARK: The rest

    @Test func `a candidate is shown beside the live policy, which counts`() throws {
        try solution.write(
            "candidate.yaml",
            "policy: new\nrules:\n- {id: starts, allow: init.execute, process: Einit}\n"
        )
        let run = try solution.kosbroker("test", "passing.yaml", "--candidate", "candidate.yaml")
        #expect(run.status == 0)
        expect(run.output, isGolden: "candidate.text")
    }

    @Test func `coverage names the rules that no test reaches`() throws {
        let policy = try #require(solution.scratch.read("policy.yaml"))
        try solution.write("policy.yaml", policy + "- {id: unused, deny: cm.drop}\n")
        let run = try solution.kosbroker("test", "passing.yaml", "--coverage")
        #expect(run.status == 0)
        expect(run.output, isGolden: "coverage.text")
    }

    @Test func `strict refuses a filter`() throws {
        let suite = solution.suite("strict", expect: "rcTimeout").replacing(
            "do: cm.connect, server: Server, endpoint: main, timeout: 0,",
            with: "do: cm.listen, filter: x,"
        ).replacing("as: Client", with: "as: Server")
        try solution.write("strict.yaml", suite.replacing("rcTimeout", with: "rcInvalidArgument"))
        #expect(try solution.kosbroker("test", "strict.yaml").status == 1)
        #expect(try solution.kosbroker("test", "strict.yaml", "--strict").status == 0)
    }
}
