/// Pieces of a document for messages: short, in backticks, and harmless to a terminal.
package enum Excerpt {
    /// `bytes` in backticks; control characters as `\u{7}`, and `…` for what is too long.
    package static func quoted(_ bytes: some Sequence<UInt8>, longest: Int = 60) -> String {
        // A character has at most four bytes; one more character tells whether the text goes on.
        let text = String(decoding: Array(bytes.prefix((longest + 1) * 4)), as: UTF8.self)
        var result = "`"
        for (count, scalar) in text.unicodeScalars.enumerated() {
            guard count < longest else {
                result += "…"
                break
            }
            if scalar.properties.generalCategory == .control {
                result += "\\u{\(String(scalar.value, radix: 16))}"
            } else {
                result.unicodeScalars.append(scalar)
            }
        }
        return result + "`"
    }

    /// The word that starts at `offset`, in backticks: up to a blank, a break or a flow indicator.
    static func word(at offset: Int, in bytes: [UInt8]) -> String {
        quoted(
            bytes[min(offset, bytes.count)...]
                .prefix { !$0.isBlank && !$0.isLineBreak && !Array(",[]{}".utf8).contains($0) }
        )
    }

    /// A size as people say it: `64 MiB`, otherwise the bytes.
    static func size(_ bytes: Int) -> String {
        let mebibyte = 1 << 20
        return bytes > 0 && bytes % mebibyte == 0 ? "\(bytes / mebibyte) MiB" : "\(bytes) bytes"
    }
}
