import Foundation
import JSONText
import Testing

/// The documented exit codes, each by a run.
@Suite struct `Exit codes` {
    private let solution: Solution

    init() throws { solution = try Solution() }

    // MARK: 0

    @Test func `0 where everything passes, for every example`() throws {
        #expect(try solution.kosbroker("test", "passing.yaml").status == 0)
        let names = try FileManager.default.contentsOfDirectory(atPath: Places.examples.path)
        let suites = names.sorted().map { "\($0)/tests.yaml" }
            .filter {
                FileManager.default.fileExists(atPath: Places.examples.appending(path: $0).path)
            }
        #expect(suites.count >= 3)
        let run = try kosbroker(["test"] + suites)
        #expect(run.status == 0, "\(run.output)")
        #expect(run.errors == "")
    }

    @Test(arguments: [
        ["--help"], ["--version"], ["help"], ["test", "--help"], ["explain", "--help"],
        ["help", "test"], ["check", "--help"], ["draft", "--help"],
    ])
    func `0 for help and version, which are results`(arguments: [String]) throws {
        let run = try kosbroker(arguments)
        #expect(run.status == 0)
        #expect(!run.output.isEmpty)
        #expect(run.errors == "")
    }

    // MARK: 1

    @Test(arguments: ["text", "tap", "junit", "json"])
    func `1 where a test fails, in every format`(format: String) throws {
        let run = try solution.kosbroker("test", "passing.yaml", "failing.yaml", "--format", format)
        #expect(run.status == 1)
        #expect(run.output.contains("failing"))
        #expect(run.errors == "")
    }

    @Test func `1 where a matrix fails`() throws {
        let matrix =
            "matrix:\n- {do: cm.connect, callers: all, "
            + "targets: [{server: Server, endpoint: main}]}\n"
        try solution.write(
            "matrix.yaml",
            "suite: m\ninit: init.yaml\npolicy: [policy.yaml]\n" + matrix
        )
        #expect(try solution.kosbroker("test", "matrix.yaml").status == 1)
    }

    // MARK: 2

    @Test(arguments: [
        [], ["tset"], ["--colour"], ["test"], ["test", "passing.yaml", "--polcy", "x"],
        ["test", "passing.yaml", "--format", "xml"],
        ["test", "passing.yaml", "--define", "X"], ["test", "passing.yaml", "--define", "=x"],
        ["test", "passing.yaml", "--name-server", ""],
        ["test", "passing.yaml", "--engine-deadline", "0"],
        ["test", "passing.yaml", "--engine-deadline", "soon"],
        ["test", "passing.yaml", "--filter"],
        ["explain"], ["explain", "cm.listen"],
        ["explain", "cm.listen", "--policy", "policy.yaml"],
        ["explain", "cm.lisen", "--policy", "policy.yaml", "--as", "Server"],
        ["explain", "cm.listen", "--policy", "policy.yaml", "--as", ""],
        ["explain", "cm.connect", "--policy", "policy.yaml", "--as", "Client"],
    ])
    func `2 for a command line that is wrong, said on standard error alone`(
        arguments: [String]
    ) throws {
        let run = try kosbroker(arguments, in: solution.folder)
        #expect(run.status == 2, "\(run.errors)")
        #expect(run.output == "")
        #expect(!run.errors.isEmpty)
    }

    @Test func `2 wins over 3`() throws {
        #expect(try solution.kosbroker("test", "invalid.yaml", "--format", "xml").status == 2)
    }

    // MARK: 3

    @Test func `3 for an invalid suite, with its place on standard error`() throws {
        let run = try solution.kosbroker("test", "invalid.yaml")
        #expect(run.status == 3)
        #expect(run.output == "")
        #expect(
            run.errors == """
                invalid.yaml:8:14: error: no retcode is called `rcTimout` [unknown-retcode]
                    hint: did you mean `rcTimeout`?

                """
        )
    }

    @Test func `3 for an invalid policy, with file, line and column`() throws {
        try solution.write("bad.yaml", "policy: bad\nrules:\n- {id: x, alow: all}\n")
        let test = try solution.kosbroker("test", "passing.yaml", "--policy", "bad.yaml")
        #expect(test.status == 3)
        #expect(test.errors.hasPrefix("bad.yaml:3:3: error: "))
        let explain = try solution.kosbroker(
            "explain",
            "--policy",
            "bad.yaml",
            "--as",
            "Server",
            "cm.listen"
        )
        #expect(explain.status == 3)
        #expect(explain.errors == test.errors)
    }

    @Test func `3 for an invalid init description`() throws {
        try solution.write("init.yaml", "entities:\n- nam: Server\n")
        let run = try solution.kosbroker("test", "passing.yaml")
        #expect(run.status == 3)
        #expect(run.errors.contains("init.yaml:2:3: error: "))
    }

    @Test(arguments: [
        ["test", "nowhere.yaml"], ["test", "."], ["test", "passing.yaml", "--policy", "nowhere"],
        ["test", "passing.yaml", "--init", "nowhere"],
        ["test", "passing.yaml", "--with", "nowhere"],
        ["test", "passing.yaml", "--candidate", "nowhere"],
        ["explain", "cm.listen", "--as", "x", "--policy", "nowhere"],
        ["explain", "cm.listen", "--as", "x", "--policy", "policy.yaml", "--init", "nowhere"],
    ])
    func `3 for a document that cannot be read`(arguments: [String]) throws {
        let run = try kosbroker(arguments, in: solution.folder)
        #expect(run.status == 3)
        #expect(run.output == "")
        #expect(run.errors.contains("[unreadable]"))
    }

    @Test func `3 for a suite for which nothing decides`() throws {
        try solution.write("undecided.yaml", "suite: u\ninit: init.yaml\n")
        let run = try solution.kosbroker("test", "undecided.yaml")
        #expect(run.status == 3)
        #expect(run.errors.hasPrefix("undecided.yaml:1:1: error: nothing decides"))
    }

    @Test func `3 wins over 1, and nothing runs while one of several suites is invalid`() throws {
        let run = try solution.kosbroker(
            "test",
            "failing.yaml",
            "passing.yaml",
            "invalid.yaml",
            "--audit",
            "logs",
            "--output",
            "report"
        )
        #expect(run.status == 3)
        #expect(run.output == "")
        #expect(!solution.scratch.contents.contains { $0.hasPrefix("logs") || $0 == "report" })
    }

    @Test func `3 reports the faults of all documents at once`() throws {
        try solution.write("other.yaml", "suite: other\ninit: nowhere.yaml\ntest: []\n")
        let run = try solution.kosbroker("test", "invalid.yaml", "other.yaml")
        #expect(run.errors.contains("invalid.yaml:8:14: error: "))
        #expect(run.errors.contains("other.yaml:2:7: error: cannot read `nowhere.yaml`"))
        #expect(run.errors.contains("other.yaml:3:1: error: a suite has no key `test`"))
    }

    @Test func `3 in JSON has the diagnostics on standard output`() throws {
        let run = try solution.kosbroker("test", "invalid.yaml", "--format", "json")
        #expect(run.status == 3)
        let json = try JSONValue(parsing: Array(run.output.utf8))
        let first = json["diagnostics"]?.elements?.first
        #expect(first?["id"]?.text == "unknown-retcode")
        #expect(first?["place"]?["line"]?.integer == 8)
    }

    // MARK: 4

    @Test func `4 where a suite has neither tests nor a matrix`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "empty.yaml")
        #expect(run.status == 4)
        #expect(run.errors == "kosbroker: `empty.yaml` has neither tests nor a matrix\n")
        #expect(run.output.contains("1 passed, 0 failed"))
    }

    @Test func `4 where the filter lets nothing through`() throws {
        let run = try solution.kosbroker("test", "failing.yaml", "--filter", "two")
        #expect(run.status == 4)
        #expect(run.errors == "kosbroker: no test was run; no name contains `two`\n")
        let one = try solution.kosbroker("test", "passing.yaml", "--filter", "on")
        #expect(one.status == 0)
    }

    @Test func `1 wins over 4`() throws {
        #expect(try solution.kosbroker("test", "failing.yaml", "empty.yaml").status == 1)
    }

    // MARK: 5

    @Test func `5 where the report cannot be written`() throws {
        for path in ["nowhere/report", ".", "/dev/full"] {
            let run = try solution.kosbroker("test", "passing.yaml", "--output", path)
            #expect(run.status == 5, "\(path)")
            #expect(run.output == "")
            #expect(run.errors.hasPrefix("kosbroker: cannot write `\(path)`: "))
        }
        let full = try shell("$KOSBROKER test passing.yaml > /dev/full", in: solution.folder)
        #expect(full.status == 5)
        #expect(full.errors.contains("cannot write `standard output`"))
    }

    @Test func `5 where the answer of explain cannot be written`() throws {
        let run = try solution.kosbroker(
            "explain",
            "--policy",
            "policy.yaml",
            "--as",
            "Server",
            "cm.listen",
            "--output",
            "nowhere/answer"
        )
        #expect(run.status == 5)
    }

    @Test func `5 where a log cannot be written`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "--audit", "init.yaml")
        #expect(run.status == 5)
        #expect(run.errors.contains("cannot write `init.yaml/passing/"))
    }

    @Test func `1 wins over 5`() throws {
        let run = try solution.kosbroker("test", "failing.yaml", "--output", "nowhere/report")
        #expect(run.status == 1)
        #expect(run.errors.contains("cannot write"))
    }
}
