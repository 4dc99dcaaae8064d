/// Why bytes are no JSON text that we take.
package struct JSONFault: Error, Hashable, Sendable, CustomStringConvertible {
    /// The byte, counted from 0, at which it shows.
    package let offset: Int
    /// What is wrong, lowercase and without a full stop.
    package let message: String

    package var description: String { "\(message) at byte \(offset)" }
}

/// The limits of the JSON reader: what it reads comes from outside.
package enum JSONLimits {
    /// How deep arrays and objects may nest.
    package static let depth = 64
    /// The largest text in bytes; a value takes about 20 times as much memory at worst.
    package static let bytes = 16 << 20
}

extension JSONValue {
    /// Reads one JSON text as RFC 8259 has it, strictly.
    ///
    /// Refused are also things that other readers forgive and understand differently: two members of
    /// one name, invalid UTF-8, half a surrogate pair, a byte order mark, anything after the value.
    ///
    /// - Throws: the first fault.
    package init(parsing bytes: [UInt8]) throws(JSONFault) {
        try self.init(parsing: bytes[...])
    }

    /// Reads one JSON text; offsets of faults count from the start of the slice.
    ///
    /// - Throws: the first fault.
    package init(parsing bytes: ArraySlice<UInt8>) throws(JSONFault) {
        guard bytes.count <= JSONLimits.bytes else {
            throw JSONFault(
                offset: JSONLimits.bytes,
                message: "the text is larger than 16 MiB"
            )
        }
        if let offset = firstInvalidUTF8(in: bytes.span) {
            throw JSONFault(offset: offset, message: "the text is not valid UTF-8")
        }
        var parser = JSONParser(bytes)
        self = try parser.readText()
    }
}

private func firstInvalidUTF8(in bytes: Span<UInt8>) -> Int? {
    do {
        _ = try UTF8Span(validating: bytes)
        return nil
    } catch {
        return error.byteOffsets.lowerBound
    }
}

/// Reads valid UTF-8 as JSON by recursive descent; the depth is bounded.
private struct JSONParser {
    private let bytes: ArraySlice<UInt8>
    private var position: Int
    private var depth = 0

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        position = bytes.startIndex
    }

    mutating func readText() throws(JSONFault) -> JSONValue {
        skipSpace()
        let value = try readValue()
        skipSpace()
        if position < bytes.endIndex { throw fault("something follows the value") }
        return value
    }

    private mutating func readValue() throws(JSONFault) -> JSONValue {
        guard let byte = next else { throw fault("the text ends where a value is expected") }
        switch byte {
        case UInt8(ascii: "{"): return .object(try readObject())
        case UInt8(ascii: "["): return .array(try readArray())
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"):
            return .number(try readNumber())
        case UInt8(ascii: "t"): return try read("true", as: .bool(true))
        case UInt8(ascii: "f"): return try read("false", as: .bool(false))
        case UInt8(ascii: "n"): return try read("null", as: .null)
        default: throw fault("a value is expected")
        }
    }

    private mutating func readObject() throws(JSONFault) -> [JSONMember] {
        var members: [JSONMember] = []
        var names: Set<[UInt8]> = []
        try open()
        if take(UInt8(ascii: "}")) {
            depth -= 1
            return members
        }
        repeat {
            skipSpace()
            let start = position
            guard next == UInt8(ascii: "\"") else { throw fault("a name in quotes is expected") }
            let name = try readString()
            guard names.insert(name).inserted else {
                throw fault(
                    "a second member `\(String(decoding: name, as: UTF8.self))`",
                    at: start
                )
            }
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw fault("a colon is expected") }
            skipSpace()
            members.append(JSONMember(name: name, value: try readValue()))
            skipSpace()
        } while take(UInt8(ascii: ","))
        try close(UInt8(ascii: "}"), "a comma or `}` is expected")
        return members
    }

    private mutating func readArray() throws(JSONFault) -> [JSONValue] {
        var elements: [JSONValue] = []
        try open()
        if take(UInt8(ascii: "]")) {
            depth -= 1
            return elements
        }
        repeat {
            skipSpace()
            elements.append(try readValue())
            skipSpace()
        } while take(UInt8(ascii: ","))
        try close(UInt8(ascii: "]"), "a comma or `]` is expected")
        return elements
    }

    private mutating func open() throws(JSONFault) {
        guard depth < JSONLimits.depth else {
            throw fault("values nest deeper than \(JSONLimits.depth)")
        }
        depth += 1
        position += 1
        skipSpace()
    }

    private mutating func close(_ bracket: UInt8, _ message: String) throws(JSONFault) {
        guard take(bracket) else { throw fault(message) }
        depth -= 1
    }

    private mutating func readNumber() throws(JSONFault) -> String {
        let start = position
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) { try skipDigits() }
        if take(UInt8(ascii: ".")) { try skipDigits() }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            try skipDigits()
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func skipDigits() throws(JSONFault) {
        guard isDigit(next) else { throw fault("a digit is expected") }
        while isDigit(next) { position += 1 }
    }

    private mutating func read(
        _ word: String,
        as value: JSONValue
    ) throws(JSONFault) -> JSONValue {
        guard bytes[position...].starts(with: word.utf8) else {
            throw fault("a value is expected")
        }
        position += word.utf8.count
        return value
    }
}

extension JSONParser {
    private mutating func readString() throws(JSONFault) -> [UInt8] {
        let start = position
        position += 1
        var text: [UInt8] = []
        while let byte = next {
            switch byte {
            case UInt8(ascii: "\""):
                position += 1
                return text
            case UInt8(ascii: "\\"):
                try readEscape(into: &text)
            case 0..<0x20:
                throw fault("a control character must be escaped")
            default:
                text.append(byte)
                position += 1
            }
        }
        throw fault("the string does not end", at: start)
    }

    private mutating func readEscape(into text: inout [UInt8]) throws(JSONFault) {
        let start = position
        position += 1
        guard let letter = next else { throw fault("the string does not end", at: start) }
        position += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(letter)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"): text.append(contentsOf: try readScalar(start: start))
        default: throw fault("an unknown escape", at: start)
        }
    }

    /// Reads what follows `\u`; two escapes where the first is the first half of a surrogate pair.
    private mutating func readScalar(start: Int) throws(JSONFault) -> Unicode.UTF8.EncodedScalar {
        var value = try readFourDigits()
        if (0xD800..<0xDC00).contains(value), take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) {
            let low = try readFourDigits()
            // A second half that is none leaves no scalar value, and the guard below says so.
            value =
                (0xDC00..<0xE000).contains(low)
                ? 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00) : value
        }
        guard let scalar = Unicode.Scalar(value), let encoded = Unicode.UTF8.encode(scalar) else {
            throw fault("half a surrogate pair", at: start)
        }
        return encoded
    }

    private mutating func readFourDigits() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = next, let digit = hexadecimalValue(byte) else {
                throw fault("four hexadecimal digits are expected")
            }
            value = value << 4 | digit
            position += 1
        }
        return value
    }

    private var next: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D {
            position += 1
        }
    }

    private func isDigit(_ byte: UInt8?) -> Bool {
        guard let byte else { return false }
        return (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private func fault(_ message: String, at place: Int? = nil) -> JSONFault {
        JSONFault(offset: (place ?? position) - bytes.startIndex, message: message)
    }
}

private func hexadecimalValue(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a") + 10)
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A") + 10)
    default: nil
    }
}
