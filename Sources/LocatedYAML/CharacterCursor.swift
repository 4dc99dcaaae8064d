/// Turns libyaml's character counts into byte offsets.
///
/// Marks mostly grow, so the cursor walks on from where it was, and back for the few that do not.
/// In a text of ASCII alone the two counts are the same.
struct CharacterCursor {
    private let base: Int
    let isASCII: Bool
    private var character = 0
    private var byte: Int

    /// Starts with character 0 at the byte offset `base`.
    init(base: Int, isASCII: Bool) {
        self.base = base
        self.isASCII = isASCII
        byte = base
    }

    /// The byte offset of `wanted`, or the end of `bytes` for a character past it.
    mutating func offset(of wanted: Int, in bytes: [UInt8]) -> Int {
        if isASCII { return min(base + wanted, bytes.count) }
        while character < wanted, byte < bytes.count {
            byte += Self.length(bytes[byte])
            character += 1
        }
        while character > wanted, byte > base {
            byte -= 1
            if !bytes[byte].continuesCharacter { character -= 1 }
        }
        return byte
    }

    private static func length(_ lead: UInt8) -> Int {
        switch lead {
        case 0..<0xC0: 1
        case 0xC0..<0xE0: 2
        case 0xE0..<0xF0: 3
        default: 4
        }
    }
}
