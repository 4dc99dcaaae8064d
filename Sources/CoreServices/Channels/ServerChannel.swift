import WireProtocol

/// The server's end of an IPC channel, one of those that a listener receives from.
package final class ServerChannel: @unchecked Sendable {
    /// Who receives over the channel.
    package let listener: Listener
    /// The channel's number among those that the listener has had.
    let token: UInt64
    let socket: ChannelSocket
    private let riid: UInt32
    /// Whether the listener still receives from it; guarded by its lock, hence `@unchecked`.
    var isListed = true

    init(listener: Listener, token: UInt64, descriptor: Int32, riid: UInt32) {
        self.listener = listener
        self.token = token
        socket = ChannelSocket(descriptor)
        self.riid = riid
    }

    /// Ends the channel for both sides; the listener's other channels live on.
    ///
    /// It is always shut down, since a thread may be reading it or owe it a reply. The descriptor
    /// closes with the last reference.
    package func close() { listener.drop(self) }

    /// Whether the client may ask for an endpoint.
    ///
    /// The broker granted the one that was accepted and is not there to look. Static channels carry
    /// all.
    func carries(_ endpoint: UInt32) -> Bool { riid == Listener.anyEndpoint || riid == endpoint }

    /// Answers a request in place of the server; a client that does not read loses the channel.
    func refuse(_ id: UInt32, _ retcode: Int32) {
        var header = MessageHeader(.failure)
        header.id = id
        header.riid = UInt32(bitPattern: retcode)
        let sent = socket.send(header, MessageContents(), until: .past)
        if sent == ResultCode.timeout { close() }
    }

    /// Sends the server's answer.
    ///
    /// The system holds some 200 KiB for a client. Of a client with several large replies on their way
    /// there is always a thread that reads, so there will be room in a moment; one that does not read
    /// loses the channel rather than hold up the server.
    func reply(_ id: UInt32, _ contents: MessageContents) -> Int32 {
        let header = contents.header(.reply, id: id)
        var sent = socket.send(header, contents, until: .past)
        if sent == ResultCode.timeout {
            let patience = Deadline(milliseconds: Self.patience)
            sent = socket.send(header, contents, until: patience)
        }
        switch sent {
        case ResultCode.timeout:
            close()
            return ResultCode.notConnected
        case ResultCode.bufferTooLarge:
            refuse(id, sent)
            return sent
        default:
            return sent
        }
    }

    /// How many milliseconds a reply waits for its client to read.
    private static let patience: UInt32 = 500
}
