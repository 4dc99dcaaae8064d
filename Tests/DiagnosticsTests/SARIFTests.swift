import Diagnostics
import JSONText
import Testing

struct SARIFTests {
    private func log(
        _ diagnostics: [Diagnostic],
        suppressed: [SuppressedDiagnostic] = []
    ) throws -> JSONValue {
        let text = renderDiagnosticsSARIF(diagnostics, suppressed: suppressed, version: "1.2.3")
        #expect(text.hasSuffix("\n"))
        return try parse(text)
    }

    private func run(of log: JSONValue) throws -> JSONValue {
        try #require(log["runs"]?.elements?.first)
    }

    private func results(of log: JSONValue) throws -> [JSONValue] {
        try #require(run(of: log)["results"]?.elements)
    }

    private func uri(of result: JSONValue) -> String? {
        location(of: result)?["artifactLocation"]?["uri"]?.text
    }

    private func location(of result: JSONValue) -> JSONValue? {
        result["locations"]?.elements?.first?["physicalLocation"]
    }

    private let sample = [
        Diagnostic.sample("duplicate-key", at: 3, 5),
        Diagnostic.sample("empty-list", .warning, at: 4, 1, hint: "leave the key out"),
        Diagnostic.sample("duplicate-key", .note, file: "/tmp/a b/ü.yaml", at: 1, 1),
    ]

    @Test func `a log has the shape that SARIF 2.1.0 demands`() throws {
        for suppressed in [[], [SuppressedDiagnostic(sample[0], reason: "as it is delivered")]] {
            let log = try log(sample, suppressed: suppressed)
            #expect(SARIFShape.faults(in: log) == [])
        }
        #expect(SARIFShape.faults(in: try log([])) == [])
    }

    @Test func `the check of the shape notices what is wrong`() throws {
        let good = renderDiagnosticsSARIF(sample, version: "1")
        let spoilt = [
            (#""version":"2.1.0""#, #""version":"2.0.0""#),
            (#""level":"error""#, #""level":"fatal""#),
            (#""ruleIndex":1"#, #""ruleIndex":2"#),
            (#""ruleId":"empty-list""#, #""ruleId":"empty""#),
            (#""startLine":3"#, #""startLine":0"#),
            (#""columnKind":"unicodeCodePoints""#, #""columnKind":"bytes""#),
            (#""text":"it is wrong""#, #""txt":"it is wrong""#),
            (#""uri":"init.yaml""#, #""uri":"in it.yaml""#),
        ]
        for (old, new) in spoilt {
            let parts = good.split(separator: old, maxSplits: 1)
            try #require(parts.count == 2, "\(old) is not in the log")
            let log = try parse(parts.joined(separator: new))
            #expect(SARIFShape.faults(in: log) != [], "\(new) was not noticed")
        }
    }

    @Test func `the tool lists each rule that has a result, once, with title and help`() throws {
        let driver = try run(of: log(sample))["tool"]?["driver"]
        #expect(driver?["name"]?.text == "kosbroker")
        #expect(driver?["version"]?.text == "1.2.3")
        let rules = try #require(driver?["rules"]?.elements)
        #expect(rules.map { $0["id"]?.text } == ["duplicate-key", "empty-list"])
        #expect(
            rules[0]["shortDescription"]?["text"]?.text == FindingCatalog["duplicate-key"]?.title
        )
        let help = try #require(rules[1]["help"]?["text"]?.text)
        #expect(help.contains("docs/findings/empty-list.md"))
        #expect(help.contains("# kosbroker:ignore empty-list"))
    }

    @Test func `a result carries rule, level, place, and the hint after the message`() throws {
        let results = try results(of: log(sample))
        #expect(results.map { $0["level"]?.text } == ["note", "error", "warning"])
        #expect(results.map { $0["ruleIndex"]?.integer } == [0, 0, 1])
        #expect(results[2]["message"]?["text"]?.text == "it is wrong\nhint: leave the key out")
        let region = location(of: results[1])?["region"]
        #expect(region?["startLine"]?.integer == 3)
        #expect(region?["startColumn"]?.integer == 5)
    }

    @Test func `braces are doubled, as a single one would begin a placeholder`() throws {
        let finding = Diagnostic("x-y", at: .sample, "`{0}`", hint: "write {class: a}")
        let results = try results(of: log([finding]))
        #expect(results[0]["message"]?["text"]?.text == "`{{0}}`\nhint: write {{class: a}}")
    }

    @Test(arguments: [
        ("init.yaml", "init.yaml"), ("../a/b-c_d~1.yaml.in", "../a/b-c_d~1.yaml.in"),
        ("a b.yaml", "a%20b.yaml"), ("c:d.yaml", "c%3Ad.yaml"), ("50%.yaml", "50%25.yaml"),
        ("ü#?.yaml", "%C3%BC%23%3F.yaml"), ("/srv/x y.yaml", "file:///srv/x%20y.yaml"),
        ("<stdin>", "%3Cstdin%3E"),
    ])
    func `a path is written as a URI reference`(path: String, uri: String) throws {
        let result = try results(of: log([.sample("empty-list", file: path, at: 1, 1)]))[0]
        #expect(self.uri(of: result) == uri)
    }

    @Test func `standard input is called so`() throws {
        let result = try results(of: log([.sample("empty-list", file: "<stdin>", at: 1, 1)]))[0]
        let description = location(of: result)?["artifactLocation"]?["description"]
        #expect(description?["text"]?.text == "standard input")
    }

    @Test func `suppressed results are among the others, and all say whether they are`() throws {
        let suppressed = SuppressedDiagnostic(.sample("empty-list", at: 3, 6), reason: "legacy")
        let results = try results(of: log(sample, suppressed: [suppressed]))
        #expect(results.map { $0["suppressions"]?.elements?.count } == [0, 0, 1, 0])
        let suppression = results[2]["suppressions"]?.elements?.first
        #expect(suppression?["kind"]?.text == "inSource")
        #expect(suppression?["justification"]?.text == "legacy")
    }

    @Test func `without suppressions no result speaks of them`() throws {
        for result in try results(of: log(sample)) { #expect(result["suppressions"] == nil) }
    }
}
