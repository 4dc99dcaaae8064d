import LocatedYAML
import Testing

@Suite struct TextCheckTests {
    @Test func `a document over the limit is refused with the limit`() {
        var limits = YAMLLimits()
        limits.bytes = 5
        #expect(read("a: bc", limits).1 == [])
        let (document, faults) = read("a: bcd", limits)
        #expect(document == nil)
        #expect(faults == ["1:1 document-too-large: the document is larger than 5 bytes"])
        #expect(YAMLLimits().bytes == 64 << 20)
        limits.bytes = 1 << 20
        #expect(
            read(String(repeating: " ", count: 1 << 20 + 1), limits).1 == [
                "1:1 document-too-large: the document is larger than 1 MiB"
            ]
        )
    }

    @Test(arguments: [
        ([0xFF, 0xFE, 0x61, 0] as [UInt8], "UTF-16"), ([0xFE, 0xFF, 0, 0x61], "UTF-16"),
        ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"), ([0, 0, 0xFE, 0xFF], "UTF-32"),
    ])
    func `wide encodings are named`(bytes: [UInt8], name: String) {
        let (document, faults) = read(bytes: bytes)
        #expect(document == nil)
        #expect(faults == ["1:1 not-utf8: the document is \(name) | save it as UTF-8"])
    }

    @Test func `a zero byte ends all reading`() {
        let (document, faults) = read(bytes: Array("a: b\nc\0\0".utf8))
        #expect(document == nil)
        #expect(
            faults == [
                "2:2 not-utf8: a zero byte: the document is no text, or not UTF-8 | save it as UTF-8"
            ]
        )
    }

    static let hint = "is not valid UTF-8 here | save the document as UTF-8"

    @Test func `invalid UTF-8 is located, once for each broken character`() {
        let latin = Array("a: caf".utf8) + [0xE9] + Array("\nü: ".utf8) + [0xED, 0xA0, 0x80, 0xC0]
        let (document, faults) = read(bytes: latin)
        #expect(document == nil)
        #expect(
            faults == [
                "1:7 not-utf8: the byte 0xE9 \(Self.hint)",
                "2:4 not-utf8: the byte 0xED \(Self.hint)",
                "2:5 not-utf8: the byte 0xC0 \(Self.hint)",
            ]
        )
    }

    @Test func `control characters are located and named`() {
        let (document, faults) = read("a\u{7}: \u{7F}\r\n\t\u{85}ä\u{9F}\n\"\u{FEFF}\u{FFFE}\"\n")
        #expect(document == nil)
        #expect(
            faults == [
                "1:2 control-character: the control character U+0007 is not allowed in a document",
                "1:5 control-character: the control character U+007F is not allowed in a document",
                "2:2 control-character: the control character U+0085 is not allowed in a document",
                "2:4 control-character: the control character U+009F is not allowed in a document",
                "3:2 control-character: the character U+FEFF is not allowed in a document",
                "3:3 control-character: the character U+FFFE is not allowed in a document",
            ]
        )
    }

    @Test func `of many bad characters the first are reported and the rest counted`() {
        let faults = read(String(repeating: "\u{1}", count: 100)).1
        #expect(faults.count == 21)
        #expect(faults.last == "1:21 control-character: and 80 more like this")
        let invalid = read(bytes: Array(repeating: 0xFF, count: 50_000)).1
        #expect(invalid.count == 21)
        #expect(invalid.last == "1:21 not-utf8: and 9980 more like this")
    }

    @Test func `line breaks that editors do not show are warned of`() {
        let (document, faults) = read("# see below\u{2028}a: b\nc: \"\u{2029}\"\n")
        #expect(document?.root?.entries.map { $0.key.text } == ["a", "c"])
        #expect(
            faults == [
                "1:12 warning hidden-line-break: U+2028 ends a line for YAML, but not for editors"
                    + " | in double quotes it can be written `\\u2028`",
                "2:5 warning hidden-line-break: U+2029 ends a line for YAML, but not for editors"
                    + " | in double quotes it can be written `\\u2029`",
            ]
        )
    }

    @Test func `warnings never end the reading`() {
        let text = "# " + String(repeating: "\u{2028}# ", count: 10_100) + "\na: b\n"
        let (document, faults) = read(text)
        #expect(outline(document?.root) == "{'a': 'b'}")
        #expect(faults.count == 21)
        #expect(
            faults.last?.hasSuffix(" warning hidden-line-break: and 9980 more like this") == true
        )
    }

    @Test func `ordinary characters of all planes are fine`() {
        let (document, faults) = read("ключ: 値\t🛰 \u{A0}\u{FFFD}é\n")
        #expect(faults == [])
        #expect(outline(document?.root) == "{'ключ': '値\t🛰 \u{A0}\u{FFFD}é'}")
    }
}
