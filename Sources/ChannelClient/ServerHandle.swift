import CCoreServices

/// A server IPC handle or a listener handle: what a server receives requests over.
///
/// A handle of an accept without a listener, ``init()`` and ``init(staticChannels:)`` are listeners:
/// they take in further channels. The channels that came with a handle are closed with the value;
/// those that were taken in later have values of their own, and all of them receive over all channels
/// of the listener.
public struct ServerHandle: ~Copyable, Sendable {
    let handle: Handle

    init(owning handle: Handle) { self.handle = handle }

    /// A listener without channels.
    ///
    /// - Throws: `.quotaExceeded` at a limit of the broker.
    public init() throws(Retcode) {
        var handle: Handle = 0
        try check(unsafe KnHandleCreateListener(&handle))
        self.handle = handle
    }

    /// The listener of the channels of one name that the init description makes.
    ///
    /// One value alone should own it.
    ///
    /// - Parameter name: the channels' `id` in the init description.
    /// - Throws: `.resourceNotFound` where no such channel leads to the process.
    public init(staticChannels name: String) throws(Retcode) {
        try check(name: name)
        let handle = unsafe ServiceLocatorRegister(name, nil, 0, nil)
        guard handle != 0 else { throw .resourceNotFound }
        self.init(owning: handle)
    }

    deinit { _ = KnHandleClose(handle) }

    /// Closes the handle, and says how that went.
    public consuming func close() throws(Retcode) {
        let handle = handle
        discard self
        try check(KnHandleClose(handle))
    }

    /// Waits for a request, which this thread is to reply to before it receives the next.
    ///
    /// - Parameters:
    ///   - room: the most bytes that each part may have.
    ///   - timeout: the longest time to wait; nil for as long as it takes.
    /// - Returns: what the client asks for.
    /// - Throws: `.notConnected`, once, when the last channel ended; `.timeout`; `.bufferTooSmall` for
    ///   a request that is larger, of which its client is told.
    public func receive(room: Int = 4096, timeout: Duration? = nil) throws(Retcode) -> Request {
        try unsafe Request(room: room) { unsafe RecvEx(handle, $0, timeout.milliseconds, 0) }
    }

    /// Replies to the request that this thread received last; there must be no `await` in between.
    ///
    /// Does not wait until the client has the reply; the channel of one that takes none ends.
    /// - Throws: `.invalidOperation` if there is no such request, `.bufferTooLarge` above 64 KiB,
    ///   `.notConnected` if the client is gone.
    public func reply(_ message: Message) throws(Retcode) {
        try check(unsafe message.withHeader { unsafe Reply(handle, $0) })
    }
}
