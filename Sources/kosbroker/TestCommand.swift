import ArgumentParser
import AuditLog
import Diagnostics
import LiveSuites
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionTests
import SystemFiles

/// `kosbroker test`: runs the suites of a solution.
struct TestCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test",
        abstract: "Run the test suites of a solution against its policy.",
        discussion: """
            Each test starts from the init description afresh. Exits 1 where a test fails, 3 where \
            a document is unreadable or invalid (nothing runs then), 4 where there is nothing to run.
            """
    )

    @Argument(help: ArgumentHelp("Suites to run.", valueName: "suite"))
    var suites: [String]

    @Option(help: ArgumentHelp("A policy in place of the suites' own.", valueName: "file"))
    var policy: [String] = []

    @Option(
        name: .customLong("init"),
        help: ArgumentHelp("An init description in place of the suites' own.", valueName: "file")
    )
    var initDescription: String?

    @OptionGroup var solution: SolutionOptions

    @Option(help: "The form of the report: text, tap, junit or json.")
    var format: TestReport = .text

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "file"))
    var output: String?

    @Flag(help: "Report which rules the suites reach.")
    var coverage = false

    @Flag(help: "Refuse what is only recorded otherwise: a filter in cm.listen.")
    var strict = false

    @Option(help: ArgumentHelp("Run only tests whose names contain this.", valueName: "text"))
    var filter: String?

    @Option(
        help: ArgumentHelp("Write the audit log of each test to a folder.", valueName: "folder")
    )
    var audit: String?

    @OptionGroup var engines: EngineOptions

    @Flag(help: "Have real processes make the calls, over sockets and the C interface.")
    var live = false

    @Option(
        help: ArgumentHelp("The program that makes the calls of live tests.", valueName: "file")
    )
    var agent: String?

    func validate() throws {
        guard live || agent == nil else { throw ValidationError("--agent goes with --live") }
        _ = try solution.defines()
        _ = try solution.nameServerChoice()
    }

    func run() throws {
        var diagnostics: [Diagnostic] = []
        let documents = RunDocuments.source()
        let loaded = try load(documents, &diagnostics)
        let candidate = engines.loadCandidate(documents, &diagnostics)
        if diagnostics.hasErrors { try refuse(diagnostics) }
        Terminal.complain(diagnostics)
        try checkAgent()
        let results = try run(loaded, candidate)
        let report = format.render(
            results,
            warnings: diagnostics,
            isColored: Terminal.showsColors(to: output)
        )
        var end = self.end(of: results)
        do {
            try Terminal.deliver(report, to: output)
        } catch let trouble as CommandEnd {
            // Of several ends the first in the documented order counts, and this one is the last.
            end = end ?? trouble
        }
        if let end { throw end }
    }

    private func run(_ loaded: [LoadedSuite], _ candidate: Policy?) throws -> [SuiteResult] {
        let maker = EngineMaker(external: engines.startProgram(), candidate: candidate)
        var logs = TestLogs(folder: audit)
        var progress = Progress(
            total: loaded.reduce(0) { $0 + $1.suite.tests.count + $1.suite.matrices.count }
        )
        defer { progress.finish() }
        var options = RunOptions()
        options.strict = strict
        options.keepsRecords = audit != nil
        options.measuresCoverage = coverage
        options.hasCandidate = candidate != nil
        options.filter = filter
        var results: [SuiteResult] = []
        for suite in loaded {
            let rules = suite.policy.map { RuleEngine($0, hash: sha256) }
            guard let engine = maker.engine(rules) else {
                preconditionFailure("a suite for which nothing decides is not loaded")
            }
            var run = SuiteRun(
                suite,
                engine: engine,
                rules: rules,
                options: options,
                over: makeTransport
            )
            var fault: (any Error)?
            logs.begin(suite.suite.name)
            let result = run.run { point in
                progress.advance()
                if fault == nil {
                    do { try logs.write(point) } catch { fault = error }
                }
            }
            if let fault { throw fault }
            results.append(result)
        }
        return results
    }

    /// A program that cannot be started says nothing about any test.
    private func checkAgent() throws {
        guard let agent, !SystemFiles.isExecutable(agent) else { return }
        Terminal.complain("kosbroker: the agent `\(agent)` is no file that can be executed")
        throw CommandEnd.noAnswer
    }

    /// What tests reach their broker over; nil for tests in process.
    private var makeTransport: MakeTransport? {
        guard live else { return nil }
        let options = agent.map { LiveOptions(agent: $0) } ?? LiveOptions()
        return { broker throws(TransportFault) in try LiveTransport(broker, options) }
    }

    /// How the run ends by its results; nil where all is well.
    private func end(of results: [SuiteResult]) -> CommandEnd? {
        if results.contains(where: { $0.failed > 0 }) { return .findings }
        let empty = results.filter(\.isEmpty)
        for suite in empty {
            Terminal.complain("kosbroker: `\(suite.file)` has neither tests nor a matrix")
        }
        if !empty.isEmpty { return .nothingRun }
        guard results.allSatisfy(\.points.isEmpty) else { return nil }
        Terminal.complain(
            "kosbroker: no test was run" + (filter.map { "; no name contains `\($0)`" } ?? "")
        )
        return .nothingRun
    }

    private func load(
        _ documents: DocumentSource,
        _ diagnostics: inout [Diagnostic]
    ) throws -> [LoadedSuite] {
        var overrides = SuiteOverrides()
        overrides.initDescription = initDescription
        overrides.policies = policy
        overrides.nameServer = try solution.nameServerChoice()
        overrides.needsPolicy = engines.engine == nil
        overrides.fragments = solution.fragments
        overrides.defines = try solution.defines()
        var loaded: [LoadedSuite] = []
        for path in suites {
            let suite = loadSuite(
                path,
                overrides,
                from: documents,
                diagnostics: &diagnostics
            )
            if let suite { loaded.append(suite) }
        }
        // Suites that share a policy find the same faults in it.
        diagnostics = diagnostics.inReadingOrder
        return loaded
    }

    /// Nothing runs while any document is invalid.
    private func refuse(_ diagnostics: [Diagnostic]) throws -> Never {
        Terminal.complain(diagnostics)
        if format == .json {
            try Terminal.deliver(renderDiagnosticsJSON(diagnostics), to: output)
        }
        throw CommandEnd.invalidDocument
    }
}

extension TestReport: ExpressibleByArgument {}
