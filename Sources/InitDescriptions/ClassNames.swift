import SecurityEvents

extension ClassName {
    /// The part after the last dot: the name of the EDL file, and by default of the executable.
    var shortName: String {
        let start = bytes.lastIndex(of: dot).map { $0 + 1 } ?? 0
        return String(decoding: bytes[start...], as: UTF8.self)
    }

    /// Why this cannot be the name of a class, as a clause; nil where it can.
    ///
    /// A class is called like its EDL file: parts between dots, of which the last starts with an
    /// uppercase letter and has no underscore. Every public formal specification keeps to that.
    var syntaxFault: String? {
        let parts = bytes.split(separator: dot, omittingEmptySubsequences: false)
        if parts.contains(where: \.isEmpty) { return "a part of it is empty" }
        guard bytes.allSatisfy({ $0 == dot || isLetter($0) || isDigit($0) || $0 == underscore })
        else { return "only letters, digits, underscores and dots can stand in it" }
        guard let last = parts.last, let first = last.first else { return nil }
        guard isUppercase(first) else {
            return "its last part does not start with an uppercase letter"
        }
        return last.contains(underscore) ? "its last part has an underscore" : nil
    }
}

private let dot = UInt8(ascii: ".")
private let underscore = UInt8(ascii: "_")

private func isUppercase(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
}

private func isLetter(_ byte: UInt8) -> Bool { isUppercase(byte & ~0x20) }

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
