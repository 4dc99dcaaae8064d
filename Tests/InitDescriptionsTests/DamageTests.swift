import Diagnostics
import Foundation
import InitDescriptions
import LocatedYAML
import SecurityEvents
import TestSupport
import Testing

/// Descriptions cut and changed at random: whatever is left of them, they end in diagnostics.
@Suite struct `Damaged descriptions` {
    /// Reads, checks and orders `bytes`; everything found must lie inside them.
    private func survive(_ bytes: [UInt8], _ what: String) {
        let lines = bytes.count { $0 == 0x0A || $0 == 0x0D } + 2
        let source = DocumentSource { _, _ in .success(bytes) }
        for path in ["init.yaml.in", "connect_damaged.yaml"] {
            let places = check(path, source: source).map(\.place.line)
            #expect(places.allSatisfy { (1...lines).contains($0) }, "\(what)")
        }
        var diagnostics: [Diagnostic] = []
        let description = inspectInitDescription(
            "init.yaml.in",
            source: source,
            diagnostics: &diagnostics
        )
        _ = description.channelsInCreationOrder
        _ = description.assumptions
        _ = looksLikeConnectDescription(bytes)
    }

    private static let documents = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().appending(path: "Documents")

    private static var texts: [(name: String, bytes: [UInt8])] {
        get throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: documents.path)
            let own = try names.filter { $0.hasSuffix(".yaml") }.sorted().map {
                ($0, Array(try Data(contentsOf: documents.appending(path: $0))))
            }
            let all = Corpus.exists ? Corpus.descriptions : []
            return try own + all.map { ($0, Array(try Corpus.text($0).utf8)) }
        }
    }

    @Test func `a description cut at any line is read without harm, in one of five`() throws {
        for (index, (name, bytes)) in try Self.texts.enumerated() where index % 5 == 0 {
            for end in bytes.indices where bytes[end] == 0x0A {
                survive(Array(bytes[...end]), "\(name) up to byte \(end)")
            }
        }
    }

    @Test func `a description with changed bytes and lines is read without harm`() throws {
        let texts = try Self.texts
        for seed in UInt64(0)..<600 {
            var random = SeededGenerator(seed: seed)
            guard let (name, bytes) = texts.randomElement(using: &random) else { return }
            var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(
                Array.init
            )
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                Self.changeLines(&lines, &random)
            }
            var damaged = Array(lines.joined(separator: [0x0A]))
            for _ in 0..<Int.random(in: 0...4, using: &random) {
                Self.changeBytes(&damaged, &random)
            }
            survive(damaged, "seed \(seed), \(name)")
        }
    }

    /// Takes a line out, repeats it, moves it, indents it or joins it to the one before.
    private static func changeLines(_ lines: inout [[UInt8]], _ random: inout SeededGenerator) {
        guard let index = lines.indices.randomElement(using: &random) else { return }
        let line = lines[index]
        switch Int.random(in: 0..<5, using: &random) {
        case 0: lines.remove(at: index)
        case 1: lines.insert(line, at: index)
        case 2: lines.swapAt(index, Int.random(in: lines.indices, using: &random))
        case 3: lines[index] = Array(repeating: 0x20, count: 2) + line
        default:
            guard index > 0 else { return }
            lines.remove(at: index)
            lines[index - 1] += line
        }
    }

    private static func changeBytes(_ bytes: inout [UInt8], _ random: inout SeededGenerator) {
        guard let index = bytes.indices.randomElement(using: &random) else { return }
        let telling = Array("@$<>{}[]:-#&*!|'\"\\ \t\n\r+_,".utf8)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: index)
        case 2: bytes[index] = telling.randomElement(using: &random) ?? 0
        default: bytes.insert(telling.randomElement(using: &random) ?? 0, at: index)
        }
    }
}
