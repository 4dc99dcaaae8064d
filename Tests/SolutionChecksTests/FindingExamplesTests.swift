import Diagnostics
import FormalSpecifications
import Foundation
import LocatedYAML
import SecurityEvents
import SolutionChecks
import Testing

/// The examples on the pages about findings are true: what they show gives the message beside it.
struct FindingExamplesTests {
    /// Pages whose example only hints at a document too large, or of bytes that a page cannot hold.
    private static let schematic: Set<String> = [
        "access-added", "access-removed", "control-character", "document-too-large",
        "duplicate-group", "duplicate-specification", "hidden-line-break", "matrix-too-large",
        "not-utf8", "policy-too-large",
        "required-group", "specification-too-large", "too-many-faults", "too-many-includes",
        "too-many-nodes",
        "too-many-members", "too-many-tests",
    ]

    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../../docs/findings").standardizedFileURL

    static let ids: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".md") && $0 != "README.md" }
            .map { String($0.dropLast(".md".count)) }.sorted()
    }()

    /// Examples that are init descriptions alone are tested with the reader of these.
    @Test(arguments: ids.filter { !schematic.contains($0) })
    func `an example gives its message`(id: String) throws {
        let url = Self.folder.appending(path: "\(id).md")
        let page = try String(contentsOf: url, encoding: .utf8)
        let examples = blocks("yaml", on: page)
        let specifications = ["edl", "cdl", "idl"].flatMap { blocks($0, on: page) }
        let isDescription = examples.count == 1 && examples[0].hasPrefix("entities:")
        guard !isDescription || !specifications.isEmpty else { return }
        let diagnostics: [Diagnostic]
        if examples.isEmpty, let specification = specifications.first {
            let file = try #require(blocks("text", on: page).first?.prefix { $0 != ":" })
            diagnostics = findings(in: specification, file: String(file))
        } else if examples.isEmpty {
            return
        } else {
            diagnostics = findings(in: examples, specifications)
        }
        let found = diagnostics.filter { $0.id == id }.map { $0.text + "\n" }.joined()
        if ProcessInfo.processInfo.environment["SHOW_FOUND"] != nil {
            print("FOUND\t\(id)\t\(found.dropLast().replacing("\n", with: "\\n"))")
        }
        #expect(blocks("text", on: page) == [found])
    }

    /// The fenced blocks of a page in a language.
    private func blocks(_ language: String, on page: String) -> [String] {
        page.components(separatedBy: "```\(language)\n").dropFirst()
            .compactMap { $0.components(separatedBy: "```").first }
    }

    private func findings(in specification: String, file: String) -> [Diagnostic] {
        var diagnostics: [Diagnostic] = []
        _ = loadSpecifications(
            [(path: file, bytes: Array(specification.utf8))],
            diagnostics: &diagnostics
        )
        return diagnostics
    }

    /// What is found in examples, which are documents beside others that they may name.
    private func findings(in examples: [String], _ specifications: [String]) -> [Diagnostic] {
        var files = [
            "init.yaml": "entities: [{name: echo.Client}, {name: echo.Server}]\n",
            "policy.yaml": """
            policy: p
            rules:
              - {id: a, allow: cm.connect, server: echo.Server, endpoint: echo.main}

            """,
        ]
        var named: [String] = []
        for example in examples {
            let isSuite = example.hasPrefix("suite:")
            let isDescription = example.hasPrefix("entities:")
            named.append(
                isSuite ? "suite.yaml" : isDescription ? "init.yaml" : "policy.yaml"
            )
            files[named[named.count - 1]] = example
        }
        var options = CheckOptions()
        for specification in specifications {
            let name = specification.split { " .\n".contains($0) }[2] + ".edl"
            files[String(name)] = specification
            options.specifications.append(String(name))
        }
        // Two examples on a page are a solution and its policy, which may be empty.
        if examples.count > 1 || examples.first?.hasPrefix("#") ?? false {
            options.policies = ["policy.yaml"]
            named = ["init.yaml"]
        }
        var run = CheckRun(options, from: .inMemory(files)) { _ in .zero }
        for name in named { run.check(name, isNamed: true) }
        return run.outcome.kept
    }
}
