import CSystemShims
import WireProtocol

/// The bytes of one frame: the only place where the connection touches raw memory.
@safe struct FrameBuffer: ~Copyable {
    private let memory: UnsafeMutableRawPointer
    /// How many bytes of the memory are the frame.
    private var count = 0

    init() {
        unsafe memory = .allocate(byteCount: WireFormat.maximumFrameSize, alignment: 16)
    }

    deinit { unsafe memory.deallocate() }
}

/// Requests.
extension FrameBuffer {
    /// Makes the frame a request; the lengths of the names are filled in.
    mutating func write(_ request: RequestHeader, _ names: NameArguments) {
        var request = request
        count = WireFormat.requestHeaderSize
        request.lengths.0 = append(names.first)
        request.lengths.1 = append(names.second)
        request.lengths.2 = append(names.third)
        var header = unsafe MutableRawSpan(
            _unsafeStart: memory,
            byteCount: WireFormat.requestHeaderSize
        )
        request.write(to: &header)
    }

    /// Adds a name without its terminator and returns the length for the header.
    ///
    /// A name that is too long is cut where the broker still sees that it is.
    private mutating func append(_ name: NameArgument) -> UInt16 {
        guard name.isPresent else { return 0 }
        guard let pointer = unsafe name.pointer else { return WireFormat.nullLength }
        let length = unsafe Int(
            kosbroker_name_length(pointer, Int(WireFormat.maximumSentNameLength))
        )
        unsafe (memory + count).copyMemory(from: pointer, byteCount: length)
        count += length
        return UInt16(length)
    }

    /// Sends the frame; false if the other side is gone.
    func send(to socket: Int32) -> Bool {
        unsafe kosbroker_send(socket, memory, count, -1, 0) == count
    }
}

/// Replies.
extension FrameBuffer {
    /// Waits for a frame.
    ///
    /// - Returns: whether there is one, and the descriptor that came with it or −1. It is the
    ///   caller's to close.
    mutating func receive(from socket: Int32) -> (isThere: Bool, descriptor: Int32) {
        var descriptor: Int32 = -1
        count = unsafe kosbroker_receive(
            socket,
            memory,
            WireFormat.maximumFrameSize,
            &descriptor,
            0
        )
        return (count > 0, descriptor)
    }

    /// Takes the welcome that was there when the process started.
    mutating func takeWelcome() -> kosbroker_attachment {
        let attachment = unsafe kosbroker_attached(memory, WireFormat.maximumFrameSize)
        count = attachment.size
        return attachment
    }

    /// Takes the welcome that is in the socket which `identity`, a value of `KOSBROKER_IDENTITY`,
    /// names.
    mutating func takeWelcome(identity: UnsafePointer<CChar>?) -> kosbroker_attachment {
        let attachment = unsafe kosbroker_attach(identity, memory, WireFormat.maximumFrameSize)
        count = attachment.size
        return attachment
    }

    /// The header of the frame as a reply; nil unless it is well formed.
    func reply() -> ReplyHeader? {
        guard count <= WireFormat.maximumFrameSize else { return nil }
        return ReplyHeader(reading: unsafe RawSpan(_unsafeStart: memory, byteCount: count))
    }

    /// Copies the names of the frame, a reply, to those outputs that there are.
    ///
    /// - Returns: false if one does not fit.
    func copyNames(of reply: ReplyHeader, to outputs: NameOutputs) -> Bool {
        (outputs.first.isNull || copyName(reply.firstName, to: outputs.first))
            && (outputs.second.isNull || copyName(reply.secondName, to: outputs.second))
    }

    /// Copies the name in `range` to `output`, with a terminating zero.
    ///
    /// - Returns: false if there is no room for all of it; nothing is copied then.
    func copyName(_ range: Range<Int>, to output: NameOutput) -> Bool {
        guard let pointer = unsafe output.pointer, range.count < output.size else { return false }
        unsafe UnsafeMutableRawPointer(pointer).copyMemory(
            from: memory + range.lowerBound,
            byteCount: range.count
        )
        unsafe pointer[range.count] = 0
        return true
    }
}
