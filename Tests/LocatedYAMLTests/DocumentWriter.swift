/// A small random number generator whose whole state is its seed.
struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    mutating func below(_ limit: Int) -> Int { Int(next() % UInt64(limit)) }
}

/// Line and column of a byte, counted the slow and obvious way.
func naivePlace(of offset: Int, in bytes: [UInt8]) -> (line: Int, column: Int) {
    var text = String(decoding: bytes[..<offset], as: UTF8.self).unicodeScalars.map(\.value)
    if text.first == 0xFEFF { text.removeFirst() }
    let endsInCarriageReturn = text.last == 13
    let isWithinBreak = endsInCarriageReturn && offset < bytes.count && bytes[offset] == 10
    var (line, column) = (1, 1)
    for (index, scalar) in text.enumerated() {
        let isBreak =
            scalar == 10
            || (scalar == 13
                && !(index + 1 < text.count
                    ? text[index + 1] == 10 : isWithinBreak))
        if isBreak {
            line += 1
            column = 1
        } else {
            column += 1
        }
    }
    return (line, column)
}

/// Writes a random document and, independently of the reader, what reading it must give.
struct DocumentWriter {
    private(set) var text = ""
    private(set) var outline = ""

    private var random: SplitMix64
    private let lineBreak: String

    init(seed: UInt64) {
        random = SplitMix64(state: seed)
        lineBreak = ["\n", "\r\n", "\r"][random.below(3)]
        if random.below(4) == 0 { text = "\u{FEFF}" }
    }

    mutating func write() {
        if random.below(3) == 0 { text += "# комментарий 🛰" + lineBreak }
        if random.below(3) == 0 { text += "%YAML 1.2" + lineBreak + "---" + lineBreak }
        outline = block(indentation: 0, depth: 0)
        if random.below(4) == 0 { text += "..." + lineBreak }
    }

    private var place: String {
        let bytes = Array(text.utf8)
        let place = naivePlace(of: bytes.count, in: bytes)
        return "@\(place.line):\(place.column)"
    }

    /// A block collection that starts at the beginning of a line.
    private mutating func block(indentation: Int, depth: Int) -> String {
        let isMapping = random.below(2) == 0
        let blanks = String(repeating: " ", count: indentation)
        var parts: [String] = []
        var start = ""
        for number in 0..<(1 + random.below(4)) {
            if random.below(6) == 0 { text += blanks + "# —" + lineBreak + lineBreak }
            text += blanks
            if number == 0 { start = place }
            if isMapping {
                let key = scalar(unique: number)
                text += ":"
                parts.append(key + ": " + value(indentation: indentation, depth: depth))
            } else {
                text += "-"
                parts.append(value(indentation: indentation, depth: depth))
            }
        }
        let joined = parts.joined(separator: ", ")
        return (isMapping ? "{\(joined)}" : "[\(joined)]") + start
    }

    /// What follows `key:` or `-`, up to the end of its last line.
    private mutating func value(indentation: Int, depth: Int) -> String {
        switch random.below(depth < 4 ? 6 : 4) {
        case 0:
            let result = "empty" + place
            text += lineBreak
            return result
        case 1:
            text += " "
            let result = flow(depth: depth)
            text += lineBreak
            return result
        case 2: return blockText(indentation: indentation)
        case 3:
            text += " "
            let result = scalar()
            text += random.below(3) == 0 ? "  # é" + lineBreak : lineBreak
            return result
        default:
            text += lineBreak
            return block(indentation: indentation + 1 + random.below(3), depth: depth + 1)
        }
    }

    private mutating func blockText(indentation: Int) -> String {
        text += " "
        let start = place
        let isFolded = random.below(2) == 0
        text += (isFolded ? ">-" : "|") + lineBreak
        let blanks = String(repeating: " ", count: indentation + 2)
        text += blanks + "one ö" + lineBreak + blanks + "two" + lineBreak
        return (isFolded ? "'one ö two'" : "'one ö\ntwo\n'") + start
    }

    private mutating func flow(depth: Int) -> String {
        let start = place
        let isMapping = random.below(2) == 0
        text += isMapping ? "{" : "["
        var parts: [String] = []
        for number in 0..<random.below(4) {
            if number > 0 { text += random.below(2) == 0 ? ", " : " ,  " }
            let key = isMapping ? scalar(unique: number) + ": " : ""
            if isMapping { text += ": " }
            let nested = depth < 4 && random.below(4) == 0
            parts.append(key + (nested ? flow(depth: depth + 1) : scalar()))
        }
        text += isMapping ? "}" : "]"
        let joined = parts.joined(separator: ", ")
        return (isMapping ? "{\(joined)}" : "[\(joined)]") + start
    }

    /// A scalar on one line, in any style; with a number in it where it must be unique.
    private mutating func scalar(unique number: Int? = nil) -> String {
        let words = [
            "tl.Lights", "no", "1.0", "~", "é🛰", "a b", "kl.core.Core", "ключ", "<<", "x#y",
        ]
        let value = words[random.below(words.count)] + (number.map { "\($0)" } ?? "")
        let start = place
        switch random.below(4) {
        case 0:
            text += "'" + value + "''s'"
            return "'\(value)'s'" + start
        case 1:
            text += "\"" + value + "\\t\\u00e9\""
            return "'\(value)\t\u{E9}'" + start
        case 2:
            text += "\"" + value + "\""
            return "'\(value)'" + start
        default:
            text += value
            return "'\(value)'" + start
        }
    }
}
