import BrokerCore
import SecurityEvents
import WireProtocol

/// Where the answer of a call goes.
struct Asked {
    let socket: ProcessSocket
    /// The process's own number of the call, which the answer repeats.
    let number: UInt32
    /// Whether an answer is wanted at all.
    var isAnswered = true
}

extension Outbox {
    /// Adds the answer that tells `completion`, with the ends that it brings: one a frame.
    mutating func append(
        _ completion: Completion,
        _ ends: [SharedDescriptor],
        to asked: Asked
    ) {
        var header = ReplyHeader(.reply)
        header.call = asked.number
        header.retcode = completion.retcode.rawValue
        header.handle = completion.outputs.handle?.rawValue ?? 0
        switch completion.outputs {
        case .none, .connection, .handle:
            break
        case .channel(_, let riid):
            header.number = riid.rawValue
        case .entry(let server, let endpoint):
            append(header, names: (server.bytes, endpoint.bytes), to: asked.socket)
            return
        case .request(let client, let endpoint, let waiting):
            header.number = UInt32(clamping: waiting)
            append(header, names: (client.bytes, endpoint.bytes), to: asked.socket)
            return
        }
        for end in ends.dropLast() {
            header.flags = .more
            append(header, descriptor: end, to: asked.socket)
        }
        header.flags = []
        append(header, descriptor: ends.last, to: asked.socket)
    }

    /// Adds an answer that is a retcode, and perhaps a descriptor.
    mutating func append(
        _ retcode: Retcode,
        descriptor: SharedDescriptor? = nil,
        to asked: Asked
    ) {
        var header = ReplyHeader(.reply)
        header.call = asked.number
        header.retcode = retcode.rawValue
        append(header, descriptor: descriptor, to: asked.socket)
    }

    /// Adds the frame that a process finds when it starts, with its first lane.
    mutating func appendWelcome(
        _ identity: ProcessIdentity,
        lanes: Int,
        descriptor: SharedDescriptor,
        to socket: ProcessSocket
    ) {
        var header = ReplyHeader(.welcome)
        header.number = UInt32(clamping: lanes)
        append(
            header,
            names: (identity.name.bytes, identity.className.bytes),
            descriptor: descriptor,
            to: socket
        )
    }
}
