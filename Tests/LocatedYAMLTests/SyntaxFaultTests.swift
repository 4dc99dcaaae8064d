import LocatedYAML
import Testing

@Suite struct SyntaxFaultTests {
    /// A bad document, and what is said of it.
    struct Fault: CustomTestStringConvertible, Sendable {
        let document: String
        let expected: String

        init(_ document: String, _ expected: String) {
            self.document = document
            self.expected = expected
        }

        var testDescription: String { document.debugDescription }
    }

    static let quotes = " | write it with quotes"
    static let misplacedColon =
        "yaml-syntax: a `:` cannot stand here | is a line break missing, or the indentation wrong? "
        + "a value with `: ` in it: write it with quotes"

    @Test(arguments: [
        Fault("a: *\n", "1:4 yaml-syntax: a value cannot start with `*`\(quotes)"),
        Fault("a: *.foo\n", "1:4 yaml-syntax: a value cannot start with `*`\(quotes)"),
        Fault("a: [x, *]\n", "1:8 yaml-syntax: a value cannot start with `*`\(quotes)"),
        Fault("a: &\n", "1:4 yaml-syntax: a value cannot start with `&`\(quotes)"),
        Fault("a: @NAME@\n", "1:4 yaml-syntax: a value cannot start with `@`\(quotes)"),
        Fault("a: %x\n", "1:4 yaml-syntax: a value cannot start with `%`\(quotes)"),
        Fault("a: `x`\n", "1:4 yaml-syntax: a value cannot start with a backtick\(quotes)"),
        Fault("a: ? b\n", "1:4 yaml-syntax: a value cannot start with `? `\(quotes)"),
    ])
    func `a value that starts with an indicator needs quotes`(fault: Fault) {
        #expect(read(fault.document).1 == [fault.expected])
    }

    static let tab = "yaml-syntax: a tab cannot indent | indent with spaces"

    @Test(arguments: [
        Fault("a:\n\tb: c\n", "2:1 \(tab)"),
        Fault("a:\n  b: c\n\td: e\n", "3:1 \(tab)"),
        Fault("a: |\n\tx\n", "2:1 \(tab)"),
    ])
    func `a tab that indents is named`(fault: Fault) {
        #expect(read(fault.document).1 == [fault.expected])
    }

    static let missingColon = "yaml-syntax: a `:` is missing after"
    static let hash = "and a YAML comment starts with `#`"

    @Test(arguments: [
        Fault("a: b\n// c\nd: e\n", "2:1 \(missingColon) `//` | line 2 starts with `//`, \(hash)"),
        Fault(
            "a: b\n/* c */\nd: e\n",
            "2:1 \(missingColon) `/*` | line 2 starts with `/*`, \(hash)"
        ),
        Fault(
            "/*\n * c\n */\na: b\n",
            "4:2 yaml-syntax: a `:` cannot stand here | line 3 starts with `*/`, \(hash)"
        ),
    ])
    func `a comment of another language is recognised`(fault: Fault) {
        #expect(read(fault.document).1 == [fault.expected])
    }

    @Test(arguments: [
        Fault("a: b: c\n", "1:5 \(misplacedColon)"),
        Fault("a: b\n  c: d\n", "2:4 \(misplacedColon)"),
        Fault(
            "a: b\nfoo\nc: d\n",
            "2:1 \(missingColon) `foo` | an entry reads `key: value`; is the indentation right?"
        ),
        Fault(
            "a:\n  b: c\n d: e\n",
            "3:2 yaml-syntax: expected a key here | is the indentation right?"
        ),
        Fault("- a\nb: c\n", "2:1 yaml-syntax: expected `- ` here | is the indentation right?"),
        Fault(
            "a: - b\n",
            "1:4 yaml-syntax: a list cannot start here | its first `- ` stands on a line of its own"
        ),
        Fault(
            "a: \"b\" c\n",
            "1:8 yaml-syntax: the value ended before this | write the whole value with quotes"
        ),
        Fault("a: [,]\n", "1:5 yaml-syntax: expected a value here"),
        Fault(
            "a: \"\\q\"\n",
            "1:5 yaml-syntax: a `\\` in double quotes needs a known escape after it"
                + " | write `\\\\`, or use single quotes"
        ),
        Fault("a: \"\\xZZ\"\n", "1:7 yaml-syntax: did not find expected hexdecimal number"),
    ])
    func `what stands in the wrong place is said where it stands`(fault: Fault) {
        #expect(read(fault.document).1 == [fault.expected])
    }

    @Test(arguments: [
        Fault(
            "a: [x, y\nb: c\n",
            "1:4 yaml-syntax: the `[` that opens here is not closed | a `,` or `]` is missing"
        ),
        Fault(
            "a: {x: y",
            "1:4 yaml-syntax: the `{` that opens here is not closed | a `,` or `}` is missing"
        ),
        Fault(
            "[a, b: c: d]\n",
            "1:9 yaml-syntax: expected `,` or `]` here"
                + " | a value with punctuation in it: write it with quotes"
        ),
        Fault("a: \"b\nc: d\n", "1:4 yaml-syntax: the `\"` that opens here is not closed"),
        Fault("a: 'b\n---\n", "1:4 yaml-syntax: the `'` that opens here is not closed"),
        Fault("a: [x]]\n", "1:7 yaml-syntax: nothing is open that `]` could close"),
    ])
    func `what is not closed is said where it opens`(fault: Fault) {
        #expect(read(fault.document).1 == [fault.expected])
    }

    @Test func `a fault of the YAML comes with everything found before it`() {
        let (document, faults) = read("a: 1\na: 2\nb: [c, {d: e, d: f}, *]\n")
        #expect(outline(document?.root) == "{'a': '1', 'b': ['c', {'d': 'e'}]}")
        #expect(
            faults == [
                "2:1 duplicate-key: the key `a` is repeated; the first one is at 1:1",
                "3:15 duplicate-key: the key `d` is repeated; the first one is at 3:9",
                "3:22 yaml-syntax: a value cannot start with `*`\(Self.quotes)",
            ]
        )
    }

    @Test func `a key without its value at a fault is no entry`() {
        let (document, _) = read("a: b\nc: @\n")
        #expect(outline(document?.root) == "{'a': 'b'}")
    }
}
