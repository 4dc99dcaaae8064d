/// Finds line and column of a byte offset, as editors count them.
///
/// Lines end at LF, CRLF and CR; columns count code points from 1. The position is noted at every
/// 256th byte only, so that neither a document of line breaks nor one endless line makes a big
/// table or a slow search.
struct LineIndex: Sendable {
    struct Position {
        var line: Int
        var column: Int
    }

    private struct Checkpoint {
        var line: Int32
        var column: Int32
    }

    private static let spacing = 256

    private let start: Int
    private var checkpoints: [Checkpoint] = []

    /// Counts through `bytes`, of which the text is what follows `start`.
    init(_ bytes: [UInt8], from start: Int) {
        self.start = start
        checkpoints.reserveCapacity((bytes.count - start) / Self.spacing + 1)
        var position = Position(line: 1, column: 1)
        var offset = start
        while true {
            checkpoints.append(
                Checkpoint(line: Int32(position.line), column: Int32(position.column))
            )
            let end = offset + Self.spacing
            guard end <= bytes.count else { return }
            Self.advance(&position, over: offset..<end, of: bytes)
            offset = end
        }
    }

    func position(at offset: Int, in bytes: [UInt8]) -> Position {
        let offset = min(max(offset, start), bytes.count)
        let nearest = (offset - start) / Self.spacing
        let checkpoint = checkpoints[nearest]
        var position = Position(line: Int(checkpoint.line), column: Int(checkpoint.column))
        Self.advance(&position, over: (start + nearest * Self.spacing)..<offset, of: bytes)
        return position
    }

    private static func advance(
        _ position: inout Position,
        over range: Range<Int>,
        of bytes: [UInt8]
    ) {
        for offset in range {
            let byte = bytes[offset]
            if byte == .lineFeed || (byte == .carriageReturn && !isLineFeed(offset + 1, bytes)) {
                position.line += 1
                position.column = 1
            } else if !byte.continuesCharacter {
                position.column += 1
            }
        }
    }

    private static func isLineFeed(_ offset: Int, _ bytes: [UInt8]) -> Bool {
        offset < bytes.count && bytes[offset] == .lineFeed
    }
}

extension UInt8 {
    static let lineFeed = UInt8(ascii: "\n")
    static let carriageReturn = UInt8(ascii: "\r")
    static let tab = UInt8(ascii: "\t")
    static let space = UInt8(ascii: " ")

    /// Whether this byte of UTF-8 is not the first of its character.
    var continuesCharacter: Bool { self & 0xC0 == 0x80 }
    var isLineBreak: Bool { self == .lineFeed || self == .carriageReturn }
    var isBlank: Bool { self == .space || self == .tab }
}
