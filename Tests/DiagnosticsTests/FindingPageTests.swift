import Diagnostics
import Foundation
import Testing

/// Every finding has a page, and the index lists them all; `UPDATE_GOLDEN=1` rewrites the index.
struct FindingPageTests {
    private let folder = EmittedIDs.root.appending(path: "docs/findings")

    private func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    private func pages() throws -> Set<String> {
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Set(files.filter { $0.hasSuffix(".md") && !$0.hasPrefix(".") && $0 != "README.md" })
    }

    @Test func `every finding has a page, and every page a finding`() throws {
        let pages = try pages()
        for id in FindingCatalog.ids.sorted() {
            #expect(
                pages.contains("\(id).md"),
                """
                write docs/findings/\(id).md: a first line `# \(id)`, then what it is, why it \
                matters, how to mend it, and a bad snippet with its message
                """
            )
        }
        for page in pages.sorted() {
            #expect(
                FindingCatalog.ids.contains(String(page.dropLast(".md".count))),
                "delete docs/findings/\(page), or give its id to a finding"
            )
        }
    }

    @Test func `a page is short, and has heading, snippet and message`() throws {
        for page in try pages().sorted() {
            let id = page.dropLast(".md".count)
            let lines = try text(page).split(separator: "\n", omittingEmptySubsequences: false)
            #expect(lines.first == "# \(id)", "docs/findings/\(page) starts with `# \(id)`")
            #expect((9...31).contains(lines.count), "docs/findings/\(page) has 8 to 30 lines")
            #expect(
                lines.prefix { $0 != "```text" }.allSatisfy { $0.count <= 100 },
                "docs/findings/\(page): a line too long"
            )
            #expect(lines.last == "", "docs/findings/\(page) ends in a newline")
            #expect(
                lines.contains("```text") && lines.contains { $0.hasSuffix("[\(id)]") },
                "docs/findings/\(page) shows a message that ends in `[\(id)]`"
            )
        }
    }

    @Test func `the index lists all findings by area`() throws {
        let readme = try text("README.md")
        let introduction = readme.prefix(upTo: readme.firstRange(of: "\n## ")?.lowerBound)
        let index = introduction + FindingCatalog.Area.allCases.map(section).joined()
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] != nil {
            let url = folder.appending(path: "README.md")
            try String(index).write(to: url, atomically: true, encoding: .utf8)
        } else {
            #expect(readme == index, "rewrite docs/findings/README.md with UPDATE_GOLDEN=1")
        }
    }

    private func section(_ area: FindingCatalog.Area) -> String {
        let rows = FindingCatalog.all.filter { $0.area == area }
            .map { "| [`\($0.id)`](\($0.id).md) | \($0.title) |\n" }
        return "\n## \(area.rawValue)\n\n| id | what |\n|---|---|\n" + rows.joined()
    }
}

extension String {
    fileprivate func prefix(upTo end: Index?) -> Substring { self[..<(end ?? endIndex)] }
}
