/// Text as a YAML scalar: plain where that is safe, else in double quotes.
enum YAMLText {
    static func scalar(_ text: String) -> String {
        if isPlain(text) { return text }
        var quoted = "\""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" {
                quoted += "\\\(scalar)"
            } else if isShown(scalar) {
                quoted.unicodeScalars.append(scalar)
            } else {
                quoted += escape(scalar)
            }
        }
        return quoted + "\""
    }

    /// One scalar, or a list of several.
    static func list(_ texts: some Collection<String>) -> String {
        if texts.count == 1, let text = texts.first { return scalar(text) }
        return "[" + texts.map(scalar).joined(separator: ", ") + "]"
    }

    private static func isPlain(_ text: String) -> Bool {
        guard let first = text.utf8.first, first != UInt8(ascii: "-") else { return false }
        return text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                true
            default: "._/-".utf8.contains(byte)
            }
        }
    }

    /// Whether a character is seen as itself: what breaks lines, joins or hides is escaped.
    private static func isShown(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate,
            .unassigned:
            false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    private static func escape(_ scalar: Unicode.Scalar) -> String {
        let digits = String(scalar.value, radix: 16, uppercase: true)
        let width = scalar.value > 0xFFFF ? 8 : 4
        let zeros = String(repeating: "0", count: width - digits.count)
        return (width == 8 ? "\\U" : "\\u") + zeros + digits
    }
}
