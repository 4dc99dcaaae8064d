import CCoreServices

/// A client's request for a channel to an endpoint of the calling process.
public struct ChannelRequest: Hashable, Sendable {
    /// The client's process.
    public let client: String
    /// The qualified name of the endpoint.
    public let endpoint: String

    /// A request that the server knows of without having listened.
    public init(client: String, endpoint: String) {
        self.client = client
        self.endpoint = endpoint
    }

    /// Tells the first request of the queue, and moves it to the end without removing it.
    ///
    /// - Parameter timeout: the longest time to wait for one; nil for as long as it takes.
    /// - Returns: the request, which is to be accepted or dropped.
    /// - Throws: `.timeout`, `.securityDisallow` if the policy denies.
    public static func listen(timeout: Duration? = nil) throws(Retcode) -> ChannelRequest {
        try unsafe listen { unsafe KnCmListen(nil, timeout.milliseconds, $0, $1) }.get()
    }

    /// Accepts the request, with a new listener.
    ///
    /// - Parameter riid: the endpoint ID (RIID), which the client is told.
    /// - Returns: the listener handle, which is that of the channel too.
    /// - Throws: `.resourceNotFound` if it is not there any more, `.securityDisallow`.
    public func accept(riid: UInt32) throws(Retcode) -> ServerHandle {
        try accept(riid: riid, listener: 0)
    }

    /// Accepts the request, and receives over the channel with a listener's others.
    ///
    /// - Parameters:
    ///   - riid: the endpoint ID (RIID), which the client is told.
    ///   - listener: the listener that takes the channel in.
    /// - Returns: the handle of this channel.
    /// - Throws: `.resourceNotFound` if it is not there any more, `.securityDisallow`,
    ///   `.invalidOperation` if the handle is no listener.
    public func accept(
        riid: UInt32,
        listener: borrowing ServerHandle
    ) throws(Retcode) -> ServerHandle {
        try accept(riid: riid, listener: listener.handle)
    }

    private func accept(riid: UInt32, listener: Handle) throws(Retcode) -> ServerHandle {
        try checkNames()
        var handle: Handle = 0
        try check(unsafe KnCmAccept(client, endpoint, riid, listener, &handle))
        return ServerHandle(owning: handle)
    }

    /// Refuses the request.
    ///
    /// - Throws: `.resourceNotFound` if it is not there any more, `.securityDisallow`.
    public func drop() throws(Retcode) {
        try checkNames()
        try check(unsafe KnCmDrop(client, endpoint))
    }

    private func checkNames() throws(Retcode) {
        try check(name: client)
        try check(name: endpoint)
    }
}

// MARK: - Many clients

extension ChannelRequest {
    /// What becomes of a request.
    public enum Answer: Hashable, Sendable {
        /// The endpoint ID (RIID) that the client is told.
        case accept(riid: UInt32)
        case drop
    }

    /// Listens and answers for ever: each accept takes the next listen with it, which saves a way to
    /// the broker and back (kosbroker's addition).
    ///
    /// The broker decides and records the same calls in the same order as if they had been made one by
    /// one. A channel is received over as soon as it is accepted, by threads that receive over the
    /// listener; this one learns of it when the next request is there.
    /// - Parameters:
    ///   - listener: the listener that takes the channels in.
    ///   - timeout: the longest time to wait for a request; nil for as long as it takes.
    ///   - answer: decides about a request.
    ///   - accepted: takes the handle of a channel, or what the accept came to instead.
    /// - Throws: what a listen throws, such as `.timeout`, or a drop of a request that is there.
    public static func answerAll(
        listener: borrowing ServerHandle,
        timeout: Duration? = nil,
        _ answer: (ChannelRequest) -> Answer,
        accepted: (ChannelRequest, consuming Result<ServerHandle, Retcode>) -> Void
    ) throws(Retcode) {
        var request = try listen(timeout: timeout)
        while true {
            guard case .accept(let riid) = answer(request) else {
                // That the client does not wait any more is nothing out of the ordinary.
                do throws(Retcode) { try request.drop() } catch .resourceNotFound {}
                request = try listen(timeout: timeout)
                continue
            }
            try request.checkNames()
            var (handle, retcode): (Handle, Int32) = (0, 0)
            let listened = unsafe listen { client, endpoint in
                unsafe KosbrokerAcceptThenListen(
                    request.client,
                    request.endpoint,
                    riid,
                    listener.handle,
                    &handle,
                    &retcode,
                    timeout.milliseconds,
                    client,
                    endpoint,
                    nil
                )
            }
            accepted(
                request,
                retcode == 0
                    ? .success(ServerHandle(owning: handle))
                    : .failure(Retcode(rawValue: retcode))
            )
            request = try listened.get()
        }
    }

    private static func listen(
        _ body: (UnsafeMutablePointer<CChar>?, UnsafeMutablePointer<CChar>?) -> Int32
    ) -> Result<ChannelRequest, Retcode> {
        Result { () throws(Retcode) in
            let (client, endpoint) = try unsafe names(body)
            return ChannelRequest(client: client, endpoint: endpoint)
        }
    }
}
