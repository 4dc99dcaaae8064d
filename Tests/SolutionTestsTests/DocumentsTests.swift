import Diagnostics
import Foundation
import LocatedYAML
import SolutionTests
import Testing

/// One fault a file in `Documents`, its exact diagnostics beside it.
@Suite struct `Bad suites` {
    private static let names = Files.names(in: "Documents", ending: ".yaml")

    @Test(arguments: names)
    func `a bad suite has exactly the diagnostics beside it`(name: String) {
        var diagnostics: [Diagnostic] = []
        _ = loadSuite(name, from: Files.source("Documents"), diagnostics: &diagnostics)
        let found = diagnostics.map { $0.text + "\n" }.joined()
        #expect(!found.isEmpty)
        Files.expect(found, "Documents/" + name.replacing(".yaml", with: ".diagnostics"))
    }

    @Test(arguments: names)
    func `a suite with an error is never partly loaded`(name: String) {
        var diagnostics: [Diagnostic] = []
        let suite = loadSuite(name, from: Files.source("Documents"), diagnostics: &diagnostics)
        #expect((suite == nil) == diagnostics.hasErrors)
        #expect(diagnostics.hasErrors != name.hasPrefix("warning_"))
    }

    @Test(arguments: names)
    func `a fault is reported once, in the order of the file`(name: String) {
        var diagnostics: [Diagnostic] = []
        _ = loadSuite(name, from: Files.source("Documents"), diagnostics: &diagnostics)
        #expect(diagnostics == diagnostics.inReadingOrder)
        #expect(diagnostics.allSatisfy { $0.message.first?.isUppercase == false })
        #expect(diagnostics.allSatisfy { !$0.message.hasSuffix(".") })
    }
}
