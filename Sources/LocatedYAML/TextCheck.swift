import Diagnostics

/// What must hold of the bytes before libyaml sees them.
///
/// libyaml gives wrong encodings and control characters no line, and reads UTF-16, which nobody
/// means here. What it would accept and editors show differently is refused or warned of as well.
struct TextCheck {
    /// Whether bytes and characters count the same.
    private(set) var isASCII = true

    private let source: SourceText
    private var hasPercentSigns = false
    private var hiddenBreaks = 0

    /// Checks the text of `source`; nil, with faults, where it must not be read.
    init?(_ source: SourceText, limit: Int, _ faults: inout FaultCollector) {
        self.source = source
        guard source.bytes.count <= limit else {
            let size = Excerpt.size(limit)
            faults.add("document-too-large", at: 0, "the document is larger than \(size)")
            return nil
        }
        guard !isWideEncoding(&faults) else { return nil }
        if hasUnusualBytes() {
            let pieces = unusualPieces()
            guard !hasZero(in: pieces, &faults) else { return nil }
            findInvalidSequences(&faults)
            for piece in pieces where !faults.isUnbearable {
                findUnusualCharacters(in: piece, &faults)
            }
        }
        if hasPercentSigns { findManyDirectives(&faults) }
        if faults.hasErrors { return nil }
    }

    private func isWideEncoding(_ faults: inout FaultCollector) -> Bool {
        let bytes = source.bytes
        let name: String
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            name = "UTF-32"
        } else if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            name = "UTF-16"
        } else {
            return false
        }
        faults.add("not-utf8", at: 0, "the document is \(name)", hint: "save it as UTF-8")
        return true
    }

    /// One pass without branches, which the compiler makes wide; nearly all documents need no more.
    private mutating func hasUnusualBytes() -> Bool {
        var unusual: UInt8 = 0
        var percent: UInt8 = 0
        var union: UInt8 = 0
        for byte in source.bytes {
            var mark: UInt8 = byte &- 0x20 < 0x5F ? 0 : 1
            mark &= byte == .lineFeed ? 0 : 1
            mark &= byte == .carriageReturn ? 0 : 1
            mark &= byte == .tab ? 0 : 1
            unusual |= mark
            percent |= byte == UInt8(ascii: "%") ? 1 : 0
            union |= byte
        }
        isASCII = union < 0x80
        hasPercentSigns = percent != 0
        return unusual != 0
    }

    private func hasZero(in pieces: [Range<Int>], _ faults: inout FaultCollector) -> Bool {
        let zeros = pieces.lazy.compactMap { source.bytes[$0].firstIndex(of: 0) }
        guard let offset = zeros.first else { return false }
        faults.add(
            "not-utf8",
            at: offset,
            "a zero byte: the document is no text, or not UTF-8",
            hint: "save it as UTF-8"
        )
        return true
    }

    private func findInvalidSequences(_ faults: inout FaultCollector) {
        let bytes = source.bytes
        var offset = 0
        while offset < bytes.count, !faults.isUnbearable {
            let rest = bytes.span.extracting(offset..<bytes.count)
            do throws(UTF8.ValidationError) {
                _ = try UTF8Span(validating: rest)
                return
            } catch {
                offset += error.byteOffsets.lowerBound
            }
            let byte = String(bytes[offset], radix: 16, uppercase: true)
            faults.add(
                "not-utf8",
                at: offset,
                shown: FaultCollector.shownCharacters,
                "the byte 0x\(byte) is not valid UTF-8 here",
                hint: "save the document as UTF-8"
            )
            // The rest of a broken character is no fault of its own.
            repeat { offset += 1 } while offset < bytes.count && bytes[offset].continuesCharacter
        }
    }

    /// The parts of the text that need a closer look.
    private func unusualPieces() -> [Range<Int>] {
        let size = 1024
        return stride(from: source.start, to: source.bytes.count, by: size)
            .map { $0..<min($0 + size, source.bytes.count) }
            .filter(mayHaveUnusualCharacters)
    }

    /// Another pass without branches: most characters of most alphabets are fine.
    private func mayHaveUnusualCharacters(_ piece: Range<Int>) -> Bool {
        var found: UInt8 = 0
        for byte in source.bytes[piece] {
            var mark: UInt8 = byte &- 0x20 < 0x5F ? 0 : 1
            mark &= byte == .lineFeed ? 0 : 1
            mark &= byte == .carriageReturn ? 0 : 1
            mark &= byte == .tab ? 0 : 1
            // Only characters that start with 0xC2, 0xE2 or 0xEF can be unusual.
            mark &= byte &- 0x80 < 0x42 ? 0 : 1
            mark &= byte &- 0xC3 < 0x1F ? 0 : 1
            mark &= byte &- 0xE3 < 0x0C ? 0 : 1
            mark &= byte < 0xF0 ? 1 : 0
            found |= mark
        }
        return found != 0
    }

    private mutating func findUnusualCharacters(
        in piece: Range<Int>,
        _ faults: inout FaultCollector
    ) {
        let bytes = source.bytes
        func at(_ offset: Int) -> UInt32 { offset < bytes.count ? UInt32(bytes[offset]) : 0 }
        for offset in piece {
            switch bytes[offset] {
            case .tab, .lineFeed, .carriageReturn: break
            case 0..<0x20, 0x7F:
                refuse(at(offset), at: offset, &faults)
            case 0xC2 where (0x80..<0xA0).contains(at(offset + 1)):
                refuse(at(offset + 1), at: offset, &faults)
            case 0xE2 where at(offset + 1) == 0x80 && (0xA8...0xA9).contains(at(offset + 2)):
                hiddenBreaks += 1
                guard hiddenBreaks <= FaultCollector.bearable else { break }
                warnOfLineBreak(0x2000 + at(offset + 2) - 0x80, at: offset, &faults)
            case 0xEF where at(offset + 1) == 0xBB && at(offset + 2) == 0xBF:
                refuse(0xFEFF, at: offset, &faults)
            case 0xEF where at(offset + 1) == 0xBF && (0xBE...0xBF).contains(at(offset + 2)):
                refuse(0xFFC0 + at(offset + 2) - 0x80, at: offset, &faults)
            default: break
            }
        }
    }

    private func refuse(_ codePoint: UInt32, at offset: Int, _ faults: inout FaultCollector) {
        let kind = codePoint < 0xA0 ? "control character" : "character"
        faults.add(
            "control-character",
            at: offset,
            shown: FaultCollector.shownCharacters,
            "the \(kind) \(Self.name(codePoint)) is not allowed in a document"
        )
    }

    /// A comment that ends at such a character goes on for every editor: what follows it is read,
    /// and hidden from whoever reviews the document.
    private func warnOfLineBreak(
        _ codePoint: UInt32,
        at offset: Int,
        _ faults: inout FaultCollector
    ) {
        let name = Self.name(codePoint)
        faults.add(
            "hidden-line-break",
            .warning,
            at: offset,
            shown: FaultCollector.shownCharacters,
            "\(name) ends a line for YAML, but not for editors",
            hint: "in double quotes it can be written `\\u\(name.dropFirst(2))`"
        )
    }

    private static func name(_ codePoint: UInt32) -> String {
        let digits = String(codePoint, radix: 16, uppercase: true)
        return "U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    private static let directives = 64

    /// libyaml compares each tag directive with all before it.
    private func findManyDirectives(_ faults: inout FaultCollector) {
        let bytes = source.bytes
        let tag = Array("%TAG".utf8)
        // The last bytes of what libyaml takes for line breaks: LF, CR, U+2028, U+2029.
        let breaks: [UInt8] = [.lineFeed, .carriageReturn, 0xA8, 0xA9]
        var count = 0
        for offset in source.start..<bytes.count where bytes[offset] == tag[0] {
            guard offset == source.start || breaks.contains(bytes[offset - 1]) else { continue }
            guard bytes[offset...].starts(with: tag) else { continue }
            count += 1
            guard count > Self.directives else { continue }
            faults.add(
                "yaml-directive",
                at: offset,
                "more than \(Self.directives) lines start with `%TAG`"
            )
            return
        }
    }
}
