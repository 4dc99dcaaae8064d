import Diagnostics
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionTests
import Testing

/// A hash for tests that need only different digests.
let toyHash: HashFunction = { bytes in
    var hash: UInt64 = 14_695_981_039_346_656_037
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211 }
    return Digest((0..<32).map { UInt8(truncatingIfNeeded: hash >> ($0 % 8 * 8)) })
}

/// Loads a suite without errors, or fails the test.
func load(
    _ name: String,
    _ overrides: SuiteOverrides = SuiteOverrides(),
    from source: DocumentSource = Files.source("Golden")
) throws -> LoadedSuite {
    var diagnostics: [Diagnostic] = []
    let suite = loadSuite(name, overrides, from: source, diagnostics: &diagnostics)
    return try #require(suite, "\(diagnostics.map(\.text))")
}

/// Runs a suite by the rules of its own policy.
func run(_ suite: LoadedSuite, _ options: RunOptions = RunOptions()) throws -> SuiteResult {
    let rules = RuleEngine(try #require(suite.policy), hash: toyHash)
    var run = SuiteRun(suite, engine: rules, rules: rules, options: options)
    return run.run()
}

/// Runs a suite of `tests:` beside the documents of `Golden`.
func run(steps: String, _ options: RunOptions = RunOptions()) throws -> SuiteResult {
    let folder = Files.source("Golden")
    let suite = """
        suite: written
        init: echo.init
        policy: [echo.policy]
        name-server: kl.core.NameServer
        tests:
        - name: one
          steps:

        """ + steps.split(separator: "\n").map { "  - \($0)\n" }.joined()
    let source = DocumentSource { path, limit in
        path == "written.yaml" ? .success(Array(suite.utf8)) : folder.read(path, limit)
    }
    return try run(try load("written.yaml", from: source), options)
}
