import Diagnostics
import InitDescriptions
import LocatedYAML
import TestSupport
import Testing

@Suite struct `Hostile descriptions` {
    @Test func `damaged descriptions are read without harm, with places inside them`() {
        let text = """
            entities:
            @INIT_EXTERNAL_ENTITIES@ # all
            - {name: "@X@", task: é, args: [-v, $<A:$<B>>], env: {A: '@Y@'}}
            - name: a
              connections:
              - target: b
                id: {var: M, include: h}
            @INIT_a_ENTITY_CONNECTIONS+@
              $<C>
            """
        for seed in UInt64(0)..<500 {
            var random = SeededGenerator(seed: seed)
            var bytes = Array(text.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: bytes.indices, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: index)
                default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: index)
                }
            }
            let damaged = bytes
            var diagnostics: [Diagnostic] = []
            let source = DocumentSource { _, _ in .success(damaged) }
            let description = inspectInitDescription(
                "init.yaml.in",
                source: source,
                diagnostics: &diagnostics
            )
            let lines = damaged.count { $0 == 0x0A || $0 == 0x0D } + 2
            let places = diagnostics.map(\.place) + description.macros.map(\.place)
            #expect(places.allSatisfy { (1...lines).contains($0.line) }, "seed \(seed)")
            _ = description.channelsInCreationOrder
        }
    }

    @Test func `after very many errors reading stops`() {
        var diagnostics: [Diagnostic] = []
        let text = "entities:\n" + String(repeating: "- {}\n", count: 20_000) + "- name: a\n"
        let description = inspectInitDescription(
            "init.yaml",
            source: .inMemory(["init.yaml": text]),
            diagnostics: &diagnostics
        )
        #expect(diagnostics.count == 10_000)
        #expect(description.entities.isEmpty)
        #expect(!description.isComplete)
        #expect(description.hasErrors)
        #expect(findings(in: description).isEmpty)
    }

    @Test func `a description with very many warnings is read whole`() {
        let text = "entities:\n" + String(repeating: "- {name: a, x: y}\n", count: 11_000)
        #expect(inspect(text).diagnostics.contains { $0.id == "duplicate-process" })
        let names = (0..<11_000).map { "- {name: a\($0), x: y}\n" }.joined()
        let (description, diagnostics) = inspect("entities:\n" + names)
        #expect(!diagnostics.hasErrors)
        #expect(description.entities.count == 11_000)
        #expect(description.isComplete)
    }

    @Test func `a cycle of 10,000 processes is read whole, each dangling target reported`() {
        let count = 10_000
        let entities = (0..<count).map { number in
            let next = (number + 1) % count
            return "- name: p\(number)\n  connections:\n"
                + "  - {target: p\(next), id: next}\n  - {target: q\(number), id: q}\n"
                + "@INIT_p_ENTITY_CONNECTIONS@\n"
        }
        let (description, diagnostics) = inspect("entities:\n" + entities.joined())
        #expect(description.startOrder.count == count)
        #expect(diagnostics.count { $0.id == "dangling-target" } == count)
        #expect(diagnostics.count { $0.id == "connection-cycle" } == 1)
        #expect(description.assumptions.count == 1)
    }
}
