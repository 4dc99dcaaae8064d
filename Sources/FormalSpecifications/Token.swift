/// A word, a sign or a string of a specification, and where it begins.
struct Token {
    enum Kind: Equatable {
        /// Letters, digits, underscores, dots, and whatever is not ASCII: names, keywords, numbers.
        case word
        case string
        case sign(UInt8)
        case end
    }

    let kind: Kind
    let range: Range<Int>
    /// Both count from 1, columns in code points.
    let line: Int
    let column: Int
    /// Whether nothing but blanks and comments stands before it on its line.
    let startsLine: Bool
}

extension Token {
    func isSign(_ sign: Unicode.Scalar) -> Bool { kind == .sign(UInt8(ascii: sign)) }

    /// The sign that closes what this one opens.
    var partner: UInt8? {
        switch kind {
        case .sign(UInt8(ascii: "{")): UInt8(ascii: "}")
        case .sign(UInt8(ascii: "(")): UInt8(ascii: ")")
        case .sign(UInt8(ascii: "[")): UInt8(ascii: "]")
        default: nil
        }
    }
}
