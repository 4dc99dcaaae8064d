/// The path of a document as a URI reference (RFC 3986).
///
/// A relative path stays relative, to the folder in which the program ran; an absolute one becomes
/// a `file:` URI. `<stdin>` has no path and is written like a relative one.
enum FileURI {
    static func reference(to path: String) -> String {
        var bytes = path.hasPrefix("/") ? Array("file://".utf8) : []
        for byte in path.utf8 {
            if isPlain(byte) {
                bytes.append(byte)
            } else {
                bytes.append(UInt8(ascii: "%"))
                bytes.append(hexadecimalDigit(byte >> 4))
                bytes.append(hexadecimalDigit(byte & 15))
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// What needs no escape anywhere in a path.
    ///
    /// A colon is not among them: in the first part of a relative reference it would end a scheme.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~/".utf8.contains(byte)
        }
    }

    private static func hexadecimalDigit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "A") + value - 10
    }
}
