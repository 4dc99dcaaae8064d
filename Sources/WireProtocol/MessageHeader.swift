/// The header of a message on an IPC channel, between two processes and past the broker.
///
/// | bytes | field |
/// |---|---|
/// | 0–3 | id, which a reply repeats |
/// | 4–7 | kind |
/// | 8–11 | RIID; of a failure, the retcode |
/// | 12–15 | method |
/// | 16–19, 20–23 | sizes of the constant part and of the arena, which follow |
package struct MessageHeader: Sendable {
    package enum Kind: UInt32, Sendable {
        case request = 1
        case reply = 2
        /// In place of a reply.
        case failure = 3
        /// Wakes a server that waits; without contents, from the broker.
        case kick = 4
    }

    package var kind: Kind
    package var id: UInt32 = 0
    package var riid: UInt32 = 0
    package var method: UInt32 = 0
    package var constantSize: UInt32 = 0
    package var arenaSize: UInt32 = 0

    package init(_ kind: Kind) { self.kind = kind }

    /// Reads the header of a message of `size` bytes; nil unless it is well formed.
    package init?(reading header: RawSpan, messageSize size: Int) {
        guard header.byteCount >= WireFormat.messageHeaderSize,
            let kind = Kind(rawValue: header.word(at: 4))
        else { return nil }
        self.kind = kind
        id = header.word(at: 0)
        riid = header.word(at: 8)
        method = header.word(at: 12)
        constantSize = header.word(at: 16)
        arenaSize = header.word(at: 20)
        let contents = UInt64(constantSize) + UInt64(arenaSize)
        guard contents <= UInt64(WireFormat.maximumMessageSize),
            UInt64(size) == contents + UInt64(WireFormat.messageHeaderSize)
        else { return nil }
    }

    /// Writes the header to the start of `header`, which has room for it.
    package func write(to header: inout MutableRawSpan) {
        header.setWord(id, at: 0)
        header.setWord(kind.rawValue, at: 4)
        header.setWord(riid, at: 8)
        header.setWord(method, at: 12)
        header.setWord(constantSize, at: 16)
        header.setWord(arenaSize, at: 20)
    }
}
