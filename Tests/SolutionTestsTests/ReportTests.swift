import Diagnostics
import Foundation
import FoundationXML
import JSONText
import LocatedYAML
import SolutionTests
import Testing

/// The forms of a report, each for suites that pass and suites that fail.
@Suite struct `Reports` {
    private static let suites = ["ns-named.yaml", "setup.yaml", "hostile.yaml", "matrix.yaml"]

    private func results(_ names: [String] = suites) throws -> [SuiteResult] {
        try names.map { try run(try load($0)) }
    }

    // MARK: TAP

    @Test func `TAP has a version, one plan over all suites, and points without indentation`()
        throws
    {
        let results = try results()
        let report = TestReport.tap.render(results, warnings: [])
        let lines = report.split(separator: "\n", omittingEmptySubsequences: false)
        let count = results.reduce(0) { $0 + $1.points.count }
        #expect(lines[0] == "TAP version 14")
        #expect(lines[1] == "1..\(count)")
        #expect(lines.count { $0.hasPrefix("1..") } == 1)
        let points = lines.filter { $0.hasPrefix("ok ") || $0.hasPrefix("not ok ") }
        #expect(points.count == count)
        for (number, point) in points.enumerated() {
            #expect(point.contains("ok \(number + 1) - "))
        }
        #expect(
            points.count { $0.hasPrefix("not ") } == results.reduce(0) { $0 + $1.failed }
        )
        // Everything else belongs to a YAML block.
        let rest = lines.dropFirst(2).filter { !points.contains($0) && !$0.isEmpty }
        #expect(rest.allSatisfy { $0.hasPrefix("  ") })
        Files.expect(report, "Golden/reports.tap")
    }

    @Test func `the YAML block of a failed point is YAML, two spaces in`() throws {
        let report = TestReport.tap.render(try results(), warnings: [])
        var blocks: [[Substring]] = []
        for line in report.split(separator: "\n", omittingEmptySubsequences: false) {
            if line == "  ---" {
                blocks.append([])
            } else if line == "  ..." {
                try check(blocks.last ?? [])
                blocks.append([])
            } else if !blocks.isEmpty {
                blocks[blocks.count - 1].append(line.dropFirst(2))
            }
        }
        #expect(!blocks.isEmpty)
    }

    private func check(_ lines: [Substring]) throws {
        var found: [Diagnostic] = []
        let text = lines.joined(separator: "\n")
        let document = readYAML(Array(text.utf8), file: "block", diagnostics: &found)
        #expect(found.isEmpty, "\(found.map(\.text))")
        let keys = document?.root?.entries.map(\.key.text)
        #expect(keys == ["at", "failures"])
    }

    @Test func `TAP reads no directive and no new line in a name`() throws {
        let report = TestReport.tap.render(try results(["hostile.yaml"]), warnings: [])
        let point = report.split(separator: "\n")[2]
        #expect(
            point == ##"not ok 1 - hostile: fails: �[2J control�lines \# \\ <b> & "quotes""##
        )
    }

    // MARK: JUnit

    @Test func `JUnit XML is well-formed and counts what it holds`() throws {
        let results = try results()
        let report = TestReport.junit.render(results, warnings: [])
        let document = try XMLDocument(data: Data(report.utf8))
        let root = try #require(document.rootElement())
        #expect(root.name == "testsuites")
        let suites = root.elements(forName: "testsuite")
        #expect(suites.count == results.count)
        #expect(root.number("tests") == suites.reduce(0) { $0 + $1.number("tests") })
        #expect(root.number("failures") == suites.reduce(0) { $0 + $1.number("failures") })
        for (suite, result) in zip(suites, results) {
            let cases = suite.elements(forName: "testcase")
            #expect(suite.attribute(forName: "name")?.stringValue == result.name)
            #expect(suite.number("tests") == cases.count)
            let failures = cases.flatMap { $0.elements(forName: "failure") }
            #expect(suite.number("failures") == failures.count)
            #expect(cases.allSatisfy { $0.elements(forName: "failure").count <= 1 })
            #expect(cases.count == result.points.count)
            #expect(failures.count == result.failed)
        }
        Files.expect(report, "Golden/reports.junit")
    }

    @Test func `JUnit XML keeps a name as far as XML can say it`() throws {
        let report = TestReport.junit.render(try results(["hostile.yaml"]), warnings: [])
        let document = try XMLDocument(data: Data(report.utf8))
        let test = try #require(try document.nodes(forXPath: "//testcase").first as? XMLElement)
        let name = test.attribute(forName: "name")?.stringValue
        #expect(name == #"fails: �[2J control�lines # \ <b> & "quotes""#)
    }

    // MARK: JSON

    @Test func `JSON has the keys of the audit record, and says what passed`() throws {
        let results = try results()
        let report = TestReport.json.render(results, warnings: [])
        let json = try JSONValue(parsing: Array(report.utf8))
        #expect(json.keys == ["suites", "passed", "failed", "warnings"])
        #expect(
            json["passed"]?.integer
                == Int64(results.reduce(0) { $0 + $1.points.count - $1.failed })
        )
        #expect(json["failed"]?.integer == Int64(results.reduce(0) { $0 + $1.failed }))
        for (suite, result) in zip(json["suites"]?.elements ?? [], results) {
            #expect(
                suite.keys == ["suite", "file", "policy", "digest", "assumed", "refused", "points"]
            )
            let points = suite["points"]?.elements ?? []
            #expect(points.count == result.points.count)
            for point in points {
                #expect(
                    [["steps"], ["cells"]].contains(
                        point.keys.filter {
                            !["name", "kind", "place", "passed", "failures"].contains($0)
                        }
                    )
                )
                #expect(point["passed"]?.bool == point["failures"]?.elements?.isEmpty)
            }
        }
        Files.expect(report, "Golden/reports.json")
    }

    @Test func `JSON says why a denial came, with the place of each rule`() throws {
        var options = RunOptions()
        options.filter = "denied where rcOk"
        let result = try run(try load("verdicts.yaml"), options)
        let report = TestReport.json.render([result], warnings: [])
        let json = try JSONValue(parsing: Array(report.utf8))
        let failure = json["suites"]?.elements?.first?["points"]?.elements?.first?["failures"]?
            .elements?.first
        #expect(
            failure?.keys == ["place", "step", "expected", "came", "notes", "event", "decision"]
        )
        let decision = failure?["decision"]
        #expect(decision?.keys == ["verdict", "cause", "nearest", "more"])
        let nearest = decision?["nearest"]?.elements?.first
        #expect(nearest?.keys == ["rule", "place", "conditions"])
        #expect(nearest?["place"]?.keys == ["file", "line", "column"])
        #expect(nearest?["conditions"]?.elements?.first?.keys == ["key", "rule", "event"])
    }

    @Test func `JSON carries the warnings and the coverage`() throws {
        var options = RunOptions()
        options.measuresCoverage = true
        let warning = Diagnostic(
            "no-denial",
            .warning,
            at: SourceLocation(file: "f", line: 1, column: 1),
            "message"
        )
        let report = TestReport.json.render(
            [try run(try load("names.yaml"), options)],
            warnings: [warning]
        )
        let json = try JSONValue(parsing: Array(report.utf8))
        #expect(json["warnings"]?.elements?.first?["id"]?.text == "no-denial")
        let entry = json["suites"]?.elements?.first?["coverage"]?.elements?.first
        #expect(entry?.keys == ["rule", "level", "place"])
    }

    // MARK: Text

    @Test func `text is coloured only where that is asked for`() throws {
        let results = try results()
        let plain = TestReport.text.render(results, warnings: [])
        #expect(!plain.contains("\u{1B}"))
        let colored = TestReport.text.render(results, warnings: [], isColored: true)
        let uncolored = ["\u{1B}[32m", "\u{1B}[31m", "\u{1B}[0m"]
            .reduce(colored) { $0.replacing($1, with: "") }
        #expect(colored != plain)
        #expect(uncolored == plain)
        Files.expect(plain, "Golden/reports.text")
    }

    @Test(arguments: TestReport.allCases)
    func `a report of nothing is a report`(report: TestReport) throws {
        let text = report.render([], warnings: [])
        #expect(text.hasSuffix("\n"))
        Files.expect(text, "Golden/nothing.\(report.rawValue)")
    }
}

extension XMLElement {
    fileprivate func number(_ name: String) -> Int {
        attribute(forName: name)?.stringValue.flatMap(Int.init) ?? -1
    }
}

extension JSONValue {
    fileprivate var keys: [String] {
        (members ?? []).map { String(decoding: $0.name, as: UTF8.self) }
    }
}
