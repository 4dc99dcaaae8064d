import Foundation
import Testing

/// `kosbroker test --live` beside `kosbroker test`: whoever makes the calls, they come to the same.
@Suite struct `Testing with real processes` {
    private let solution: Solution

    init() throws { solution = try Solution() }

    // MARK: Agreement

    @Test(arguments: ["echo", "drone", "traffic-light"])
    func `an example has the same report and the same logs, byte for byte`(
        example: String
    ) throws {
        try expectAgreement("\(example)/tests.yaml", in: Places.examples)
    }

    /// The suites beside the tests of suites, among them such that fail.
    private static let golden = Places.tests.appending(path: "../SolutionTestsTests/Golden")
        .standardizedFileURL
    private static let suites =
        (try? FileManager.default.contentsOfDirectory(atPath: golden.path))?
        .filter { $0.hasSuffix(".yaml") }.sorted() ?? []

    @Test(arguments: suites)
    func `a suite fails live where it fails in process, with the same words`(
        name: String
    ) throws {
        try expectAgreement(name, in: Self.golden)
    }

    @Test func `there are suites that fail to compare`() {
        #expect(Self.suites.count > 20)
    }

    private func expectAgreement(_ suite: String, in folder: URL) throws {
        let scratch = try Scratch()
        var runs: [Run] = []
        for mode in [[], ["--live"]] {
            let logs = scratch.url(mode.first ?? "in-process").path
            let arguments = ["test", suite, "--format", "json", "--audit", logs]
            runs.append(try kosbroker(arguments + mode, in: folder))
        }
        #expect(runs[0].status == runs[1].status)
        #expect(runs[0].output == runs[1].output)
        #expect(runs[0].errors == runs[1].errors)
        let names = scratch.contents.filter { $0.hasSuffix(".jsonl") }
        let pairs = names.filter { $0.hasPrefix("in-process/") }
        #expect(2 * pairs.count == names.count)
        for name in pairs {
            let other = name.replacing("in-process/", with: "--live/")
            #expect(scratch.read(name) == scratch.read(other), "\(name)")
        }
    }

    // MARK: Repetition

    @Test func `fifty runs of a test leave fifty identical logs`() throws {
        let numbers = (1...50).map(String.init).joined(separator: ", ")
        try solution.write("many.yaml", Self.suite.replacing("NUMBERS", with: numbers))
        try solution.write("many-policy.yaml", Self.policy)
        let run = try solution.kosbroker("test", "many.yaml", "--live", "--audit", "logs")
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        let logs = solution.scratch.contents.filter { $0.hasSuffix(".jsonl") }
        #expect(logs.count == 50)
        #expect(Set(logs.compactMap(solution.scratch.read)).count == 1)
    }

    private static let policy = """
        policy: many
        rules:
        - {id: einit-starts, allow: init.execute, process: Einit}
        - {id: all-listen-and-drop, allow: [cm.listen, cm.drop]}
        - {id: client-to-server, allow: [cm.connect, cm.accept], client: Client, server: Server}

        """

    /// A denial, a deadline, a drop, a listener, ends and starts, and several calls that wait.
    private static let suite = """
        suite: many
        init: init.yaml
        policy: [many-policy.yaml]
        tests:
        - name: run $n
          for: {n: [NUMBERS]}
          steps:
          - {as: Server, do: cm.connect, server: Client, endpoint: e, expect: {denied: no-rule}}
          - {as: Client, do: cm.connect, server: Server, endpoint: e, timeout: 500, save: late,
             expect: rcTimeout}
          - {as: Client, do: cm.connect, server: Server, endpoint: f, save: dropped,
             expect: rcAbort}
          - advance: 499
          - expect-pending: [late, dropped]
          - advance: 1
          - expect-pending: [dropped]
          - {as: Server, do: cm.drop, client: Client, endpoint: f}
          - {as: Server, do: cm.listen, save: first, expect: {rc: rcOk, endpoint: g}}
          - {as: Server, do: cm.listen, save: second, expect: {rc: rcOk, endpoint: g}}
          - {as: Client, do: cm.connect, server: Server, endpoint: g, save: client,
             expect: {rc: rcOk, riid: 7}}
          - expect-pending: [client]
          - {as: Server, do: cm.accept, client: Client, endpoint: g, riid: 7, save: listener}
          - {as: Client, do: cm.connect, server: Server, endpoint: h, expect: rcOk}
          - {as: Server, do: cm.accept, client: Client, endpoint: h, listener: $listener,
             save: server}
          - {as: Client, do: handle.close, handle: $client}
          - {as: Client, do: handle.close, handle: $client, expect: rcInvalidArgument}
          - {as: Server, do: cm.listen, timeout: 100, expect: {rc: rcOk, endpoint: i}}
          - {as: Client, do: cm.connect, server: Server, endpoint: i, expect: rcNotConnected}
          - exit: Server
          - {as: Client, do: cm.connect, server: Server, endpoint: i, expect: rcResourceNotFound}
          - start: Server
          - {as: Server, do: handle.create-listener, save: created}
          - {as: Client, do: cm.connect, server: Server, endpoint: i}
          - {as: Server, do: cm.accept, client: Client, endpoint: i, listener: $created}
          - {as: Server, do: handle.close, handle: $server, expect: rcInvalidArgument}
          - {as: Client, do: cm.listen, expect: rcNotConnected}
          - exit: Client

        """

    // MARK: Agents

    @Test func `an agent goes with a live run alone`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "--agent", "/bin/true")
        #expect(run.status == 2)
        #expect(run.errors.contains("--agent goes with --live"))
    }

    @Test func `a program that is no agent fails the tests, and they end`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "--live", "--agent", "/bin/true")
        #expect(run.status == 1)
        #expect(run.output.contains("`Client` ended by itself"), "\(run.output)")
    }

    @Test func `without an agent to start, nothing is run`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "--live", "--agent", "missing")
        #expect(run.status == 5)
        #expect(run.output == "")
        #expect(run.errors == "kosbroker: the agent `missing` is no file that can be executed\n")
    }

    @Test func `a name with a zero byte cannot be said live`() throws {
        let suite = solution.suite("zero", expect: "rcInvalidArgument")
            .replacing("endpoint: main", with: #"endpoint: "a\0b""#)
        try solution.write("zero.yaml", suite)
        #expect(try solution.kosbroker("test", "zero.yaml").status == 1)
        let run = try solution.kosbroker("test", "zero.yaml", "--live")
        #expect(run.output.contains("`a b` has a zero byte"), "\(run.output)")
    }
}
