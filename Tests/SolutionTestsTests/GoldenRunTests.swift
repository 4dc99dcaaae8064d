import SolutionTests
import Testing

/// Suites in `Golden` whose tests say in their names whether they pass; the report beside each.
@Suite struct `Suites as they run` {
    private static let names = Files.names(in: "Golden", ending: ".yaml")

    @Test(arguments: names)
    func `a suite has exactly the report beside it`(name: String) throws {
        let result = try run(try load(name))
        let report = TestReport.text.render([result], warnings: [])
        Files.expect(report, "Golden/" + name.replacing(".yaml", with: ".txt"))
    }

    @Test(arguments: names)
    func `a test passes or fails as its name says`(name: String) throws {
        for point in try run(try load(name)).points {
            #expect(point.name.hasPrefix(point.passed ? "passes: " : "fails: "), "\(point.name)")
        }
    }

    @Test(arguments: names)
    func `a suite runs the same way each time`(name: String) throws {
        let suite = try load(name)
        let reports = try (0..<2).map { _ in
            TestReport.json.render([try run(suite)], warnings: [])
        }
        #expect(reports[0] == reports[1])
    }
}
