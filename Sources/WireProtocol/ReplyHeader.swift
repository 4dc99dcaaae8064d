/// The header of a reply frame: what the broker tells a process.
///
/// | bytes | field |
/// |---|---|
/// | 0 | version |
/// | 1 | kind |
/// | 2–3 | flags |
/// | 4–7 | call |
/// | 8–11 | retcode |
/// | 12–15 | handle |
/// | 16–19 | number |
/// | 20–23 | lengths of two names |
///
/// | answer to | names | handle | number | descriptor |
/// |---|---|---|---|---|
/// | welcome | process, class | – | lanes at most | the first lane |
/// | nsCreate | – | connection | – | – |
/// | enumerate | server, endpoint | – | – | – |
/// | connect | – | client IPC handle | RIID | the client's end |
/// | listen | client, endpoint | – | requests in the queue | – |
/// | accept | – | server IPC handle | – | the server's end |
/// | createListener | – | listener | – | – |
/// | serviceLocatorConnect | – | client IPC handle | – | the client's end, the first time |
/// | serviceLocatorRegister | – | listener | – | one server's end a frame, `more` but in the last |
/// | openLane | – | – | – | the lane |
/// | all others | – | – | – | – |
package struct ReplyHeader: Sendable {
    package enum Kind: UInt8, Sendable {
        /// The first frame on the identity socket, there before the process is.
        case welcome = 1
        case reply = 2
    }

    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt16

        package init(rawValue: UInt16) { self.rawValue = rawValue }

        /// A descriptor goes with the frame; where none arrives, the process has none left.
        package static let descriptor = Flags(rawValue: 1)
        /// More frames of the same answer follow.
        package static let more = Flags(rawValue: 2)

        package static let all: Flags = [.descriptor, .more]
    }

    package var kind: Kind
    package var flags: Flags = []
    package var call: UInt32 = 0
    package var retcode: Int32 = 0
    package var handle: UInt32 = 0
    package var number: UInt32 = 0
    /// The lengths of the names in bytes.
    package var lengths: (UInt16, UInt16) = (0, 0)

    package init(_ kind: Kind) { self.kind = kind }
}

extension ReplyHeader {
    /// How many bytes the frame has, header included.
    package var frameSize: Int {
        WireFormat.replyHeaderSize + Int(lengths.0) + Int(lengths.1)
    }

    /// Where in the frame the first name stands.
    package var firstName: Range<Int> {
        WireFormat.replyHeaderSize..<WireFormat.replyHeaderSize + Int(lengths.0)
    }

    /// Where in the frame the second name stands.
    package var secondName: Range<Int> {
        firstName.upperBound..<firstName.upperBound + Int(lengths.1)
    }

    /// Reads the header of `frame`, which is a whole message; nil unless it is well formed.
    package init?(reading frame: RawSpan) {
        guard frame.byteCount >= WireFormat.replyHeaderSize,
            frame.byteCount <= WireFormat.maximumFrameSize,
            frame.byte(at: 0) == WireFormat.version,
            let kind = Kind(rawValue: frame.byte(at: 1))
        else { return nil }
        self.kind = kind
        flags = Flags(rawValue: frame.half(at: 2))
        call = frame.word(at: 4)
        retcode = Int32(bitPattern: frame.word(at: 8))
        handle = frame.word(at: 12)
        number = frame.word(at: 16)
        lengths = (frame.half(at: 20), frame.half(at: 22))
        guard Flags.all.isSuperset(of: flags), frameSize == frame.byteCount else { return nil }
    }

    /// Writes the header to the start of `frame`, which has room for it.
    package func write(to frame: inout MutableRawSpan) {
        frame.setByte(WireFormat.version, at: 0)
        frame.setByte(kind.rawValue, at: 1)
        frame.setHalf(flags.rawValue, at: 2)
        frame.setWord(call, at: 4)
        frame.setWord(UInt32(bitPattern: retcode), at: 8)
        frame.setWord(handle, at: 12)
        frame.setWord(number, at: 16)
        frame.setHalf(lengths.0, at: 20)
        frame.setHalf(lengths.1, at: 22)
    }
}
