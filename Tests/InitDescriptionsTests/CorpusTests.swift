import Diagnostics
import Foundation
import InitDescriptions
import LocatedYAML
import SecurityEvents
import TestSupport
import Testing

@Suite(.enabled(if: Corpus.exists, Comment(rawValue: Corpus.missing)))
struct `Public descriptions` {
    /// Values of the macros inside names that public templates use.
    private static let defines = ["ROOTFS_ENTITY": "kl.VfsRamFs"]

    @Test func `everything found in public descriptions has been looked at and is true`() throws {
        let found = Corpus.descriptions.flatMap { path in
            check(path, source: .folder(Corpus.folder))
        }
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "Documents/corpus.findings")
        try expectGolden(found.map { $0.text + "\n" }.joined(), golden)
    }

    private func load(
        _ path: String,
        defines: [String: String] = Self.defines
    ) throws -> (description: InitDescription, diagnostics: [Diagnostic]) {
        var diagnostics: [Diagnostic] = []
        let description = inspectInitDescription(
            path,
            source: .folder(Corpus.folder),
            defines: defines,
            diagnostics: &diagnostics
        )
        return (description, diagnostics)
    }

    @Test(arguments: Corpus.descriptions)
    func `a public description loads without an error`(path: String) throws {
        let (description, diagnostics) = try load(path)
        let errors = diagnostics.filter { $0.severity == .error }
        #expect(errors.isEmpty, "\(errors.map(\.text).joined(separator: "\n"))")
        // Every line that begins an entity is one, and each target is listed by its client.
        let lines = try Corpus.text(path).split(separator: "\n")
        let entities = lines.count { $0.hasPrefix("- name:") || $0.hasPrefix("- task:") }
        #expect(description.entities.count == entities)
        let targets = lines.count { $0.contains("- target:") }
        #expect(description.entities.map(\.connections.count).reduce(0, +) == targets)
        let macros = lines.count { $0.hasPrefix("@") || $0.hasPrefix("  $<") }
        #expect(description.macros.count == macros)
        #expect(description.startOrder.count == entities)
    }

    @Test(arguments: Corpus.descriptions)
    func `only a macro inside a name needs a definition before it can be run`(path: String) throws {
        var diagnostics: [Diagnostic] = []
        _ = loadInitDescription(
            path,
            source: .folder(Corpus.folder),
            diagnostics: &diagnostics
        )
        let errors = diagnostics.filter { $0.severity == .error }
        let usesMacro = try Corpus.text(path).contains("target: @ROOTFS_ENTITY@")
        #expect(errors.map(\.id) == (usesMacro ? ["undefined-macro"] : []))
    }

    @Test func `processes start and channels are made in the order of the generated program`()
        throws
    {
        let folder =
            "danonishe__cyberimmune-systems-autonomous-delivery-drone-with-kos/kos/"
            + "build_sim_offline/einit/simulator_offline/EinitQemu-kss/"
        let (description, _) = try load(folder + "init.yaml")
        let page = try Corpus.text("start-order.md").split(separator: "\n")

        let processes = page.compactMap { line -> Substring? in
            guard let dot = line.firstIndex(of: "."), Int(line[..<dot]) != nil else { return nil }
            return line[line.index(dot, offsetBy: 2)...]
        }
        #expect(processes.count == 11)
        #expect(description.startOrder.map { Substring($0.task.description) } == processes)

        let rows = page.filter { $0.hasPrefix("| ") }.dropFirst()
        #expect(rows.count == 18)
        let channels = description.channelsInCreationOrder
        #expect(
            channels.map { "| \($0.client) | \($0.server) | \($0.id) |" } == rows.map(String.init)
        )
    }

    /// Why each kind of finding is true of the public descriptions that have it.
    private static let reasons = [
        "connection-cycle": "Logger and ServerConnector list each other, as do CCU, Communication "
            + "and FMAC in a ring",
        "macro-plus": "Movement, Navigation and Situation have no list of their own",
        "name-server-channel-id": "the channel is called NSConnection, and NsCreate looks for "
            + "kl.core.NameServer",
        "repeated-channel": "NavigationSystem lists its channel to ServerConnector two times",
        "repeated-class": "up to four processes of one class, with a task each",
        "undefined-macro": "ROOTFS_ENTITY is set in CMake files that are not looked at",
        "unmatched-macro": "the programs are called Extinguishing, Client and Server there, and "
            + "the macros EXTINGUISHING, client and server",
    ]

    @Test func `what public descriptions do is a warning at most, and each kind is true`() throws {
        let found = Corpus.descriptions.flatMap { check($0, source: .folder(Corpus.folder)) }
        #expect(!found.hasErrors)
        #expect(Set(found.map(\.id)) == Set(Self.reasons.keys))
    }
}
