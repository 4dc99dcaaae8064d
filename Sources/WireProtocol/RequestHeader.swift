/// The header of a request frame: a call of a process to the broker.
///
/// | bytes | field |
/// |---|---|
/// | 0 | version |
/// | 1 | operation |
/// | 2 | flags |
/// | 3 | 0 |
/// | 4–7 | call |
/// | 8–11 | milliseconds |
/// | 12–15 | handle |
/// | 16–19 | number |
/// | 20–27 | lengths of four names, 0xFFFF for a null pointer |
/// | 28–31, 32–35 | sizes of the caller's buffers |
/// | 36–39 | 0 |
///
/// | operation | names | handle | number | milliseconds |
/// |---|---|---|---|---|
/// | nsCreate | name | – | – | timeout |
/// | publish, unpublish | interface, server, endpoint | ns | – | – |
/// | enumerate | interface | ns | index | – |
/// | connect | server, endpoint | – | – | timeout |
/// | listen | filter | – | – | timeout |
/// | accept | client, endpoint | listener | RIID | timeout of the listen, with `thenListen` |
/// | drop | client, endpoint | – | – | – |
/// | close | – | handle | – | – |
/// | serviceLocatorConnect, serviceLocatorRegister | channel | – | – | – |
/// | createListener, handleConnect, openLane | – | – | – | – |
///
/// What an operation does not use is 0; the names that it does not use have length 0.
package struct RequestHeader: Sendable {
    /// How a request differs from the ordinary.
    package struct Flags: OptionSet, Sendable {
        package let rawValue: UInt8

        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// No reply is wanted: the close of a handle that the library knows to be open.
        package static let oneWay = Flags(rawValue: 1)
        /// A pointer for something that the call returns is null: a misuse to be recorded.
        package static let nullOutput = Flags(rawValue: 2)
        /// An accept that is followed by a listen of its own call number, which is the next one.
        package static let thenListen = Flags(rawValue: 4)

        package static let all: Flags = [.oneWay, .nullOutput, .thenListen]
    }

    package var operation: WireOperation
    package var flags: Flags = []
    /// The library's number of the call, which the reply repeats.
    package var call: UInt32 = 0
    package var milliseconds: UInt32 = 0
    package var handle: UInt32 = 0
    package var number: UInt32 = 0
    /// Sizes of the caller's buffers in bytes, for enumerate.
    package var serverSize: UInt32 = 0
    package var endpointSize: UInt32 = 0
    /// The lengths of the names in bytes; ``WireFormat/nullLength`` for a null pointer.
    package var lengths: (UInt16, UInt16, UInt16, UInt16) = (0, 0, 0, 0)

    package init(_ operation: WireOperation) { self.operation = operation }
}

extension RequestHeader {
    /// How many bytes the frame has, header included.
    package var frameSize: Int {
        WireFormat.requestHeaderSize + lengths.0.carried + lengths.1.carried + lengths.2.carried
            + lengths.3.carried
    }

    /// Where in the frame the name number `index` (0–3) stands; nil for a null pointer.
    package func range(ofName index: Int) -> Range<Int>? {
        var start = WireFormat.requestHeaderSize
        let all: [4 of UInt16] = [lengths.0, lengths.1, lengths.2, lengths.3]
        for earlier in 0..<index { start += all[earlier].carried }
        guard all[index] != WireFormat.nullLength else { return nil }
        return start..<start + Int(all[index])
    }

    /// Reads the header of `frame`, which is a whole message.
    ///
    /// - Returns: nil unless every byte is as it must be and the frame has exactly the length that
    ///   the names give it.
    package init?(reading frame: RawSpan) {
        guard frame.byteCount >= WireFormat.requestHeaderSize,
            frame.byteCount <= WireFormat.maximumFrameSize,
            frame.byte(at: 0) == WireFormat.version,
            let operation = WireOperation(rawValue: frame.byte(at: 1)),
            frame.byte(at: 3) == 0, frame.word(at: 36) == 0
        else { return nil }
        self.operation = operation
        flags = Flags(rawValue: frame.byte(at: 2))
        guard Flags.all.isSuperset(of: flags) else { return nil }
        call = frame.word(at: 4)
        milliseconds = frame.word(at: 8)
        handle = frame.word(at: 12)
        number = frame.word(at: 16)
        lengths = (
            frame.half(at: 20), frame.half(at: 22), frame.half(at: 24), frame.half(at: 26)
        )
        serverSize = frame.word(at: 28)
        endpointSize = frame.word(at: 32)
        guard lengths.0.isNameLength, lengths.1.isNameLength, lengths.2.isNameLength,
            lengths.3.isNameLength, frameSize == frame.byteCount
        else { return nil }
    }

    /// Writes the header to the start of `frame`, which has room for it.
    package func write(to frame: inout MutableRawSpan) {
        frame.setByte(WireFormat.version, at: 0)
        frame.setByte(operation.rawValue, at: 1)
        frame.setByte(flags.rawValue, at: 2)
        frame.setByte(0, at: 3)
        frame.setWord(call, at: 4)
        frame.setWord(milliseconds, at: 8)
        frame.setWord(handle, at: 12)
        frame.setWord(number, at: 16)
        frame.setHalf(lengths.0, at: 20)
        frame.setHalf(lengths.1, at: 22)
        frame.setHalf(lengths.2, at: 24)
        frame.setHalf(lengths.3, at: 26)
        frame.setWord(serverSize, at: 28)
        frame.setWord(endpointSize, at: 32)
        frame.setWord(0, at: 36)
    }
}

extension UInt16 {
    /// How many bytes a name of this length takes in a frame.
    fileprivate var carried: Int { self == WireFormat.nullLength ? 0 : Int(self) }

    fileprivate var isNameLength: Bool {
        self == WireFormat.nullLength || Int(self) <= WireFormat.maximumSentNameLength
    }
}
