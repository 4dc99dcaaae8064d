import Diagnostics
import Foundation
import Testing

struct CatalogTests {
    private let titles = "Sources/Diagnostics/FindingCatalog+Titles.swift"
    private let emitted: EmittedIDs

    init() throws { emitted = try EmittedIDs() }

    @Test func `ids are found in the sources, however they are passed on`() {
        let code = #"""
            Diagnostic("one-a", at: place, "no")
            Diagnostic(
                isProcess ? "two-a" : "two-b",
                .warning, at: place, "\(name), and \("more-b")")
            faults.add("three-a", at: 0, "no")
            warn("four-a", .note, "no")
            Words(id: "five-a", offset: 1); var id = "six-a"
            Diagnostic("seven-\(key)", at: place, "no"); Diagnostic("unreadable", at: place)
            report("nine-a", message); Form(findingID: "ten-a")
            // Diagnostic("eight-a", at: place)
            reader.text("name-server", &diagnostics)
            """#
        let found = EmittedIDs(code, file: "Sources/A/b.swift")
        #expect(
            found.files.keys.sorted() == [
                "five-a", "four-a", "nine-a", "one-a", "seven-*", "six-a", "ten-a", "three-a",
                "two-a", "two-b",
                "unreadable",
            ]
        )
        #expect(found.mention("seven-b"))
        #expect(found.targets("seven-b") == ["A"])
        #expect(!found.mention("eight-a"))
    }

    @Test func `the catalogue has every id that the sources give to a diagnostic`() {
        for (id, files) in emitted.files.sorted(by: { $0.key < $1.key }) {
            let isKnown = FindingCatalog.ids.contains { EmittedIDs.matches($0, pattern: id) }
            #expect(
                isKnown,
                """
                \(files.sorted().joined(separator: ", ")) emits `\(id)`: add the line
                        "\(id)": "WHAT IS WRONG, IN A SENTENCE",
                to `static let \(list(id))` in \(titles)
                """
            )
        }
    }

    /// The list of titles where an id of these targets belongs.
    private func list(_ id: String) -> String {
        let targets = emitted.targets(id)
        guard targets.count == 1, let target = targets.first else { return "document" }
        let lists = [
            "LocatedYAML": "yaml", "InitDescriptions": "initDescription",
            "SecurityPolicy": "policy", "SolutionTests": "suite", "SolutionChecks": "solution",
            "Diagnostics": "suppression", "FormalSpecifications": "specification",
        ]
        return lists[target] ?? "document"
    }

    @Test func `every id of the catalogue is used by the sources`() {
        for id in FindingCatalog.ids.sorted() {
            #expect(
                emitted.mention(id),
                "nothing emits `\(id)` any more: take its line out of \(titles) and delete its page"
            )
        }
    }

    @Test func `the catalogue has each id once, well formed, with a title`() {
        let all = FindingCatalog.all.map(\.id)
        #expect(all.count == Set(all).count, "an id stands twice in \(titles)")
        for finding in FindingCatalog.all {
            let id = finding.id
            #expect(id.wholeMatch(of: /[a-z0-9]+(-[a-z0-9]+)*/) != nil, "\(id)")
            #expect(
                finding.title.first?.isLetter ?? false && !finding.title.hasSuffix("."),
                "\(id)"
            )
            #expect(FindingCatalog[id] == finding)
        }
    }
}
