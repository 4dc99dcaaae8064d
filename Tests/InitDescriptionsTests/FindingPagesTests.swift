import Diagnostics
import Foundation
import LocatedYAML
import TestSupport
import Testing

/// Every finding has a document that shows it, and a page that explains it.
@Suite struct `Findings are documented` {
    private static let root = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    private static let sources = root.appending(path: "Sources/InitDescriptions")
    private static let documents = root.appending(path: "Tests/InitDescriptionsTests/Documents")
    private static let pages = root.appending(path: "docs/findings")

    /// The ids that the sources of the target emit themselves.
    private static var ids: [String] {
        get throws {
            let paths = FileManager.default.enumerator(atPath: sources.path)?
                .compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") }
            let texts = try (paths ?? []).map {
                try String(contentsOf: sources.appending(path: $0), encoding: .utf8)
            }
            // An id is the first argument of a diagnostic, or one of the two of a choice.
            let emitted = /(?:Diagnostic\(\s*(?:\w+ \? "[a-z-]+" : )?|findingID: )"([a-z-]+)"/
            let chosen = /Diagnostic\(\s*\w+ \? "([a-z-]+)" :/
            return Set(
                texts.flatMap { text in
                    text.matches(of: emitted).map { String($0.1) }
                        + text.matches(of: chosen).map { String($0.1) }
                }
            ).sorted()
        }
    }

    @Test func `every finding has a bad document that shows it`() throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.documents.path)
        let shown = try names.filter { $0.hasSuffix(".diagnostics") }
            .map { try String(contentsOf: Self.documents.appending(path: $0), encoding: .utf8) }
            .joined()
        let ids = try Self.ids
        #expect(ids.count > 25)
        for id in ids where id != "unreadable" {
            #expect(shown.contains(" [\(id)]\n"), "\(id)")
        }
    }

    @Test func `every finding has a page whose example gives the message that it shows`() throws {
        for id in try Self.ids + ["unknown-key"] {
            let file = Self.pages.appending(path: "\(id).md")
            let page = try String(contentsOf: file, encoding: .utf8)
            #expect(page.hasPrefix("# \(id)\n\n"))
            #expect((10...25).contains(page.components(separatedBy: "\n").count - 1), "\(id)")
            var parts = page.components(separatedBy: "```")
            guard parts.count == 5, parts[1].hasPrefix("yaml\n") else {
                #expect(id == "unreadable")
                continue
            }
            let example = String(parts[1].dropFirst("yaml\n".count))
            let name = example.contains("@") ? "init.yaml.in" : "init.yaml"
            let found = check(name, source: .inMemory([name: example]))
            #expect(found.contains { $0.id == id }, "\(id)")
            parts[3] = "text\n" + found.map { $0.text + "\n" }.joined()
            try expectGolden(parts.joined(separator: "```"), file)
        }
    }

    @Test func `the page of the format lists every finding`() throws {
        let file = Self.root.appending(path: "docs/formats/init.md")
        let page = try String(contentsOf: file, encoding: .utf8)
        for id in try Self.ids + ["unknown-key"] {
            #expect(page.contains("[\(id)](../findings/\(id).md)"))
        }
    }
}
