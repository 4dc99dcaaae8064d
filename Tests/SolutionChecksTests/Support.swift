import Diagnostics
import InitDescriptions
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionChecks
import SolutionTests
import TestSupport
import Testing

/// Documents in memory, and a check of some of them.
struct Documents {
    var files: [String: String] = [:]
    var options = CheckOptions()

    /// Documents of an init description, and a policy that it is put to.
    init(_ description: String = "", policy: String? = nil) {
        if !description.isEmpty { files["init.yaml"] = description }
        if let policy {
            files["policy.yaml"] = policy
            options.policies = ["policy.yaml"]
        }
    }

    var source: DocumentSource { .inMemory(files) }

    /// Checks the documents of these names; none means the init description.
    func run(_ names: String...) -> CheckRun {
        var run = CheckRun(options, from: source, hash: { _ in .zero })
        for name in names.isEmpty ? ["init.yaml"] : names { run.check(name, isNamed: true) }
        return run
    }

    /// What counts of the findings, as text.
    func findings(_ names: String...) -> [String] {
        var run = CheckRun(options, from: source, hash: { _ in .zero })
        for name in names.isEmpty ? ["init.yaml"] : names { run.check(name, isNamed: true) }
        return run.outcome.kept.map(\.text)
    }

    /// The ids of the findings, with their severity and line.
    func ids(_ names: String...) -> [String] {
        var run = CheckRun(options, from: source, hash: { _ in .zero })
        for name in names.isEmpty ? ["init.yaml"] : names { run.check(name, isNamed: true) }
        return run.outcome.kept.map {
            "\($0.place.file):\($0.place.line) \($0.severity.rawValue) \($0.id)"
        }
    }

    /// The table of the init description and the policy.
    func table() throws -> PolicyTable {
        try #require(run().descriptions.first?.table)
    }
}

extension SeededGenerator {
    /// Whether something happens that happens once in so many times.
    mutating func once(in times: Int) -> Bool { number(1...times) == 1 }
}
