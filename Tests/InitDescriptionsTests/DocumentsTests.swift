import Diagnostics
import Foundation
import InitDescriptions
import LocatedYAML
import TestSupport
import Testing

/// One fault a file in `Documents`, its exact diagnostics beside it.
@Suite struct `Bad documents` {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "Documents")

    private static var names: [String] {
        let all = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (all ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }

    @Test(arguments: names)
    func `a bad document has exactly the diagnostics beside it`(name: String) throws {
        let found = check(name, source: .folder(Self.folder)).map { $0.text + "\n" }.joined()
        #expect(!found.isEmpty)
        let golden = Self.folder.appending(path: name.replacing(".yaml", with: ".diagnostics"))
        try expectGolden(found, golden)
    }

    @Test func `a document with an error is never partly loaded`() throws {
        for name in Self.names {
            var diagnostics: [Diagnostic] = []
            let source = DocumentSource.folder(Self.folder)
            let description = loadInitDescription(name, source: source, diagnostics: &diagnostics)
            #expect((description == nil) == diagnostics.hasErrors, "\(name)")
        }
    }
}
