import Diagnostics
import Testing

struct TextTests {
    private func render(
        _ line: String,
        column: Int,
        hint: String? = nil,
        isColored: Bool = false
    ) -> [String] {
        let finding = Diagnostic.sample("empty-list", at: 2, column, hint: hint)
        let text = renderDiagnosticsText([finding], isColored: isColored) { _ in
            Array("first\n\(line)\nthird".utf8)
        }
        return text.split(separator: "\n").map(String.init)
    }

    @Test func `without documents the text is what editors parse, and the hint`() {
        let findings = [
            Diagnostic.sample("empty-list", at: 2, 7, hint: "leave the key out"),
            Diagnostic.sample("no-denial", .warning, file: "<stdin>", at: 1, 1),
        ]
        #expect(
            renderDiagnosticsText(findings) == """
                init.yaml:2:7: error: it is wrong [empty-list]
                    hint: leave the key out
                <stdin>:1:1: warning: it is wrong [no-denial]

                """
        )
        #expect(renderDiagnosticsText([]) == "")
        #expect(
            findings.map { $0.text + "\n" }.joined() == renderDiagnosticsText(findings)
        )
    }

    @Test func `with documents the line and a caret come before the hint`() {
        #expect(
            render("rules: []", column: 8, hint: "leave the key out") == [
                "init.yaml:2:8: error: it is wrong [empty-list]",
                "    2 | rules: []",
                "      |        ^",
                "    hint: leave the key out",
            ]
        )
    }

    @Test(arguments: [
        ("a\tb", 3, "a   b", 4), ("\t\tb", 3, "        b", 8), ("é: ü", 4, "é: ü", 3),
        ("名前: x", 5, "名前: x", 6), ("e\u{301}: x", 5, "e\u{301}: x", 3),
        ("a\u{1B}[31mb", 7, "a\u{FFFD}[31mb", 6), ("a\u{202E}b", 3, "a\u{FFFD}b", 2),
        ("abc", 4, "abc", 3), ("abc", 9, "abc", 3), ("abc   ", 2, "abc", 1),
    ])
    func `the caret stands under the character, whatever its width`(
        line: String,
        column: Int,
        shown: String,
        indentation: Int
    ) {
        let lines = render(line, column: column)
        #expect(lines[1] == "    2 | " + shown)
        #expect(lines[2] == "      | " + String(repeating: " ", count: indentation) + "^")
    }

    @Test func `a byte that is not UTF-8 is a column of its own`() {
        let finding = Diagnostic.sample("not-utf8", at: 1, 3)
        let text = renderDiagnosticsText([finding]) { _ in [0x61, 0x62, 0xFF, 0x63] }
        #expect(text.contains("    1 | ab\u{FFFD}c\n      |   ^\n"))
    }

    @Test(arguments: [1, 50, 99, 100, 101, 150, 199, 200, 201, 900, 1000])
    func `a long line is cut around the caret`(column: Int) {
        let line = (0..<1000).map { "\($0 % 10)" }.joined()
        let lines = render(line, column: column)
        let shown = lines[1].dropFirst("    2 | ".count)
        #expect(shown.count <= 100)
        #expect(shown.hasPrefix("…") == (column >= 67))
        #expect(shown.hasSuffix("…") == (column < 1000 - 40))
        let caret = lines[2].dropFirst("      | ".count).count - 1
        #expect(shown.dropFirst(caret).first == "\((column - 1) % 10)".first)
    }

    @Test func `a line that fits is not cut`() {
        let line = String(repeating: "x", count: 100)
        #expect(render(line, column: 100)[1] == "    2 | " + line)
    }

    @Test func `there is no excerpt where there is nothing to see`() {
        #expect(render("", column: 1).count == 1)
        #expect(render("  \t", column: 1).count == 1)
        #expect(render(String(repeating: "x", count: 20_000), column: 15_000).count == 1)
        let finding = Diagnostic.sample("empty-list", at: 4, 1)
        #expect(renderDiagnosticsText([finding]) { _ in [] } == finding.text + "\n")
        #expect(renderDiagnosticsText([finding]) { _ in nil } == finding.text + "\n")
    }

    @Test func `lines end at LF, CRLF and CR, and a byte order mark is no column`() {
        let bytes = Array("\u{FEFF}one\r\ntwo\rthree\n".utf8)
        for (line, word) in [(1, "one"), (2, "two"), (3, "three")] {
            let finding = Diagnostic.sample("empty-list", at: line, 1)
            let text = renderDiagnosticsText([finding]) { _ in bytes }
            #expect(text.contains("\(line) | \(word)\n      | ^\n"))
        }
    }

    @Test func `what a document says cannot steer the terminal`() {
        let place = SourceLocation(file: "a\nb", line: 1, column: 1)
        let finding = Diagnostic(
            "empty-list",
            at: place,
            "`\u{1B}[2J`",
            hint: "\u{202E}\u{2028}\u{7F}ü"
        )
        #expect(
            finding.text == """
                a\\u{a}b:1:1: error: `\\u{1b}[2J` [empty-list]
                    hint: \\u{202e}\\u{2028}\\u{7f}ü
                """
        )
    }

    @Test func `colours come only when they are asked for, and change no text`() {
        let plain = render("rules: []", column: 8, hint: "leave the key out")
        let colored = render("rules: []", column: 8, hint: "leave the key out", isColored: true)
        #expect(!plain.joined().contains("\u{1B}"))
        #expect(colored[0].contains("\u{1B}[1;31merror:\u{1B}[0m"))
        #expect(colored.map { $0.replacing(/\u{1B}\[[0-9;]*m/, with: "") } == plain)
    }

    @Test func `many findings in one file take one pass over it`() {
        let bytes = Array(String(repeating: "x: y\n", count: 20_000).utf8)
        let findings = (1...5000).map { Diagnostic.sample("empty-list", at: $0 * 4, 1) }
        var reads = 0
        let text = renderDiagnosticsText(findings) { _ in
            reads += 1
            return bytes
        }
        #expect(reads == 1)
        #expect(text.split(separator: "\n").count == 15_000)
    }
}
