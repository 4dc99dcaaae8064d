import LocatedYAML
import Testing

@Suite struct TreeTests {
    @Test func `every scalar is text`() {
        let (document, faults) = read("a: [no, 1.0, ~, null, 0x10, '', \"q\"]\nb:\n")
        #expect(faults == [])
        #expect(
            outline(document?.root)
                == "{'a': ['no', '1.0', '~', 'null', '0x10', '', 'q'], 'b': empty}"
        )
    }

    @Test func `escapes, folds and block texts are resolved`() {
        let (document, faults) = read(
            "- 'it''s'\n- \"a\\tb\\u00e4\"\n- one\n  two\n- |\n  x\n  y\n- >-\n  x\n  y\n"
        )
        #expect(faults == [])
        #expect(outline(document?.root) == "['it's', 'a\tbä', 'one two', 'x\ny\n', 'x y']")
    }

    @Test func `places are where editors show them`() {
        let (document, faults) = read("\u{FEFF}a: ä\r\nö: [é, 'x']\rb: {c: d}\n")
        #expect(faults == [])
        #expect(
            outline(document?.root, places: true)
                == "{'a'@1:1: 'ä'@1:4, 'ö'@2:1: ['é'@2:5, 'x'@2:8]@2:4, "
                + "'b'@3:1: {'c'@3:5: 'd'@3:8}@3:4}@1:1"
        )
    }
}
