import JSONText
import Testing

@Suite struct JSONWriterTests {
    @Test func `commas stand between members and elements and nowhere else`() {
        var json = JSONWriter()
        json.beginObject()
        json.key("a")
        json.value(1)
        json.key("b" as String)
        json.beginArray()
        json.value(true)
        json.value(false)
        json.null()
        json.beginObject()
        json.endObject()
        json.endArray()
        json.key("c")
        json.value("x")
        json.endObject()
        json.newline()
        json.beginArray()
        json.endArray()
        #expect(json.text == #"{"a":1,"b":[true,false,null,{}],"c":"x"}"# + "\n[]")
    }

    @Test(
        arguments: [
            ("plain", "plain"), ("", ""), ("é🦆", "é🦆"), ("a\"b", #"a\"b"#), (#"a\b"#, #"a\\b"#),
            ("a/b", "a/b"), ("\n\r\t", #"\n\r\t"#), ("\u{0}\u{1F}", #"\u0000\u001f"#),
            ("\u{7F}\u{85}", "\u{7F}\u{85}"),
            (
                "a long text whose quote comes only at its end \"",
                #"a long text whose quote comes only at its end \""#
            ),
        ]
    )
    func `a string escapes what JSON demands and nothing else`(text: String, written: String) {
        var json = JSONWriter()
        json.beginArray()
        json.value(text)
        json.value(utf8: Array(text.utf8))
        json.endArray()
        #expect(json.text == "[\"\(written)\",\"\(written)\"]")
    }

    @Test func `every integer is written in decimal`() {
        var json = JSONWriter()
        json.beginArray()
        for number: Int64 in [0, 9, 10, -1, .min, .max] { json.value(number) }
        json.value(UInt64.max)
        json.value(UInt8.max)
        json.endArray()
        #expect(
            json.text
                == "[0,9,10,-1,-9223372036854775808,9223372036854775807,18446744073709551615,255]"
        )
    }

    @Test func `a number of fixed width has zeros in front and loses what does not fit`() {
        var bytes: [UInt8] = []
        bytes.appendDecimal(7, width: 3)
        bytes.appendDecimal(0, width: 1)
        bytes.appendDecimal(123_456, width: 4)
        bytes.appendHexadecimal(0xA0)
        #expect(String(decoding: bytes, as: UTF8.self) == "00703456a0")
    }

    @Test func `what is written reads back as the same text`() throws {
        let scalars = (0...0x2FF).compactMap(Unicode.Scalar.init)
        var text = String(String.UnicodeScalarView(scalars))
        text.append("\u{FFFF}\u{10000}\u{10FFFF}")
        var json = JSONWriter()
        json.value(text)
        #expect(try JSONValue(parsing: json.bytes) == .string(Array(text.utf8)))
    }

    @Test func `after a reset nothing of before is left`() {
        var json = JSONWriter()
        json.beginArray()
        json.value(1)
        json.reset()
        json.value(2)
        #expect(json.text == "2")
    }
}
