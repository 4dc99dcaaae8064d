import Diagnostics
import LocatedYAML
import Testing

@Suite struct MappingReaderTests {
    /// Runs `body` with a reader of `text`, which must be a mapping, and returns what is reported.
    private func reading(
        _ text: String,
        _ body: (inout MappingReader, inout [Diagnostic]) throws -> Void
    ) throws -> [String] {
        let (document, faults) = read(text)
        #expect(faults == [])
        var diagnostics: [Diagnostic] = []
        let root = try #require(document?.root)
        var reader = try #require(MappingReader(root, "a rule", &diagnostics))
        try body(&reader, &diagnostics)
        return diagnostics.map(brief)
    }

    @Test func `keys that nobody asked for are unknown`() throws {
        let found = try reading("id: a\nendpont: b\nzzzzzz: c\n\"\\e\": d\n") {
            reader,
            diagnostics in
            #expect(reader.text("id", &diagnostics) == "a")
            #expect(reader.optional("endpoint") == nil)
            reader.finish(&diagnostics)
        }
        #expect(
            found == [
                "2:1 unknown-key: a rule has no key `endpont` | did you mean `endpoint`?",
                "3:1 unknown-key: a rule has no key `zzzzzz` | known keys: `endpoint`, `id`",
                "4:1 unknown-key: a rule has no key `\\u{1b}` | known keys: `endpoint`, `id`",
            ]
        )
    }

    @Test func `unknown keys can be warnings`() throws {
        let found = try reading("a: b\n") { $0.finish(&$1, severity: .warning) }
        #expect(found == ["1:1 warning unknown-key: a rule has no key `a`"])
    }

    @Test func `of many unknown keys the first are reported and the rest counted`() throws {
        let text = (1...50).map { "k\($0): v\n" }.joined()
        let found = try reading(text) { reader, diagnostics in
            _ = reader.optional("k1")
            reader.finish(&diagnostics)
        }
        #expect(found.count == 21)
        #expect(found.last == "22:1 unknown-key: and 29 more like this")
    }

    @Test func `a key that is needed and missing is reported at the mapping`() throws {
        let found = try reading("\n  a: b\n") { reader, diagnostics in
            #expect(reader.required("a", &diagnostics)?.text == "b")
            #expect(reader.required("id", &diagnostics) == nil)
        }
        #expect(found == ["2:3 missing-key: a rule needs the key `id`"])
    }

    @Test func `a value of the wrong kind is reported where it stands`() throws {
        let text = "a: [b]\nc: {d: e}\nf:\ng: ''\nh: i\n"
        let found = try reading(text) { reader, diagnostics in
            #expect(reader.text("a", &diagnostics) == nil)
            #expect(reader.items("c", &diagnostics) == nil)
            #expect(reader.text("f", &diagnostics) == nil)
            #expect(reader.items("f", &diagnostics) == nil)
            #expect(reader.text("g", &diagnostics) == "")
            #expect(reader.mapping("h", &diagnostics) == nil)
            #expect(reader.mapping("missing", &diagnostics) == nil)
            reader.finish(&diagnostics)
        }
        #expect(
            found == [
                "1:4 wrong-type: `a` is a list, not a single value",
                "2:4 wrong-type: `c` is a mapping, not a list",
                "3:3 empty-value: `f` has no value",
                "3:3 empty-value: `f` has no value",
                "5:4 wrong-type: `h` is a single value, not a mapping",
            ]
        )
    }

    @Test func `one value may stand in place of a list`() throws {
        let text = "a: b\nc: [d, e]\nf: []\ng:\nh: {i: j}\nk: ''\n"
        let found = try reading(text) { reader, diagnostics in
            #expect(reader.list("a", &diagnostics)?.map(\.text) == ["b"])
            #expect(reader.list("c", &diagnostics)?.map(\.text) == ["d", "e"])
            #expect(reader.list("f", &diagnostics)?.map(\.text) == [])
            #expect(reader.list("g", &diagnostics) == nil)
            #expect(reader.list("h", &diagnostics) == nil)
            #expect(reader.list("k", &diagnostics)?.map(\.text) == [""])
            #expect(reader.list("missing", &diagnostics) == nil)
        }
        #expect(
            found == [
                "4:3 empty-value: `g` has no value",
                "5:4 wrong-type: `h` is a mapping, not a single value or a list",
            ]
        )
    }

    @Test func `a mapping within a mapping is read by the same rules`() throws {
        let found = try reading("a: {name: c, d: e}\n") { reader, diagnostics in
            var inner = try #require(reader.mapping("a", &diagnostics))
            #expect(inner.text("name", &diagnostics) == "c")
            inner.finish(&diagnostics)
        }
        #expect(found == ["1:14 unknown-key: `a` has no key `d` | known keys: `name`"])
    }

    @Test func `what is no mapping has no reader`() throws {
        var diagnostics: [Diagnostic] = []
        for text in ["[a]", "a", "---\n"] {
            let node = try #require(read(text).0?.root)
            #expect(MappingReader(node, "a rule", &diagnostics) == nil)
        }
        #expect(
            diagnostics.map(brief) == [
                "1:1 wrong-type: a rule is a list, not a mapping",
                "1:1 wrong-type: a rule is a single value, not a mapping",
                "2:1 empty-value: a rule has no value",
            ]
        )
    }

    @Test func `where an alias stood nothing more is reported`() throws {
        let (document, _) = read("a: *x\nb: [*y]\n")
        var diagnostics: [Diagnostic] = []
        let root = try #require(document?.root)
        var reader = try #require(MappingReader(root, "a rule", &diagnostics))
        #expect(reader.text("a", &diagnostics) == nil)
        #expect(reader.items("a", &diagnostics) == nil)
        #expect(reader.mapping("a", &diagnostics) == nil)
        #expect(reader.list("a", &diagnostics) == nil)
        #expect(reader.items("b", &diagnostics)?.count == 1)
        reader.finish(&diagnostics)
        #expect(diagnostics == [])
    }

    @Test func `large mappings give each key its own value`() throws {
        let text = (0..<3000).map { "\"k\\u00e4\($0)\": v\($0)\n" }.joined()
        let found = try reading(text) { reader, diagnostics in
            for number in 0..<3000 {
                #expect(reader.text("kä\(number)", &diagnostics) == "v\(number)")
            }
            #expect(reader.optional("kä3000") == nil)
            reader.finish(&diagnostics)
        }
        #expect(found == [])
    }

    @Test func `text is compared byte for byte`() throws {
        let node = try #require(read("\u{E9}").0?.root)
        #expect(node.isText("\u{E9}"))
        #expect(!node.isText("e\u{301}"))
        #expect(!node.isText(""))
    }
}
