import CSystemShims
import WireProtocol

/// One end of an IPC channel: a socket that keeps the bounds of messages, closed with its owner.
struct ChannelSocket: ~Copyable {
    let descriptor: Int32

    /// Owns `descriptor` from now on.
    init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { kosbroker_close(descriptor) }

    enum Received {
        case message(MessageHeader)
        /// The other end is closed.
        case ended
        case late
        /// What came is no message; the channel cannot be relied on any more.
        case garbage
    }

    /// Sends a message, and waits for room until the deadline.
    ///
    /// - Returns: `rcOk`, `rcTimeout`, `rcNotConnected`, or `rcBufferTooLarge` where the system does
    ///   not take messages of that size.
    func send(
        _ header: MessageHeader,
        _ contents: MessageContents,
        until deadline: Deadline
    ) -> Int32 {
        var bytes = HeaderBytes(repeating: 0)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        header.write(to: &raw)
        var parts = unsafe contents.parts
        let result = unsafe bytes.span.withUnsafeBytes { header in
            unsafe kosbroker_send_message(
                descriptor,
                header.baseAddress,
                header.count,
                &parts,
                deadline.nanoseconds
            )
        }
        return switch Int(result) {
        case KOSBROKER_DONE: ResultCode.ok
        case KOSBROKER_LATE: ResultCode.timeout
        case KOSBROKER_TOO_LARGE: ResultCode.bufferTooLarge
        default: ResultCode.notConnected
        }
    }

    /// Receives a message into `buffers`, as it comes, and what they do not hold into `overflow`.
    func receive(
        into buffers: MessageBuffers,
        overflow: OverflowBuffer? = nil,
        until deadline: Deadline
    ) -> Received {
        var bytes = HeaderBytes(repeating: 0)
        var parts = unsafe buffers.parts(overflow: overflow)
        var span = bytes.mutableSpan
        let size = unsafe span.withUnsafeMutableBytes { header in
            unsafe kosbroker_receive_message(
                descriptor,
                header.baseAddress,
                header.count,
                &parts,
                deadline.nanoseconds
            )
        }
        if size == KOSBROKER_LATE { return .late }
        if size == KOSBROKER_ENDED { return .ended }
        guard let header = unsafe MessageHeader(reading: bytes.span.bytes, messageSize: size),
            header.isPlausible
        else { return .garbage }
        return .message(header)
    }

    /// Ends the channel for both sides and wakes whoever waits at either end.
    func shutDown() { kosbroker_shut_down(descriptor) }

    private typealias HeaderBytes = [24 of UInt8]
}

extension MessageHeader {
    /// Whether the contents go with the kind.
    fileprivate var isPlausible: Bool {
        kind == .request || kind == .reply || constantSize == 0 && arenaSize == 0
    }
}
