import Diagnostics

/// A CMake template made readable as YAML, with every line and column where it was.
///
/// Macros alone on their lines are blanked out and listed. The `@` signs of macros inside values,
/// which YAML does not accept at the start of a value, are replaced by one character that the
/// document does not use; ``resolve(_:defines:)`` finds the macros again in the values read.
struct Template {
    /// What the YAML reader gets.
    private(set) var bytes: [UInt8] = []
    /// The macros that stand alone on their lines, in order.
    private(set) var macros: [TemplateMacro] = []
    /// Stands for the `@` of a macro inside a value; nil where the document has none, or uses up
    /// all the characters that could stand for it.
    let marker: Unicode.Scalar?

    private let file: String

    /// Scans `source`, which need be neither UTF-8 nor YAML: the YAML reader judges that.
    init(_ source: [UInt8], file: String) {
        self.file = file
        guard source.contains(where: { $0 == atSign || $0 == dollar }) else {
            marker = nil
            bytes = source
            return
        }
        marker = Self.freeMarker(in: source)
        bytes.reserveCapacity(source.count)
        let markerBytes = marker.map { Array(String($0).utf8) } ?? [atSign]
        var number = 0
        var start = 0
        while start < source.count {
            number += 1
            let end = Self.lineEnd(in: source, from: start)
            copy(source[start..<end], number: number, marker: markerBytes)
            start = end
        }
    }

    /// Undoes the marking, in messages that quote the document.
    func unmarked(_ diagnostic: Diagnostic) -> Diagnostic {
        guard let marker else { return diagnostic }
        // A quotation may be cut short, so that markers need not come in pairs here.
        func unmarked(_ text: String) -> String {
            var scalars = String.UnicodeScalarView()
            scalars.append(contentsOf: text.unicodeScalars.map { $0 == marker ? "@" : $0 })
            return String(scalars)
        }
        return Diagnostic(
            diagnostic.id,
            diagnostic.severity,
            at: diagnostic.place,
            unmarked(diagnostic.message),
            hint: diagnostic.hint.map(unmarked)
        )
    }

    private mutating func copy(_ line: ArraySlice<UInt8>, number: Int, marker: [UInt8]) {
        let pieces = Self.piecesAlone(in: line)
        guard pieces.isEmpty else {
            bytes += line
            for piece in pieces {
                let offset = bytes.count - line.count + (piece.lowerBound - line.startIndex)
                for index in offset..<offset + piece.count { bytes[index] = space }
                let text = String(decoding: line[piece], as: UTF8.self)
                let column = piece.lowerBound - line.startIndex + 1
                let place = SourceLocation(file: file, line: number, column: column)
                macros.append(TemplateMacro(text, at: place))
            }
            return
        }
        var index = line.startIndex
        while index < line.endIndex {
            if let end = Self.macroEnd(in: line, from: index) {
                bytes += marker
                bytes += line[index + 1..<end - 1]
                bytes += marker
                index = end
            } else {
                bytes.append(line[index])
                index += 1
            }
        }
    }
}

extension Template {
    /// The end of the line that begins at `start`, after its line break.
    private static func lineEnd(in source: [UInt8], from start: Int) -> Int {
        guard
            let end = source[start...].firstIndex(where: { $0 == lineFeed || $0 == carriageReturn })
        else { return source.count }
        let isPair =
            source[end] == carriageReturn && end + 1 < source.count
            && source[end + 1] == lineFeed
        return end + (isPair ? 2 : 1)
    }

    /// The macros of a line on which nothing else stands, save a comment after them.
    private static func piecesAlone(in line: ArraySlice<UInt8>) -> [Range<Int>] {
        var pieces: [Range<Int>] = []
        var index = line.startIndex
        var afterBlank = true
        while index < line.endIndex {
            let byte = line[index]
            if isBlank(byte) {
                afterBlank = true
                index += 1
            } else if byte == numberSign, afterBlank {
                return pieces
            } else if let end = macroEnd(in: line, from: index)
                ?? referenceEnd(in: line, from: index)
                ?? expressionEnd(in: line, from: index)
            {
                pieces.append(index..<end)
                afterBlank = false
                index = end
            } else {
                return []
            }
        }
        return pieces
    }

    /// The end of the `@NAME@` that begins at `start`; CMake says what may be in a name.
    private static func macroEnd(in line: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard line[start] == atSign else { return nil }
        var end = start + 1
        while end < line.endIndex, isNameByte(line[end]) { end += 1 }
        guard end > start + 1, end < line.endIndex, line[end] == atSign else { return nil }
        return end + 1
    }

    /// The end of the `${NAME}` that begins at `start`.
    static func referenceEnd(in line: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard line[start...].starts(with: [dollar, leftBrace]) else { return nil }
        var end = start + 2
        while end < line.endIndex, isNameByte(line[end]) { end += 1 }
        guard end > start + 2, end < line.endIndex, line[end] == rightBrace else { return nil }
        return end + 1
    }

    /// The end of the `$<…>` that begins at `start`; expressions nest.
    static func expressionEnd(in line: ArraySlice<UInt8>, from start: Int) -> Int? {
        guard line[start...].starts(with: [dollar, lessThan]) else { return nil }
        var open = 0
        for index in start..<line.endIndex {
            if line[index...].starts(with: [dollar, lessThan]) { open += 1 }
            guard line[index] == greaterThan else { continue }
            open -= 1
            if open == 0 { return index + 1 }
        }
        return nil
    }

    /// A private-use character, U+E000–U+E03F, that `source` does not contain.
    private static func freeMarker(in source: [UInt8]) -> Unicode.Scalar? {
        var used: UInt64 = 0
        var (beforeLast, last): (UInt8, UInt8) = (0, 0)
        for byte in source {
            if beforeLast == 0xEE, last == 0x80, byte & 0xC0 == 0x80 { used |= 1 << (byte & 0x3F) }
            (beforeLast, last) = (last, byte)
        }
        let first = (~used).trailingZeroBitCount
        return first < 64 ? Unicode.Scalar(0xE000 + UInt32(first)) : nil
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."),
            UInt8(ascii: "/"), UInt8(ascii: "+"), UInt8(ascii: "-"):
            true
        default:
            false
        }
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == space || byte == UInt8(ascii: "\t") || byte == lineFeed || byte == carriageReturn
    }
}

private let atSign = UInt8(ascii: "@")
private let dollar = UInt8(ascii: "$")
private let leftBrace = UInt8(ascii: "{")
private let rightBrace = UInt8(ascii: "}")
private let lessThan = UInt8(ascii: "<")
private let greaterThan = UInt8(ascii: ">")
private let numberSign = UInt8(ascii: "#")
private let space = UInt8(ascii: " ")
private let lineFeed = UInt8(ascii: "\n")
private let carriageReturn = UInt8(ascii: "\r")
