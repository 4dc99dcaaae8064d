import CCoreServices

/// A connection to a name server, where servers publish endpoints and clients find them.
///
/// Each call is a security event that the policy decides (`.securityDisallow`). The connection ends
/// with the value.
public struct NameServer: ~Copyable, Sendable {
    private let handle: NsHandle

    /// Connects to a name server.
    ///
    /// - Parameters:
    ///   - name: the name server's process; nil for `kl.core.NameServer`.
    ///   - timeout: the longest time to wait; nil for as long as it takes.
    /// - Throws: `.resourceNotFound` if there is no such name server, `.timeout`.
    public init(_ name: String? = nil, timeout: Duration? = nil) throws(Retcode) {
        try check(name: name)
        var handle: NsHandle = 0
        try check(unsafe NsCreate(name, timeout.milliseconds, &handle))
        self.handle = handle
    }

    deinit { _ = KnHandleClose(handle) }

    /// Ends the connection, and says how that went.
    public consuming func close() throws(Retcode) {
        let handle = handle
        discard self
        try check(KnHandleClose(handle))
    }

    /// Publishes an endpoint.
    ///
    /// - Parameters:
    ///   - endpoint: the qualified name of the endpoint.
    ///   - interface: the name of its interface.
    ///   - server: the process that provides it; nil for the caller.
    /// - Throws: `.alreadyExists`, `.resourceNotFound` if there is no such process.
    public func publish(
        _ endpoint: String,
        interface: String,
        server: String? = nil
    ) throws(Retcode) {
        try check(name: endpoint)
        try check(name: interface)
        try check(name: server)
        try check(unsafe NsPublishService(handle, interface, server, endpoint))
    }

    /// Unpublishes an endpoint, which need not be the caller's.
    ///
    /// - Parameters:
    ///   - endpoint: the qualified name of the endpoint.
    ///   - interface: the name of its interface.
    ///   - server: the process that provides it; nil for the caller.
    /// - Throws: `.resourceNotFound` if it is not published.
    public func unpublish(
        _ endpoint: String,
        interface: String,
        server: String? = nil
    ) throws(Retcode) {
        try check(name: endpoint)
        try check(name: interface)
        try check(name: server)
        try check(unsafe NsUnPublishService(handle, interface, server, endpoint))
    }

    /// An entry of the name server.
    public struct Entry: Hashable, Sendable {
        /// The process that provides the endpoint.
        public let server: String
        /// The qualified name of the endpoint.
        public let endpoint: String
    }

    /// One of the endpoints with an interface; nil past the last one.
    ///
    /// - Parameters:
    ///   - interface: the name of the interface.
    ///   - index: which one, in order of publication, from 0.
    /// - Returns: the entry; nil where there is none.
    /// - Throws: `.securityDisallow` if the policy denies.
    public func entry(of interface: String, at index: UInt32) throws(Retcode) -> Entry? {
        try check(name: interface)
        let size = Int(kl_core_Types_UCoreStringSize)
        do throws(Retcode) {
            let (server, endpoint) = try unsafe names { server, endpoint in
                unsafe NsEnumServices(handle, interface, index, server, size, endpoint, size)
            }
            return Entry(server: server, endpoint: endpoint)
        } catch .resourceNotFound {
            return nil
        }
    }

    /// All endpoints with an interface, in order of publication: one call for each, and a last one.
    public func entries(of interface: String) throws(Retcode) -> [Entry] {
        var entries: [Entry] = []
        while let entry = try entry(of: interface, at: UInt32(entries.count)) {
            entries.append(entry)
        }
        return entries
    }
}
