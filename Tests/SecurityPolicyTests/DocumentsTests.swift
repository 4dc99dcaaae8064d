import Diagnostics
import Foundation
import LocatedYAML
import SecurityPolicy
import TestSupport
import Testing

/// One fault a file in `Documents`, its exact diagnostics beside it.
///
/// `UPDATE_GOLDEN=1` rewrites the diagnostics. What the documents include is in `Documents/parts`.
@Suite struct `Bad policies` {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "Documents")

    private static var names: [String] {
        let all = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        return (all ?? []).filter { $0.hasSuffix(".yaml") }.sorted()
    }

    @Test(arguments: names)
    func `a bad document has exactly the diagnostics beside it`(name: String) throws {
        var diagnostics: [Diagnostic] = []
        let policy = loadPolicy([name], from: .folder(Self.folder), diagnostics: &diagnostics)
        #expect((policy == nil) == diagnostics.hasErrors, "an error, and only that, loads nothing")
        let found = diagnostics.map { $0.text + "\n" }.joined()
        #expect(!found.isEmpty)

        let golden = Self.folder.appending(path: name.replacing(".yaml", with: ".diagnostics"))
        try expectGolden(found, golden)
    }

    @Test(arguments: names)
    func `messages are lowercase, without a full stop and safe to print`(name: String) {
        var diagnostics: [Diagnostic] = []
        _ = loadPolicy([name], from: .folder(Self.folder), diagnostics: &diagnostics)
        for diagnostic in diagnostics {
            for text in [diagnostic.message, diagnostic.hint].compactMap(\.self) {
                #expect(text.first?.isUppercase == false, "\(text)")
                #expect(!text.hasSuffix("."), "\(text)")
                #expect(text.count < 400, "\(text)")
                #expect(
                    text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control },
                    "\(text.debugDescription)"
                )
            }
        }
    }
}
