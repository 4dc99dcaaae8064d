import LocatedYAML
import Testing

@Suite struct StrictnessTests {
    @Test func `an alias is reported and reading goes on`() {
        let (document, faults) = read("a: *x\n*y : b\nc: [*z, d]\n")
        #expect(
            faults == [
                "1:4 yaml-alias: the alias `*x` is not allowed"
                    + " | if it is a name that starts with `*`, write it with quotes",
                "2:1 yaml-alias: the alias `*y` is not allowed"
                    + " | if it is a name that starts with `*`, write it with quotes",
                "3:5 yaml-alias: the alias `*z` is not allowed"
                    + " | if it is a name that starts with `*`, write it with quotes",
            ]
        )
        #expect(document?.root?.entries.map { $0.key.text } == ["a", "c"])
        #expect(document?.root?.entries.first?.value.isAlias == true)
    }

    @Test func `an anchor is reported and reading goes on`() {
        let (document, faults) = read("a: &x b\nc: &y {d: e}\n")
        #expect(outline(document?.root) == "{'a': 'b', 'c': {'d': 'e'}}")
        #expect(
            faults == [
                "1:4 yaml-anchor: an anchor is not allowed: `&x`"
                    + " | if it is a name that starts with `&`, write it with quotes",
                "2:4 yaml-anchor: an anchor is not allowed: `&y`"
                    + " | if it is a name that starts with `&`, write it with quotes",
            ]
        )
    }

    static let tagHint =
        "every value is text; if it is a name that starts with `!`, write it with quotes"

    @Test func `a tag is reported and reading goes on`() {
        let (document, faults) = read("a: !!str b\nc: !own [d]\ne: ! f\n")
        #expect(outline(document?.root) == "{'a': 'b', 'c': ['d'], 'e': 'f'}")
        #expect(
            faults == [
                "1:4 yaml-tag: a tag is not allowed: `!!str` | \(Self.tagHint)",
                "2:4 yaml-tag: a tag is not allowed: `!own` | \(Self.tagHint)",
                "3:4 yaml-tag: a tag is not allowed: `!` | \(Self.tagHint)",
            ]
        )
    }

    @Test func `a tag that YAML itself refuses is a tag all the same`() {
        let hint = "if it is a name that starts with `!`, write it with quotes"
        #expect(read("a: !x!y z\n").1 == ["1:4 yaml-tag: a tag is not allowed: `!x!y` | \(hint)"])
        #expect(read("a: !<x y\n").1 == ["1:4 yaml-tag: a tag is not allowed: `!<x` | \(hint)"])
    }

    @Test(arguments: ["%YAML 1.1\n---\na: b\n", "# c\n\n%YAML 1.2 # d\n\n# e\n--- \na: b\n"])
    func `the version directives of YAML are allowed`(text: String) {
        let (document, faults) = read(text)
        #expect(faults == [])
        #expect(outline(document?.root) == "{'a': 'b'}")
    }

    @Test func `other directives are reported and reading goes on`() {
        let only = "is not allowed: only `%YAML 1.1` and `%YAML 1.2` are"
        let (document, faults) = read(
            "%YAML 1.2\n%TAG !e! tag:x\n%YAML 1.3\n%YAML 1.1\n%own thing\n---\na: b\na: c\n"
        )
        #expect(outline(document?.root) == "{'a': 'b'}")
        #expect(
            faults == [
                "2:1 yaml-directive: the directive `%TAG !e! tag:x` \(only)",
                "3:1 yaml-directive: the directive `%YAML 1.3` \(only)",
                "4:1 yaml-directive: the directive `%YAML 1.1` is repeated",
                "5:1 yaml-directive: the directive `%own thing` \(only)"
                    + " | a value that starts with `%`: write it with quotes",
                "8:1 duplicate-key: the key `a` is repeated; the first one is at 7:1",
            ]
        )
    }

    @Test func `a directive needs the line that ends it`() {
        #expect(
            read("%YAML 1.2\na: b\n").1 == [
                "1:1 yaml-syntax: after a directive the document must start with a line `---`"
            ]
        )
    }

    @Test func `a directive within the document is reported`() {
        #expect(
            read("a: b\n%foo: c\n").1 == [
                "2:1 yaml-directive: the directive `%foo:` is not allowed"
                    + " | if it is a name that starts with `%`, write it with quotes"
            ]
        )
    }

    @Test func `many tag directives are refused before they cost anything`() {
        let text = "a\n...\n" + String(repeating: "%TAG !e! tag:x\n", count: 65) + "---\nb\n"
        let (document, faults) = read(text)
        #expect(document == nil)
        #expect(faults == ["67:1 yaml-directive: more than 64 lines start with `%TAG`"])
    }

    static let second =
        "second-document: a second document starts here, and a file holds one"
        + " | a line `---` separates documents"

    @Test func `a second document is reported, read and left out`() {
        let (document, faults) = read("a: b\n---\nc: &x d\n--- e\n")
        #expect(outline(document?.root) == "{'a': 'b'}")
        #expect(
            faults == [
                "2:1 \(Self.second)",
                "3:4 yaml-anchor: an anchor is not allowed: `&x`"
                    + " | if it is a name that starts with `&`, write it with quotes",
                "4:1 \(Self.second)",
            ]
        )
    }

    @Test func `a second document after an end is one as well`() {
        #expect(
            read("a: b\n...\nc: d\n").1 == [
                "3:1 second-document: the document has ended before this, and a file holds one"
            ]
        )
        #expect(
            read("a: b\n...\n%YAML 1.2\n---\nc: d\n").1 == [
                "3:1 \(Self.second)", "3:1 yaml-directive: directives are not allowed here",
            ]
        )
    }

    @Test func `the marks around one document are allowed`() {
        let (document, faults) = read("---\na: b\n...\n")
        #expect(faults == [])
        #expect(outline(document?.root) == "{'a': 'b'}")
    }

    @Test func `a repeated key is reported at each repetition and left out`() {
        let (document, faults) = read("a: 1\n\"a\": 2\n'b': 3\nb: 4\n\"\\x61\": 5\n")
        #expect(outline(document?.root) == "{'a': '1', 'b': '3'}")
        #expect(
            faults == [
                "2:1 duplicate-key: the key `a` is repeated; the first one is at 1:1",
                "4:1 duplicate-key: the key `b` is repeated; the first one is at 3:1",
                "5:1 duplicate-key: the key `a` is repeated; the first one is at 1:1",
            ]
        )
    }

    @Test func `repeated keys are found in large mappings`() {
        var text = (1...5000).map { "key\($0): v\n" }.joined()
        text += "key77: w\nkey5000: w\nother: w\n"
        let (document, faults) = read(text)
        #expect(document?.root?.entries.count == 5001)
        #expect(
            faults == [
                "5001:1 duplicate-key: the key `key77` is repeated; the first one is at 77:1",
                "5002:1 duplicate-key: the key `key5000` is repeated; the first one is at 5000:1",
            ]
        )
    }

    @Test func `keys of different mappings may be the same`() {
        #expect(read("a: {a: {a: b}}\nb: [{a: 1}, {a: 2}]\n").1 == [])
    }

    @Test func `a merge key is an ordinary key`() {
        let (document, faults) = read("<<: {a: b}\n")
        #expect(faults == [])
        #expect(outline(document?.root) == "{'<<': {'a': 'b'}}")
    }

    @Test func `a key must be a single value with a name`() {
        let hint = " | a value that starts with `{` or `[`: write it with quotes"
        let (document, faults) = read("[a]: b\n{c: d}: e\n?\n: f\n\"\": g\nh: {{i}}\n")
        #expect(outline(document?.root) == "{'': 'g', 'h': {}}")
        #expect(
            faults == [
                "1:1 complex-key: a key must be a single value, not a list\(hint)",
                "2:1 complex-key: a key must be a single value, not a mapping\(hint)",
                "3:2 empty-key: a key has no name",
                "6:5 complex-key: a key must be a single value, not a mapping\(hint)",
            ]
        )
        #expect(read("a:\n  : b\n").1 == ["2:3 empty-key: a key has no name"])
    }

    @Test func `messages show control characters and long keys harmlessly`() {
        let long = String(repeating: "k", count: 100)
        let text = "\"\\e[1m\\n\": a\n\"\\e[1m\\n\": b\n\(long): c\n\(long): d\n"
        let shown = String(repeating: "k", count: 60)
        #expect(
            read(text).1 == [
                "2:1 duplicate-key: the key `\\u{1b}[1m\\u{a}` is repeated; the first one is at 1:1",
                "4:1 duplicate-key: the key `\(shown)…` is repeated; the first one is at 3:1",
            ]
        )
    }
}
