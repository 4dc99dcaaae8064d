import JSONText
import Testing

@Suite struct JSONParserTests {
    @Test func `every kind of value is read as it was written`() throws {
        let text =
            #" { "a" : [ null , true , false , -1.50e+2 ] , "b" : { } , "c" : [ ] , "" : "x" } "#
        let value = try JSONValue(parsing: Array(text.utf8))
        #expect(
            value
                == .object([
                    JSONMember(
                        name: Array("a".utf8),
                        value: .array([.null, .bool(true), .bool(false), .number("-1.50e+2")])
                    ),
                    JSONMember(name: Array("b".utf8), value: .object([])),
                    JSONMember(name: Array("c".utf8), value: .array([])),
                    JSONMember(name: [], value: .string(Array("x".utf8))),
                ])
        )
        #expect(value["c"]?.elements == [])
        #expect(value[""]?.text == "x")
        #expect(value["d"] == nil)
    }

    @Test(
        arguments: [
            (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u0041\u00e9\u20AC""#, "Aé€"),
            (#""\ud83e\udd86""#, "🦆"), (#""\u0000""#, "\u{0}"), ("\"é🦆\"", "é🦆"),
        ]
    )
    func `every escape is resolved`(written: String, text: String) throws {
        #expect(try JSONValue(parsing: Array(written.utf8)) == .string(Array(text.utf8)))
    }

    @Test(
        arguments: [
            ("0", 0, 0), ("9223372036854775807", .max, 9_223_372_036_854_775_807),
            ("-7", -7, nil), ("9223372036854775808", nil, 9_223_372_036_854_775_808),
            ("18446744073709551616", nil, nil), ("1.0", nil, nil), ("1e3", nil, nil),
            ("true", nil, nil), ("\"1\"", nil, nil),
        ] as [(String, Int64?, UInt64?)]
    )
    func `only what is written as a whole number that fits is an integer`(
        written: String,
        integer: Int64?,
        unsigned: UInt64?
    ) throws {
        let value = try JSONValue(parsing: Array(written.utf8))
        #expect(value.integer == integer)
        #expect(value.unsignedInteger == unsigned)
    }

    @Test(
        arguments: [
            ("", 0, "the text ends where a value is expected"),
            ("  ", 2, "the text ends where a value is expected"),
            ("tru", 0, "a value is expected"), ("nul", 0, "a value is expected"),
            ("True", 0, "a value is expected"), ("NaN", 0, "a value is expected"),
            ("'a'", 0, "a value is expected"), ("\u{FEFF}1", 0, "a value is expected"),
            ("+1", 0, "a value is expected"), (".5", 0, "a value is expected"),
            ("1 2", 2, "something follows the value"), ("01", 1, "something follows the value"),
            ("truex", 4, "something follows the value"),
            ("1\u{0}", 1, "something follows the value"),
            ("-", 1, "a digit is expected"), ("1.", 2, "a digit is expected"),
            ("1e", 2, "a digit is expected"), ("1e+", 3, "a digit is expected"),
            ("[1", 2, "a comma or `]` is expected"), ("[1 2]", 3, "a comma or `]` is expected"),
            ("[1,]", 3, "a value is expected"), ("[,1]", 1, "a value is expected"),
            ("[1}", 2, "a comma or `]` is expected"),
            ("{", 1, "a name in quotes is expected"), ("{a:1}", 1, "a name in quotes is expected"),
            (#"{"a"}"#, 4, "a colon is expected"), (#"{"a":}"#, 5, "a value is expected"),
            (#"{"a":1,}"#, 7, "a name in quotes is expected"),
            (#"{"a":1"#, 6, "a comma or `}` is expected"),
            (#"{"a":1,"\u0061":2}"#, 7, "a second member `a`"),
            ("\"a", 0, "the string does not end"), ("\"a\\", 2, "the string does not end"),
            ("\"\n\"", 1, "a control character must be escaped"),
            (#""\x""#, 1, "an unknown escape"),
            (#""\u12g4""#, 5, "four hexadecimal digits are expected"),
            (#""\u12"#, 5, "four hexadecimal digits are expected"),
            (#""\ud83e""#, 1, "half a surrogate pair"), (#""\udd86""#, 1, "half a surrogate pair"),
            (#""\ud83e\ud83e""#, 1, "half a surrogate pair"),
            (#""\ud83e\n""#, 1, "half a surrogate pair"),
            (#""\ud83e\u0041""#, 1, "half a surrogate pair"),
        ]
    )
    func `a text that is no JSON is refused with the place`(
        text: String,
        offset: Int,
        message: String
    ) {
        let fault = #expect(throws: JSONFault.self) { try JSONValue(parsing: Array(text.utf8)) }
        #expect(fault?.offset == offset)
        #expect(fault?.message == message)
    }

    @Test(
        arguments: [
            ([0x22, 0xFF, 0x22], 1), ([0x22, 0xC0, 0x80, 0x22], 1),
            ([0x22, 0xED, 0xA0, 0x80, 0x22], 1),
            ([0x22, 0xE2, 0x82], 1), ([0x80], 0),
        ] as [([UInt8], Int)]
    )
    func `bytes that are no UTF-8 are refused with the place`(bytes: [UInt8], offset: Int) {
        let fault = #expect(throws: JSONFault.self) { try JSONValue(parsing: bytes) }
        #expect(fault?.offset == offset)
        #expect(fault?.message == "the text is not valid UTF-8")
    }

    @Test func `names that differ only in normalisation are two members`() throws {
        let text = "{\"\u{E9}\":1,\"e\u{301}\":2}"
        #expect(try JSONValue(parsing: Array(text.utf8)).members?.count == 2)
    }

    @Test func `values nest 64 deep and not deeper`() throws {
        let deep = String(repeating: "[", count: 64) + String(repeating: "]", count: 64)
        #expect(throws: Never.self) { try JSONValue(parsing: Array(deep.utf8)) }
        let fault = #expect(throws: JSONFault.self) {
            try JSONValue(parsing: Array("[\(deep)]".utf8))
        }
        #expect(fault?.offset == 64)
        // What was closed no longer counts.
        let wide = "[" + String(repeating: "[],{},", count: 100) + "0]"
        #expect(throws: Never.self) { try JSONValue(parsing: Array(wide.utf8)) }
    }

    @Test func `a text that is too large is refused unread`() {
        let bytes = [UInt8](repeating: UInt8(ascii: " "), count: JSONLimits.bytes + 1)
        #expect(throws: JSONFault.self) { try JSONValue(parsing: bytes) }
    }

    @Test func `offsets count from the start of a slice`() {
        let bytes = Array("xxx[1,]".utf8)
        let fault = #expect(throws: JSONFault.self) { try JSONValue(parsing: bytes[3...]) }
        #expect(fault?.offset == 3)
        #expect(fault?.description == "a value is expected at byte 3")
    }

    @Test func `no prefix of a text and no text with one byte changed crashes the reader`() {
        let text = Array(#"{"a":[1,-2.5e3,"x\n\u00e9\ud83e\udd86",true,null],"b":{"c":{}}}"#.utf8)
        for length in 0..<text.count {
            #expect(throws: JSONFault.self) { try JSONValue(parsing: text[..<length]) }
        }
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = byte
                _ = try? JSONValue(parsing: changed)
            }
        }
    }
}
