/// What JSON texts are made of, appended to a byte buffer.
///
/// Writers of whole lines in a hot path use these directly; everything else uses ``JSONWriter``.
extension [UInt8] {
    /// Appends `text`, which is valid UTF-8, as it stands between the quotes of a JSON string.
    ///
    /// Only what JSON demands is escaped, so that names stay readable and searchable.
    package mutating func appendJSONContent(_ text: [UInt8]) {
        if needsJSONEscapes(text.span) {
            for byte in text { appendJSONEscaped(byte) }
        } else {
            append(contentsOf: text)
        }
    }

    /// Appends `text` as it stands between the quotes of a JSON string.
    package mutating func appendJSONContent(_ text: String) {
        let utf8 = text.utf8
        if needsJSONEscapes(utf8.span) {
            for byte in utf8 { appendJSONEscaped(byte) }
        } else {
            append(contentsOf: utf8)
        }
    }

    /// Appends text of the source code, such as punctuation and keys, as it is.
    package mutating func append(_ literal: StaticString) {
        literal.withUTF8Buffer { unsafe append(contentsOf: $0) }
    }

    /// Appends `number` in decimal.
    package mutating func appendDecimal(_ number: UInt64) {
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var first = digits.count
        var rest = number
        repeat {
            first -= 1
            digits[first] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        } while rest > 0
        append(addingCapacity: digits.count - first) { output in
            for index in first..<digits.count { output.append(digits[index]) }
        }
    }

    /// Appends the last `width` digits of `number`, with zeros in front.
    package mutating func appendDecimal(_ number: UInt64, width: Int) {
        precondition((1...20).contains(width), "a 64-bit number has at most 20 digits")
        var digits = InlineArray<20, UInt8>(repeating: UInt8(ascii: "0"))
        var rest = number
        for index in stride(from: width - 1, through: 0, by: -1) {
            digits[index] += UInt8(truncatingIfNeeded: rest % 10)
            rest /= 10
        }
        append(addingCapacity: width) { output in
            for index in 0..<width { output.append(digits[index]) }
        }
    }

    /// Appends `byte` in hexadecimal, two lowercase digits.
    package mutating func appendHexadecimal(_ byte: UInt8) {
        append(hexadecimalDigit(byte >> 4))
        append(hexadecimalDigit(byte & 15))
    }

    private mutating func appendJSONEscaped(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""): append(#"\""#)
        case UInt8(ascii: "\\"): append(#"\\"#)
        case UInt8(ascii: "\n"): append(#"\n"#)
        case UInt8(ascii: "\t"): append(#"\t"#)
        case UInt8(ascii: "\r"): append(#"\r"#)
        case 0..<0x20:
            append(#"\u00"#)
            appendHexadecimal(byte)
        default: append(byte)
        }
    }
}

/// Whether a JSON string must escape any byte of `text`.
///
/// All bytes are looked at, without a branch: the compiler makes vector code of it.
private func needsJSONEscapes(_ text: Span<UInt8>) -> Bool {
    var found: UInt8 = 0
    for index in text.indices {
        let byte = text[index]
        found |= byte < 0x20 ? 1 : 0
        found |= byte == UInt8(ascii: "\"") ? 1 : 0
        found |= byte == UInt8(ascii: "\\") ? 1 : 0
    }
    return found != 0
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
