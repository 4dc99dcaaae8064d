import BrokerCore
import SecurityEvents
import SecurityPolicy
import SolutionTests
import Testing

/// A transport that speaks to a broker of its own and tells lies about it.
private struct LyingTransport: Transport {
    private(set) var broker: ChannelBroker
    private(set) var now = Instant.zero
    /// Changes what a client is told.
    var tell: (inout ClientAnswer) -> Void = { _ in }
    /// What every call meets.
    var fault: TransportFault?
    /// What the start meets.
    var faultAtStart: TransportFault?

    init(_ broker: ChannelBroker) { self.broker = broker }

    private func happenings(_ effects: [Effect], _ fault: TransportFault? = nil) -> Happenings {
        var happenings = Happenings()
        happenings.fault = fault
        for effect in effects {
            if case .record(let record) = effect { happenings.records.append(record) }
            guard case .complete(let completion) = effect else { continue }
            var seen = ClientAnswer(completion)
            tell(&seen)
            happenings.completed.append(CompletedCall(completion, seen: seen))
        }
        return happenings
    }

    mutating func start() -> Happenings { happenings(broker.start(at: now), faultAtStart) }

    mutating func perform(
        _ request: Request,
        by process: ProcessName
    ) -> (call: CallID?, happenings: Happenings) {
        let (call, effects) = broker.perform(request, by: process, at: now)
        return (call, happenings(effects, fault))
    }

    mutating func startProcess(
        _ name: ProcessName,
        className: ClassName?,
        by starter: ProcessName
    ) -> (result: StartResult, happenings: Happenings) {
        let result = broker.startProcess(name, className: className, by: starter, at: now)
        return (result, happenings(result.effects))
    }

    mutating func endProcess(_ name: ProcessName) -> Happenings {
        happenings(broker.endProcess(name, at: now))
    }

    mutating func setTime(_ time: Instant) -> Happenings {
        now = time
        return happenings(broker.expire(at: time))
    }
}

/// What a transport says beside what the broker does.
@Suite struct `Tests over a transport` {
    private static let names = Files.names(in: "Golden", ending: ".yaml")

    private func run(_ name: String, over make: @escaping MakeTransport) throws -> SuiteResult {
        let suite = try load(name)
        let rules = RuleEngine(try #require(suite.policy), hash: toyHash)
        var run = SuiteRun(
            suite,
            engine: rules,
            rules: rules,
            options: RunOptions(),
            over: make
        )
        return run.run()
    }

    @Test(arguments: names)
    func `a transport that tells the truth changes no report`(name: String) throws {
        let plain = try SolutionTestsTests.run(try load(name))
        let other = try run(name) { LyingTransport($0) }
        let reports = [plain, other].map { TestReport.json.render([$0], warnings: []) }
        #expect(reports[0] == reports[1])
    }

    @Test func `a client that sees another answer fails the step of its call`() throws {
        let result = try run("setup.yaml") { broker in
            var transport = LyingTransport(broker)
            transport.tell = { if let handle = $0.handle { $0.handle = handle.next } }
            return transport
        }
        let failure = try #require(result.points.first?.failures.first)
        #expect(failure.expected == "the client sees what the broker answers")
        #expect(failure.came == "the client saw rcOk, handle 2, the broker answered rcOk, handle 1")
    }

    @Test func `a fault on the way fails the step, whatever the step expects`() throws {
        let fault = TransportFault(expected: "an answer", came: "none came")
        let result = try run("setup.yaml") { broker in
            var transport = LyingTransport(broker)
            transport.fault = fault
            return transport
        }
        let failure = try #require(result.points.first?.failures.first)
        #expect([failure.expected, failure.came] == ["an answer", "none came"])
    }

    @Test func `a solution that cannot be started fails each of its tests`() throws {
        let fault = TransportFault(expected: "a broker", came: "none")
        let never = try run("setup.yaml") { _ throws(TransportFault) in throw fault }
        let failing = try run("setup.yaml") { broker in
            var transport = LyingTransport(broker)
            transport.faultAtStart = fault
            return transport
        }
        for result in [never, failing] {
            let tests = result.points.filter { if case .test = $0.kind { true } else { false } }
            #expect(!tests.isEmpty)
            for test in tests {
                #expect(test.failures.map(\.step) == ["the start of the solution"])
                #expect(test.failures.map(\.came) == ["none"])
            }
        }
    }
}

extension Handle {
    fileprivate var next: Handle { Handle(rawValue: rawValue + 1) }
}
