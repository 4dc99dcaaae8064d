import AuditLog
import BrokerCore
import BrokerDaemon
import Diagnostics
import Foundation
import LiveSuites
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionTests
import Testing

/// Suites that run over a live transport which a test has made.
@Suite struct `Live tests from within` {
    @Test func `the daemon writes just the lines of a run in process`() throws {
        let live = MemoryAuditOutput(hash: toyHash)
        let result = try run(Self.steps) { broker throws(TransportFault) in
            try LiveTransport(broker, options(), audit: live)
        }
        #expect(result.failures.isEmpty, "\(result.failures)")
        var writer = AuditLineWriter(hash: toyHash)
        for record in try run(Self.steps, over: nil).records { writer.append(record) }
        #expect(live.bytes == writer.bytes)
        #expect(!live.bytes.isEmpty)
    }

    private static let steps = """
        {as: Client, do: cm.connect, server: Server, endpoint: e, timeout: 300, expect: rcTimeout}
        {as: Server, do: cm.connect, server: Client, endpoint: e, expect: {denied: no-rule}}
        advance: 299
        expect-pending: 1
        advance: 1
        expect-pending: 0
        {as: Server, do: cm.listen, timeout: 1000, expect: {rc: rcOk, client: Client}}
        {as: Client, do: cm.connect, server: Server, endpoint: e, expect: {rc: rcOk, riid: 7}}
        {as: Server, do: cm.accept, client: Client, endpoint: e, riid: 7}
        exit: Server
        """

    // MARK: Real time

    @Test func `deadlines of a clock that runs come in their time, and not a moment before`() throws
    {
        var live = options()
        live.clock = .monotonic
        let steps = """
            {as: Client, do: cm.connect, server: Server, endpoint: e, timeout: 300, expect: rcTimeout}
            {as: Client, do: cm.connect, server: Server, endpoint: f, timeout: 100, expect: rcTimeout}
            {as: Server, do: cm.listen, timeout: 0, expect: {rc: rcOk, endpoint: e}}
            advance: 150
            expect-pending: 1
            advance: 150
            {as: Server, do: cm.listen, timeout: 50, expect: rcTimeout}
            """
        let result = try run(steps) { broker throws(TransportFault) in
            try LiveTransport(broker, live)
        }
        #expect(result.failures.isEmpty, "\(result.failures)")
        // Between the decision about a call and its outcome.
        var waits: [Double] = []
        for outcome in result.records where outcome.kind == .outcome {
            let decision = try #require(
                result.records.first { $0.kind == .decision && $0.call == outcome.call }
            )
            let wait = outcome.time.nanoseconds - decision.time.nanoseconds
            waits.append(Double(wait) / 1e6)
        }
        #expect(waits.count == 3)
        for (wait, wanted) in zip(waits, [100.0, 300, 50]) {
            #expect(wait >= wanted)
            #expect(wait < wanted + 250)
        }
    }

    // MARK: Faults

    @Test func `a process that does not answer fails the step when patience ends`() throws {
        var live = LiveOptions(agent: "/bin/sleep", arguments: ["100"])
        live.patience = .milliseconds(200)
        let result = try run(Self.steps) { broker throws(TransportFault) in
            try LiveTransport(broker, live)
        }
        #expect(result.failures.map(\.came) == ["none came"])
    }

    @Test func `no agent outlives its test`() throws {
        let before = try children()
        _ = try run(Self.steps) { broker throws(TransportFault) in
            try LiveTransport(broker, options())
        }
        #expect(try children() == before)
    }

    /// The processes that this one has started and not waited for.
    private func children() throws -> String {
        let path = "/proc/self/task/\(getpid())/children"
        return try String(contentsOfFile: path, encoding: .utf8)
    }
}

/// Agents of the program that stands beside the tests.
private func options() -> LiveOptions {
    let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "kosbroker").path
    return LiveOptions(agent: program, arguments: [Agent.argument])
}

/// Runs a suite of one test.
private func run(_ steps: String, over make: MakeTransport?) throws -> PointResult {
    let documents = [
        "init.yaml": "entities: [{name: Server}, {name: Client}]\n",
        "policy.yaml": """
        policy: small
        rules:
        - {id: einit, allow: init.execute, process: Einit}
        - {id: connect, allow: [cm.connect, cm.accept], client: Client, server: Server}
        - {id: listen, allow: cm.listen}

        """,
        "suite.yaml": """
        suite: small
        init: init.yaml
        policy: [policy.yaml]
        tests:
        - name: one
          steps:

        """ + steps.split(separator: "\n").map { "  - \($0)\n" }.joined(),
    ]
    let source = DocumentSource { path, _ in
        documents[path].map { .success(Array($0.utf8)) } ?? .failure(ReadFault("not there"))
    }
    var diagnostics: [Diagnostic] = []
    let loaded = loadSuite("suite.yaml", SuiteOverrides(), from: source, diagnostics: &diagnostics)
    let suite = try #require(loaded, "\(diagnostics.map(\.text))")
    let rules = RuleEngine(try #require(suite.policy), hash: toyHash)
    var options = RunOptions()
    options.keepsRecords = true
    var run = SuiteRun(suite, engine: rules, rules: rules, options: options, over: make)
    var points: [PointResult] = []
    _ = run.run { points.append($0) }
    return try #require(points.first)
}

private let toyHash: HashFunction = { bytes in
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return Digest((0..<32).map { UInt8(truncatingIfNeeded: hash >> ($0 % 8 * 8)) })
}
