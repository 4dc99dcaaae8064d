import Diagnostics
import FormalSpecifications
import SecurityEvents
import TestSupport
import Testing

@Suite struct `Hostile specifications` {
    private static let texts = [
        (
            path: "Server.edl",
            text: """
            task class echo.Server : echo.Server // é
            security echo.Sec
            endpoints { a : echo.I /* x */ b : echo.J; }
            future "te\\"xt" [ ( { } ) ]
            components { c : echo.C, d : echo.D }
            """
        ),
        (
            path: "C.cdl",
            text: "component echo.C\nendpoints {\n  a : echo.I\n}\ncomponents { d : echo.D }\n"
        ),
        (
            path: "I.idl",
            text: """
            package echo.I
            import kl.core.Types
            const UInt32 Max = (1 << 2);
            typedef sequence<UInt8, Max> Data;
            struct S { union U { UInt8 a; } u; }
            interface { Ping(in Data d, out S s, error UInt8 e); Pong(); }
            error E { UInt8 e; }
            """
        ),
    ]

    @Test func `damaged specifications are read without harm, with places inside them`() throws {
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let files = Self.texts.map { file in
                (path: file.path, bytes: damaged(Array(file.text.utf8), &random))
            }
            var diagnostics: [Diagnostic] = []
            let index = loadSpecifications(files, diagnostics: &diagnostics)
            for diagnostic in diagnostics {
                let file = files.first { $0.path == diagnostic.place.file }
                let lines = (file?.bytes ?? []).count { $0 == 0x0A || $0 == 0x0D } + 1
                #expect((1...lines).contains(diagnostic.place.line), "seed \(seed)")
            }
            for endpoint in index.classes.flatMap(\.endpoints) {
                let answer = index.endpoint(endpoint.path, ofClass: endpoint.className)
                guard case .known(let interface, _) = answer else {
                    Issue.record("seed \(seed): `\(endpoint.path)` is not found")
                    continue
                }
                #expect(interface == endpoint.interface, "seed \(seed)")
            }
        }
    }

    private func damaged(_ bytes: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...6, using: &random) where !bytes.isEmpty {
            let index = Int.random(in: bytes.indices, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[index] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes.remove(at: index)
            case 2:
                bytes.insert("{}()[];:\"/*.\n".utf8.randomElement(using: &random) ?? 0, at: index)
            case 3: bytes.removeSubrange(index..<min(bytes.count, index + 20))
            default: bytes.insert(bytes.randomElement(using: &random) ?? 0, at: index)
            }
        }
        return bytes
    }

    @Test func `random bytes are read without harm`() {
        let words = [
            "entity ", "task class ", "component ", "package ", "endpoints ", "components ",
            "interface ", "struct ", "const ", "{", "}", "(", ")", ":", ";", "\n", "a.B ", "/*",
            "*/",
            "\"", "//", "\u{FEFF}", "é",
        ]
        for seed in UInt64(0)..<3_000 {
            var random = SeededGenerator(seed: seed)
            let text = (0..<60).compactMap { _ in words.randomElement(using: &random) }.joined()
            for (ending, heading) in [
                ("edl", "entity A "), ("cdl", "component A "), ("idl", "package A "),
            ] {
                let (found, diagnostics) = read("A.\(ending)", heading + text)
                #expect(found != nil || diagnostics.hasErrors, "seed \(seed)")
                #expect(diagnostics.count <= 3 * SpecificationLimits.faults, "seed \(seed)")
            }
        }
    }

    @Test func `a file of faults is read no further than a hundred`() {
        let (_, diagnostics) = read("A.edl", "entity A " + String(repeating: "}", count: 1_000_000))
        #expect(diagnostics.count == SpecificationLimits.faults + 1)
        #expect(diagnostics.last?.id == "too-many-faults")
    }

    @Test func `a file may list so many names and no more`() {
        let count = SpecificationLimits.names
        let names = (0..<count).map { "e\($0) : I" }
        let (full, none) = read(
            "A.edl",
            "entity A endpoints {\n" + names.dropLast(count / 2 + 1).joined(separator: "\n") + "}"
        )
        #expect(none.isEmpty)
        #expect(full?.isComplete == true)
        let (cut, diagnostics) = read(
            "A.edl",
            "entity A endpoints {\n" + names.joined(separator: "\n") + "}"
        )
        #expect(ids(diagnostics) == ["specification-too-large"])
        #expect(cut?.isComplete == false)
    }

    @Test func `a file larger than the limit is not read`() {
        let bytes = [UInt8](repeating: 0x20, count: SpecificationLimits.bytes + 1)
        var diagnostics: [Diagnostic] = []
        #expect(readSpecification("A.edl", bytes: bytes, diagnostics: &diagnostics) == nil)
        #expect(ids(diagnostics) == ["document-too-large"])
    }

    @Test func `reading takes a time in proportion to the size`() {
        let size = 1 << 17
        let texts = [
            "entity A " + String(repeating: "/*", count: size),
            "entity A " + String(repeating: "{", count: size),
            "entity A " + String(repeating: "\"", count: size),
            "entity A endpoints {" + String(repeating: "a ", count: size),
            "entity A endpoints {" + String(repeating: "a:\n", count: size),
            "entity " + String(repeating: "a", count: size),
            "entity " + String(repeating: "a.", count: size),
        ]
        let clock = ContinuousClock()
        for text in texts {
            let time = clock.measure { _ = read("A.edl", text) }
            // A quadratic reading would take minutes.
            #expect(time < .seconds(20))
        }
        let idl = "package A " + String(repeating: "const a = 1;\n", count: size / 8)
        #expect(clock.measure { _ = read("A.idl", idl) } < .seconds(20))
    }
}
