import CSystemShims
import Glibc
import SecurityEvents
import WireProtocol

/// Answers that wait until their records are written, in order.
///
/// The frames stand one behind the other in memory that is kept, so that answering allocates nothing.
struct Outbox {
    private struct Item {
        let socket: ProcessSocket
        let frame: Range<Int>
        let descriptor: SharedDescriptor?
    }

    private var bytes: [UInt8] = []
    private var items: [Item] = []
    private var scratch = [UInt8](repeating: 0, count: WireFormat.replyHeaderSize)

    var count: Int { items.count }
    var isEmpty: Bool { items.isEmpty }

    /// Adds a frame of `header` and `names`, whose lengths it fills in.
    mutating func append(
        _ header: ReplyHeader,
        names: (first: [UInt8], second: [UInt8]) = ([], []),
        descriptor: SharedDescriptor? = nil,
        to socket: ProcessSocket
    ) {
        var header = header
        header.lengths = (UInt16(names.first.count), UInt16(names.second.count))
        if descriptor != nil { header.flags.insert(.descriptor) }
        let start = bytes.count
        append(header)
        bytes.append(contentsOf: names.first)
        bytes.append(contentsOf: names.second)
        items.append(Item(socket: socket, frame: start..<bytes.count, descriptor: descriptor))
    }

    private mutating func append(_ header: ReplyHeader) {
        var span = scratch.mutableSpan
        var raw = unsafe span.mutableBytes
        header.write(to: &raw)
        bytes.append(contentsOf: scratch)
    }

    /// Adds what `other` holds, behind everything here.
    mutating func append(contentsOf other: Outbox) {
        let start = bytes.count
        bytes += other.bytes
        items += other.items.map { item in
            Item(
                socket: item.socket,
                frame: item.frame.lowerBound + start..<item.frame.upperBound + start,
                descriptor: item.descriptor
            )
        }
    }

    /// Forgets everything and keeps the memory.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        items.removeAll(keepingCapacity: true)
    }

    /// Whom the answer at `index` is for.
    func socket(at index: Int) -> ProcessSocket { items[index].socket }

    /// Sends the answer at `index`, without waiting.
    ///
    /// - Returns: 0, also if its socket is closed by now, or the error number.
    func send(at index: Int) -> Int32 {
        let item = items[index]
        guard let socket = item.socket.raw else { return 0 }
        let number = sendFrame(bytes, item.frame, item.descriptor?.raw ?? -1, to: socket)
        guard number == ETOOMANYREFS, item.descriptor != nil else { return number }
        // Too many descriptors of this user are on their way. The process sees that one is missing,
        // as if it had none left itself, and closes the handle.
        return sendFrame(bytes, item.frame, -1, to: socket)
    }
}

/// Sends the part `frame` of `bytes` as one message, without waiting.
///
/// - Returns: 0 or the error number.
func sendFrame(
    _ bytes: [UInt8],
    _ frame: Range<Int>,
    _ descriptor: Int32,
    to socket: Int32
) -> Int32 {
    let result = unsafe bytes.withUnsafeBytes { all in
        unsafe kosbroker_send(
            socket,
            UnsafeRawBufferPointer(rebasing: all[frame]).baseAddress,
            frame.count,
            descriptor,
            Int32(MSG_DONTWAIT)
        )
    }
    return result < 0 ? Int32(-result) : 0
}
