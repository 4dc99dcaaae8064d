import CCoreServices

/// A client IPC handle: the client's side of a channel, which is closed with the value.
///
/// Several threads may call at once.
public struct ClientHandle: ~Copyable, Sendable {
    private let handle: Handle
    /// The endpoint ID (RIID) that the server gave when it accepted.
    public let riid: UInt32

    init(owning handle: Handle, riid: UInt32) {
        self.handle = handle
        self.riid = riid
    }

    /// The client's side of a channel that the init description makes.
    ///
    /// One value alone should own it.
    ///
    /// - Parameters:
    ///   - name: the channel's `id` in the init description.
    ///   - riid: the endpoint ID that requests name unless a call says otherwise.
    /// - Throws: `.resourceNotFound` where the process has no such channel.
    public init(staticChannel name: String, riid: UInt32) throws(Retcode) {
        try check(name: name)
        let handle = unsafe ServiceLocatorConnect(name)
        guard handle != 0 else { throw .resourceNotFound }
        self.init(owning: handle, riid: riid)
    }

    deinit { _ = KnHandleClose(handle) }

    /// Closes the handle, and says how that went.
    public consuming func close() throws(Retcode) {
        let handle = handle
        discard self
        try check(KnHandleClose(handle))
    }

    /// Sends a request and waits for its reply.
    ///
    /// - Parameters:
    ///   - method: the method that is called.
    ///   - message: the arguments.
    ///   - riid: another endpoint than that of the channel; only a static channel carries that.
    ///   - room: the most bytes that each part of the reply may have.
    ///   - timeout: the longest time to wait; nil for as long as it takes.
    /// - Returns: the reply.
    /// - Throws: `.notConnected` if the server ended, `.timeout`, `.bufferTooSmall` if the request or
    ///   the reply is larger than the room for it, `.bufferTooLarge` above 64 KiB, `.fail` if the
    ///   server does not reply.
    public func call(
        method: UInt32,
        _ message: Message,
        riid: UInt32? = nil,
        room: Int = 4096,
        timeout: Duration? = nil
    ) throws(Retcode) -> Message {
        let riid = riid ?? self.riid
        return try unsafe Request(room: room) { reply in
            unsafe message.withHeader(riid: riid, method: method) { request in
                unsafe CallEx(handle, request, reply, timeout.milliseconds, 0)
            }
        }.message
    }
}

/// Asks a server for a channel to one of its endpoints, and waits for the answer.
///
/// - Parameters:
///   - server: the server's process.
///   - endpoint: the qualified name of the endpoint, published or not.
///   - timeout: the longest time to wait; nil for as long as it takes.
/// - Returns: the client's side of the channel.
/// - Throws: `.securityDisallow` if the policy denies, `.abort` if the server dropped the request,
///   `.timeout`, `.resourceNotFound` if there is no such process, `.notConnected` if it ended.
public func connect(
    to server: String,
    endpoint: String,
    timeout: Duration? = nil
) throws(Retcode) -> ClientHandle {
    try check(name: server)
    try check(name: endpoint)
    var (handle, riid): (Handle, UInt32) = (0, 0)
    try check(unsafe KnCmConnect(server, endpoint, timeout.milliseconds, &handle, &riid))
    return ClientHandle(owning: handle, riid: riid)
}
