import Diagnostics
import LocatedYAML
import Testing

/// Random documents; each test prints the seed with which it failed.
@Suite struct RandomTests {
    @Test(arguments: 0..<150)
    func `what is written in any style is read back, with its places`(seed: UInt64) {
        var writer = DocumentWriter(seed: seed)
        writer.write()
        let (document, faults) = read(writer.text)
        #expect(faults == [], "seed \(seed)")
        #expect(outline(document?.root, places: true) == writer.outline, "seed \(seed)")
    }

    @Test func `random bytes never crash the reader`() {
        let alphabet = Array("ab:-?[]{},#&*!|>'\"%@` \t\n\r\\~0.é\u{2028}\u{FEFF}🛰".utf8)
        for seed in UInt64(0)..<1500 {
            var random = SplitMix64(state: seed)
            let bytes = (0..<random.below(120)).map { _ in
                random.below(200) == 0
                    ? UInt8(random.below(256)) : alphabet[random.below(alphabet.count)]
            }
            visit(bytes, "seed \(seed)")
        }
    }

    @Test func `mutated documents never crash the reader`() {
        let pieces = ["*", "&x ", "!t ", "\n", "  ", "[", "}", ": ", "- ", "'", "\"", "%", "---\n"]
        for seed in UInt64(0)..<300 {
            var writer = DocumentWriter(seed: seed)
            writer.write()
            var bytes = Array(writer.text.utf8)
            var random = SplitMix64(state: seed)
            for _ in 0...random.below(3) {
                let at = random.below(bytes.count + 1)
                switch random.below(3) {
                case 0: bytes.insert(contentsOf: pieces[random.below(pieces.count)].utf8, at: at)
                case 1: bytes.removeSubrange(at..<min(at + random.below(5), bytes.count))
                default: bytes.removeSubrange(at...)
                }
            }
            visit(bytes, "seed \(seed)")
        }
    }

    /// Reads `bytes` and walks over all that can be asked of the result.
    private func visit(_ bytes: [UInt8], _ note: Comment) {
        var diagnostics: [Diagnostic] = []
        let document = readYAML(bytes, file: "doc.yaml", diagnostics: &diagnostics)
        #expect(document != nil || diagnostics.hasErrors, note)
        let lines = naivePlace(of: bytes.count, in: bytes).line
        for diagnostic in diagnostics {
            #expect((1...lines).contains(diagnostic.place.line), note)
            #expect(diagnostic.place.column >= 1, note)
        }
        #expect(diagnostics == diagnostics.inReadingOrder, note)
        _ = outline(document?.root, places: true)
        guard let root = document?.root, root.kind == .mapping else { return }
        if var reader = MappingReader(root, "a document", &diagnostics) {
            for entry in root.entries { _ = reader.list(entry.key.text, &diagnostics) }
            reader.finish(&diagnostics)
        }
        let keys = root.entries.map(\.key.bytes)
        #expect(Set(keys).count == keys.count, note)
    }
}
