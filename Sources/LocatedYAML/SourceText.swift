import Diagnostics
import Synchronization

/// The bytes of one document, and the places in them.
///
/// libyaml's own lines and columns are of no use here: it takes NEL, U+2028 and U+2029 for line
/// breaks, editors do not. So everything is kept as byte offsets, and a place is worked out when
/// somebody asks for it.
final class SourceText: Sendable {
    let file: String
    let bytes: [UInt8]
    /// Where the text begins: after a byte order mark, which is no column.
    let start: Int

    /// Made when the first place is asked for; most documents have no fault.
    private let lines = Mutex<LineIndex?>(nil)

    init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
        start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    }

    /// The place of the byte at `offset`; offsets past the end give the end.
    func place(at offset: Int) -> SourceLocation {
        let position = lines.withLock { lines in
            let index = lines ?? LineIndex(bytes, from: start)
            lines = index
            return index.position(at: offset, in: bytes)
        }
        return SourceLocation(file: file, line: position.line, column: position.column)
    }
}
