import Diagnostics
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionTests
import Testing

/// What the command line can ask of a run.
@Suite struct `Options of a run` {
    @Test func `strict refuses a filter, and is off by default`() throws {
        let step = """
            {as: Server, do: cm.listen, filter: x, timeout: 0, expect: rcInvalidArgument}
            """
        var options = RunOptions()
        #expect(try run(steps: step, options).failed == 1)
        options.strict = true
        #expect(try run(steps: step, options).failed == 0)
    }

    @Test func `a filter picks tests and matrices by a part of their names`() throws {
        var options = RunOptions()
        options.filter = "which is not there"
        let matrix = try load("matrix.yaml")
        let nothing = try run(matrix, options)
        #expect(nothing.points.isEmpty)
        #expect(!nothing.isEmpty)
        options.filter = "single"
        #expect(
            try run(matrix, options).points.map(\.name)
                == ["passes: all targets, or a single one", "passes: a single target"]
        )
        options.filter = "Spy (timeout"
        #expect(try run(try load("names.yaml"), options).points.count == 2)
    }

    @Test func `coverage tells never reached, matched and decisive apart`() throws {
        var options = RunOptions()
        options.measuresCoverage = true
        let result = try run(
            steps: """
                {as: Client, decide: cm.connect, server: Server, endpoint: echo.debug, expect: deny}
                {as: Client, do: cm.connect, server: Server, endpoint: "", expect: rcInvalidArgument}
                """,
            options
        )
        let coverage = try #require(result.coverage)
        let levels = Dictionary(
            uniqueKeysWithValues: coverage.entries.map { ($0.rule.id.text, $0.level) }
        )
        // The start is part of every test.
        #expect(levels["einit-starts"] == .decisive)
        #expect(levels["broken-stays-out"] == .decisive)
        #expect(levels["nobody-reaches-debug"] == .decisive)
        #expect(levels["zero-debug"] == .decisive)
        #expect(levels["b-client-to-server"] == .matched)
        #expect(levels["a-client-to-server"] == .neverReached)
        #expect(coverage.count(.matched) == 1)
        let text = TestReport.text.render([result], warnings: [])
        #expect(text.contains("coverage: 4 of 13 rules decisive, 1 matched only, 8 never reached"))
        #expect(text.contains("    matched: b-client-to-server (echo.policy:39:5)\n"))
        #expect(text.contains("    never reached: a-client-to-server (echo.policy:34:5)\n"))
    }

    @Test func `coverage counts matrices, and calls that a limit refused`() throws {
        var options = RunOptions()
        options.measuresCoverage = true
        let decisive = try #require(try run(try load("matrix.yaml"), options).coverage)
        #expect(decisive.count(.decisive) > 5)
        options.filter = "no connection at all"
        let limited = try #require(try run(try load("limits.yaml"), options).coverage)
        #expect(limited.entries.first { $0.rule.id.text == "users-open" }?.level == .decisive)
    }

    @Test func `a run without coverage measures none`() throws {
        #expect(try run(try load("names.yaml")).coverage == nil)
    }

    @Test func `records are handed out with each test and not kept`() throws {
        var options = RunOptions()
        let suite = try load("setup.yaml")
        for keeps in [false, true] {
            options.keepsRecords = keeps
            let rules = RuleEngine(try #require(suite.policy), hash: toyHash)
            var run = SuiteRun(suite, engine: rules, rules: rules, options: options)
            var counts: [Int] = []
            let result = run.run { counts.append($0.records.count) }
            #expect(result.points.allSatisfy { $0.records.isEmpty })
            #expect(counts.allSatisfy { ($0 > 0) == keeps })
        }
    }

    @Test func `each test has the records of the start, then its own`() throws {
        var options = RunOptions()
        options.keepsRecords = true
        let suite = try load("setup.yaml")
        let rules = RuleEngine(try #require(suite.policy), hash: toyHash)
        var run = SuiteRun(suite, engine: rules, rules: rules, options: options)
        _ = run.run { point in
            let starts = point.records.filter { $0.kind == .processStarted }
                .compactMap { $0.process?.name.description }
            #expect(starts == ["Spy", "Server", "Client"])
            #expect(point.records.first?.kind == .start)
            #expect(point.records.count { $0.call?.rawValue == 1 } > 0)
        }
    }

    @Test func `every event that a candidate decides otherwise is told once`() throws {
        let suite = try load("verdicts.yaml")
        let live = RuleEngine(try #require(suite.policy), hash: toyHash)
        let text = """
            policy: candidate
            rules:
            - {id: spies, allow: cm.connect, client: Spy}
            - {id: starts, allow: init.execute}
            """
        var found: [Diagnostic] = []
        let policy = loadPolicy(
            ["candidate.yaml"],
            from: .inMemory(["candidate.yaml": text]),
            diagnostics: &found
        )
        let candidate = RuleEngine(try #require(policy), hash: toyHash)
        let both = LiveBesideCandidateEngine(live: live, candidate: candidate)
        var options = RunOptions()
        options.hasCandidate = true
        options.filter = "denied where rcOk"
        var run = SuiteRun(suite, engine: both, rules: live, options: options)
        let result = run.run()
        let differences = result.candidateDifferences.map {
            "\($0.event.summary): \($0.live.verdict), \($0.candidate.verdict)"
        }
        #expect(
            differences == [
                "init.execute: process Einit, target Broken (class x.Broken): deny, allow",
                "cm.connect: client Spy (class x.Spy), server Server (class x.Server), "
                    + "endpoint echo.main: deny, allow",
            ]
        )
        // The live decision counts.
        #expect(result.failed == 1)
        Files.expect(TestReport.text.render([result], warnings: []), "Golden/candidate.report")
        Files.expect(TestReport.json.render([result], warnings: []), "Golden/candidate.json")
    }

    @Test func `an engine that denies is the cause, whatever the rules say`() throws {
        let suite = try load("verdicts.yaml")
        let rules = RuleEngine(try #require(suite.policy), hash: toyHash)
        let engine = AllMustAllowEngine(
            [rules, DenyAllEngine(hash: toyHash)],
            hash: toyHash
        )
        var options = RunOptions()
        options.filter = "expect left out is rcOk"
        var run = SuiteRun(suite, engine: engine, rules: rules, options: options)
        let result = run.run()
        // Nothing was started, and the failure says who denied it.
        #expect(result.failed == 2)
        Files.expect(TestReport.text.render([result], warnings: []), "Golden/engine.report")
    }

    @Test func `without a policy an engine decides alone`() throws {
        var overrides = SuiteOverrides()
        overrides.needsPolicy = false
        let suite = try load("engine-alone.suite", overrides)
        #expect(suite.policy == nil)
        let allow = AllowAllEngine(hash: toyHash)
        var run = SuiteRun(suite, engine: allow, rules: nil, options: RunOptions())
        #expect(run.run().failed == 0)
    }

    @Test func `the clock ends before it overflows`() throws {
        let steps = String(repeating: "advance: 4294967295\n", count: 1100)
        let failure = try #require(try run(steps: steps).points.first?.failures.first)
        #expect(failure.came == "the clock ends before")
    }
}

/// What the command line puts in the place of what a suite says.
@Suite struct `Overrides of a suite` {
    @Test func `a policy takes the place of the suite's own`() throws {
        var overrides = SuiteOverrides()
        overrides.policies = ["names.policy"]
        let suite = try load("setup.yaml", overrides)
        #expect(suite.policy?.name == "names")
    }

    @Test func `an init description takes the place of the suite's own`() throws {
        var overrides = SuiteOverrides()
        overrides.initDescription = "declared.init"
        let suite = try load("ns-default.yaml", overrides)
        #expect(try run(suite).failed == 1)
    }

    @Test func `a name server takes the place of the suite's own, and so does none`() throws {
        var overrides = SuiteOverrides()
        overrides.nameServer = try NameServerChoice("kl.core.NameServer")
        #expect(try run(try load("ns-default.yaml", overrides)).failed == 1)
        overrides.nameServer = try NameServerChoice("none")
        #expect(overrides.nameServer == NameServerChoice.none)
        #expect(try run(try load("ns-declared.yaml", overrides)).failed > 0)
    }

    @Test func `a malformed name of a name server is refused`() {
        #expect(throws: NameFault.empty) { try NameServerChoice("") }
    }
}
