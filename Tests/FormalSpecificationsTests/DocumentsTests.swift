import Diagnostics
import FormalSpecifications
import Foundation
import TestSupport
import Testing

/// One fault a file in `Documents`, its exact diagnostics beside it.
///
/// Files are called like what they declare, so that folders tell the element at fault.
@Suite struct `Bad specifications` {
    private static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "Documents")

    private static let names: [String] = {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        return (all ?? []).filter { $0.contains("/") && !$0.hasSuffix(".diagnostics") }.sorted()
    }()

    private func read(_ name: String) throws -> (Specification?, [Diagnostic]) {
        let bytes = Array(try Data(contentsOf: Self.folder.appending(path: name)))
        var diagnostics: [Diagnostic] = []
        let specification = readSpecification(name, bytes: bytes, diagnostics: &diagnostics)
        return (specification, diagnostics)
    }

    @Test(arguments: names)
    func `a bad specification has exactly the diagnostics beside it`(name: String) throws {
        let found = try read(name).1.map { $0.text + "\n" }.joined()
        #expect(!found.isEmpty)
        let golden = Self.folder.appending(path: name + ".diagnostics")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(found.utf8).write(to: golden)
        }
        #expect(found == (try? String(contentsOf: golden, encoding: .utf8)))
    }

    @Test func `a specification is complete unless something in it was not understood`() throws {
        for name in Self.names {
            let (found, diagnostics) = try read(name)
            let isNamed = diagnostics.allSatisfy { $0.id == "specification-name" }
            #expect(found?.isComplete ?? false == isNamed, "\(name)")
        }
    }

    @Test func `a specification that declares nothing is an error`() throws {
        for name in Self.names where try read(name).0 == nil {
            #expect(try read(name).1.hasErrors, "\(name)")
        }
    }
}
