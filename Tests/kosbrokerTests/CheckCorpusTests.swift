import Foundation
import JSONText
import Testing

/// `check` and `draft` over public solutions, where they are beside the project.
@Suite struct `Public solutions` {
    private static let missing: Comment = "../shared/corpus is not beside the project"
    private static let corpus = Places.tests.appending(path: "../../../shared/corpus")
        .standardizedFileURL
    private static var exists: Bool { FileManager.default.fileExists(atPath: corpus.path) }

    private var descriptions: [String] {
        let all = FileManager.default.enumerator(atPath: Self.corpus.path)?
            .compactMap { $0 as? String }
        return (all ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yaml.in") }.sorted()
    }

    @Test(.enabled(if: exists, missing))
    func `a check of all of them finds no error`() throws {
        let run = try kosbroker(["check", "."], in: Self.corpus)
        #expect(run.status == 0)
        #expect(!run.crashed)
        #expect(run.errors == "")
        #expect(run.output.contains("\(descriptions.count) documents, 0 errors, "))
    }

    @Test(.enabled(if: exists, missing))
    func `drafts of each of them pass check and test`() throws {
        for description in descriptions {
            let scratch = try Scratch()
            let path = Self.corpus.appending(path: description).path
            let draft = try kosbroker(["draft", path, "-o", "."], in: scratch.folder)
            #expect(draft.status == 0, "\(description): \(draft.errors)")
            let check = try kosbroker(
                ["check", path, ".", "--policy", "policy.yaml"],
                in: scratch.folder
            )
            #expect(check.status == 0, "\(description): \(check.output)")
            let added = check.output.split(separator: "\n").filter {
                $0.hasPrefix("policy.yaml:") || $0.hasPrefix("tests.yaml:")
            }
            // A template of macros alone declares nothing that a policy could allow.
            #expect(added.allSatisfy { $0.hasSuffix("[empty-policy]") }, "\(description): \(added)")
            let test = try kosbroker(["test", "tests.yaml"], in: scratch.folder)
            #expect(test.status == 0, "\(description): \(test.output)\(test.errors)")
        }
    }

    @Test(.enabled(if: exists, missing))
    func `start order and channels are those that the SDK's own program shows`() throws {
        let page = try String(
            contentsOf: Self.corpus.appending(path: "start-order.md"),
            encoding: .utf8
        )
        let path = try #require(page.split(separator: "`").first { $0.hasSuffix("/init.yaml") })
        let run = try kosbroker(
            ["check", String(path), "--order", "--format", "json"],
            in: Self.corpus
        )
        let json = try JSONValue(parsing: Array(run.output.utf8))
        let solution = try #require(json["solutions"]?.elements?.first)
        let lines = page.split(separator: "\n")
        let numbered = lines.filter { $0.first?.isNumber ?? false }
            .compactMap { $0.split(separator: " ").last.map(String.init) }
        #expect((solution["startOrder"]?.elements ?? []).compactMap { $0.text } == numbered)
        let rows = lines.filter { $0.hasPrefix("| ") }.dropFirst()
            .map { $0.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) } }
        let channels = solution["channels"]?.elements?.map { channel in
            ["client", "server", "connection"].compactMap { channel[$0]?.text }
        }
        #expect(channels == Array(rows))
        let text = try kosbroker(["check", String(path), "--order"], in: Self.corpus).output
        let last = try #require(rows.last)
        #expect(text.contains("    11. \(numbered[10])\n"))
        #expect(text.contains("    \(last[0]) -> \(last[1]) as \(last[2])\n"))
    }
}
