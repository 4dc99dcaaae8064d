package import BrokerCore
import Diagnostics
package import SecurityEvents
package import SecurityPolicy

/// What is wanted from a run besides verdicts.
package struct RunOptions: Sendable {
    /// Whether `filter` of `cm.listen` is refused.
    package var strict = false
    /// Whether the records of each test are kept.
    package var keepsRecords = false
    /// Whether it is noted which rules the events meet.
    package var measuresCoverage = false
    /// Whether the engine has a candidate beside it, whose differences are wanted.
    package var hasCandidate = false
    /// Only tests and matrices whose names contain this run.
    package var filter: String?

    package init() {}
}

/// Makes what a test reaches its broker over, of the broker before its start.
package typealias MakeTransport = (ChannelBroker) throws(TransportFault) -> any Transport

/// Runs a loaded suite: every test from the init description afresh, every matrix as a table of pure
/// decisions.
package struct SuiteRun {
    package let loaded: LoadedSuite
    /// Who decides: the policy's rules, alone or with others.
    private var engine: any PolicyEngine
    /// The policy's rules, for what a failure shows.
    private var rules: RuleEngine?
    private let options: RunOptions
    /// The broker before and after its start; a test takes a copy of one or the other.
    private let unstarted: ChannelBroker
    private let started: ChannelBroker
    private let startEffects: [Effect]
    private let makeTransport: MakeTransport?
    private var observer: EventObserver

    /// Starts the solution once, for every test to begin from.
    ///
    /// - Parameters:
    ///   - loaded: the suite.
    ///   - engine: decides every event.
    ///   - rules: the rules that the engine goes by, where it goes by rules.
    ///   - options: what is wanted besides verdicts.
    ///   - makeTransport: makes what each test reaches its broker over; nil for tests in process.
    package init(
        _ loaded: LoadedSuite,
        engine: any PolicyEngine,
        rules: RuleEngine?,
        options: RunOptions,
        over makeTransport: MakeTransport? = nil
    ) {
        self.loaded = loaded
        self.engine = engine
        self.rules = rules
        self.options = options
        var broker = ChannelBroker(
            solution: loaded.solution,
            engine: engine,
            options: Options(limits: loaded.suite.limits, strict: options.strict)
        )
        unstarted = broker
        startEffects = broker.start(at: .zero)
        started = broker
        self.makeTransport = makeTransport
        observer = EventObserver(
            rules: options.measuresCoverage ? rules : nil,
            hasCandidate: options.hasCandidate
        )
        observer.observe(startEffects.records)
    }

    /// Runs everything that the filter lets through.
    ///
    /// - Parameter onPoint: is told after each test and matrix, with the records of a test.
    /// - Returns: what came of it, without the records.
    package mutating func run(onPoint: (PointResult) -> Void = { _ in }) -> SuiteResult {
        var points: [PointResult] = []
        for test in loaded.suite.tests where isWanted(test.name) {
            var result = run(test)
            onPoint(result)
            // Whoever writes them has them now; those of many tests would fill the memory.
            result.records = []
            points.append(result)
        }
        for matrix in loaded.suite.matrices where isWanted(matrix.name) {
            let result = run(matrix)
            points.append(result)
            onPoint(result)
        }
        return SuiteResult(
            file: loaded.suite.file,
            name: loaded.suite.name,
            policy: engine.label,
            assumptions: loaded.assumptions,
            refusals: startEffects.records.compactMap(Self.refusal),
            points: points,
            isEmpty: loaded.suite.tests.isEmpty && loaded.suite.matrices.isEmpty,
            coverage: observer.coverage,
            candidateDifferences: observer.candidateDifferences
        )
    }

    private mutating func run(_ test: SuiteTest) -> PointResult {
        let transport: any Transport
        do throws(TransportFault) {
            transport =
                try makeTransport?(unstarted)
                ?? InProcessTransport(started: started, startEffects: startEffects)
        } catch {
            return PointResult(faultAtStart: error, of: test)
        }
        var runner = TestRunner(
            transport: transport,
            rules: rules,
            keepsRecords: options.keepsRecords || observer.wantsRecords
        )
        let result = runner.run(test, setup: loaded.suite.setup)
        observer.observe(result.records.dropFirst(runner.startCount))
        for (event, decision) in runner.pureDecisions { observer.observe(event, decision) }
        return result
    }

    private func isWanted(_ name: String) -> Bool {
        options.filter.map { name.contains($0) } ?? true
    }

    /// What Einit was not allowed to do at the start; the SDK's Einit would exit there.
    private static func refusal(_ record: AuditRecord) -> String? {
        guard let decision = record.decision, decision.verdict == .deny else { return nil }
        return "\(record.eventText): \(decision.text)"
    }

    private mutating func run(_ matrix: Matrix) -> PointResult {
        var failures: [StepFailure] = []
        for cell in matrix.cells {
            if cell.isFromAll, isMissing(cell.caller) {
                if cell.isAllowed { failures.append(missingCaller(cell)) }
                continue
            }
            let decision = engine.decide(cell.event)
            observer.observe(cell.event, decision)
            guard (decision.verdict == .allow) != cell.isAllowed else { continue }
            failures.append(
                StepFailure(
                    place: cell.place,
                    step: cell.summary,
                    expected: cell.isAllowed ? "allow" : "deny",
                    came: decision.text,
                    event: cell.event,
                    explanation: rules.explanation(of: decision, about: cell.event),
                    notes: []
                )
            )
        }
        return PointResult(
            name: matrix.name,
            place: matrix.place,
            kind: .matrix(cells: matrix.cells.count),
            failures: failures,
            records: []
        )
    }
}

extension SuiteRun {
    /// Whether the solution has the process and it is not there: `callers: all` are those who are.
    private func isMissing(_ caller: ProcessName) -> Bool {
        !started.isThere(caller) && loaded.solution.declared.contains { $0.name == caller }
    }

    private func missingCaller(_ cell: Matrix.Cell) -> StepFailure {
        StepFailure(
            place: cell.place,
            step: cell.summary,
            expected: "allow",
            came: "`\(cell.caller)` is not there",
            event: nil,
            explanation: nil,
            notes: []
        )
    }
}

extension Matrix.Cell {
    /// Row, column and event in a line.
    fileprivate var summary: String { "\(caller) × \(target): \(event.summary)" }
}

extension PointResult {
    /// What came of a test whose solution could not be started.
    fileprivate init(faultAtStart fault: TransportFault, of test: SuiteTest) {
        self.init(
            name: test.name,
            place: test.place,
            kind: .test(steps: 0),
            failures: [StepFailure(fault, atStartOf: test)],
            records: []
        )
    }
}

extension StepFailure {
    /// A fault before the first step.
    init(_ fault: TransportFault, atStartOf test: SuiteTest) {
        self.init(
            place: test.place,
            step: "the start of the solution",
            expected: fault.expected,
            came: fault.came,
            event: nil,
            explanation: nil,
            notes: []
        )
    }
}

extension [Effect] {
    /// The records among effects, in order.
    var records: [AuditRecord] {
        compactMap { if case .record(let record) = $0 { record } else { nil } }
    }
}
