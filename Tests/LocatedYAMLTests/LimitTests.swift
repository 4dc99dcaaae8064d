import LocatedYAML
import Testing

/// Enormous and hostile documents, in sizes that a debug build reads quickly.
@Suite struct LimitTests {
    @Test(arguments: ["[", "- ", "a: {", "? ", "{a: ["])
    func `too deep nesting ends reading at once`(piece: String) {
        let faults = read(String(repeating: piece, count: 100_000)).1
        #expect(faults.last?.contains("too-deep: the document is nested more than 64 deep") == true)
    }

    @Test func `sixty-four levels are fine, and one more is not`() {
        func nested(_ depth: Int) -> String {
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        #expect(read(nested(64)).1 == [])
        let (document, faults) = read(nested(65))
        #expect(faults == ["1:65 too-deep: the document is nested more than 64 deep"])
        #expect(document?.root?.kind == .sequence)
        #expect(read("- " + nested(63) + "\n- " + nested(63)).1 == [])
    }

    @Test func `too many nodes end reading, and what was found is kept`() {
        var limits = YAMLLimits()
        limits.nodes = 5
        #expect(read("[a, b, c, d]", limits).1 == [])
        let (document, faults) = read("[a, b, c, d, e, f]", limits)
        #expect(faults == ["1:14 too-many-nodes: the document has more than 5 nodes"])
        #expect(outline(document?.root) == "['a', 'b', 'c', 'd']")
        #expect(YAMLLimits().nodes == 8_000_000)
    }

    @Test func `of many faults of a kind the first are reported and the rest counted`() {
        let text = (1...300).map { "a\($0): &x b\n" }.joined() + "c: *x\n"
        let faults = read(text).1
        #expect(faults.count == 102)
        #expect(faults[100] == "101:7 yaml-anchor: and 200 more like this")
        #expect(faults[101].hasPrefix("301:4 yaml-alias: "))
    }

    @Test func `after very many faults reading ends`() {
        let faults = read(String(repeating: "- &x b\n", count: 11_000)).1
        #expect(faults.count == 102)
        #expect(faults.last == "10000:3 too-many-faults: reading ends here, after 10000 faults")
        let documents = read(String(repeating: "---\n", count: 11_000)).1
        #expect(documents.count == 102)
    }

    @Test func `a mapping of nothing but one key costs little`() {
        let faults = read(String(repeating: "a: \n", count: 11_000)).1
        #expect(faults.count == 102)
        #expect(faults[100] == "102:1 duplicate-key: and 9900 more like this")
        #expect(faults[101].contains("too-many-faults"))
    }

    @Test func `nothing is expanded`() {
        var text = "a: &a [x, x]\n"
        for level in 1...30 { text += "b\(level): &b\(level) [*a, *a, *a, *a, *a, *a, *a]\n" }
        let (document, faults) = read(text)
        #expect(document?.root?.entries.count == 31)
        #expect(faults.contains { $0.contains("yaml-alias: and 110 more like this") })
    }

    @Test func `endless blanks, lines and values are read`() {
        let long = 50_000
        let blanks = String(repeating: " ", count: long)
        let letters = String(repeating: "x", count: long)
        #expect(read(blanks).1 == [])
        #expect(read(String(repeating: "\n", count: long)).1 == [])
        #expect(read("a:" + blanks + "b").0?.root?.entries.first?.value.text == "b")
        #expect(read("a: " + letters).0?.root?.entries.first?.value.bytes.count == long)
        #expect(read("a: \"" + letters + "\"").0?.root?.entries.first?.value.bytes.count == long)
        #expect(read("#" + letters).0?.root == nil)
    }

    @Test func `a place at the end of an endless line is found`() {
        let long = String(repeating: "ä", count: 30_000)
        #expect(read("a: [\(long), *]").1.first?.hasPrefix("1:30007 yaml-syntax") == true)
    }
}
