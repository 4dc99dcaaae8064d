import CCoreServices

/// The contents of an IPC message.
public struct Message: Hashable, Sendable {
    /// The constant part.
    public var constant: [UInt8]
    /// The arena: what has no fixed size.
    public var arena: [UInt8]

    /// A message of two parts, which have at most 64 KiB together.
    public init(_ constant: [UInt8] = [], arena: [UInt8] = []) {
        self.constant = constant
        self.arena = arena
    }
}

/// What a client asks for.
public struct Request: Hashable, Sendable {
    /// The endpoint ID (RIID).
    public let riid: UInt32
    /// The method of the endpoint's interface.
    public let method: UInt32
    /// The arguments.
    public let message: Message
}

extension Message {
    /// Gives a C function the message to send.
    func withHeader(
        riid: UInt32 = 0,
        method: UInt32 = 0,
        _ body: (UnsafePointer<SMsgHdr>) -> Int32
    ) -> Int32 {
        unsafe constant.withUnsafeBytes { constant in
            unsafe arena.withUnsafeBytes { arena in
                // The functions do not write to what they send.
                var header = unsafe SMsgHdr(
                    riid: riid,
                    method: method,
                    constantPart: UnsafeMutableRawPointer(mutating: constant.baseAddress),
                    constantSize: constant.count,
                    arena: UnsafeMutableRawPointer(mutating: arena.baseAddress),
                    arenaSize: arena.count
                )
                return unsafe body(&header)
            }
        }
    }
}

extension Request {
    /// Gives a C function room for a message, `room` bytes for each part, and keeps what comes.
    init(
        room: Int,
        _ body: (UnsafeMutablePointer<SMsgHdr>) -> Int32
    ) throws(Retcode) {
        var header = unsafe SMsgHdr()
        var retcode: Int32 = 0
        var arena: [UInt8] = []
        let constant = unsafe [UInt8](unsafeUninitializedCapacity: room) { constant, constantSize in
            unsafe arena = .init(unsafeUninitializedCapacity: room) { arena, arenaSize in
                unsafe header.constantPart = UnsafeMutableRawPointer(constant.baseAddress)
                unsafe header.constantSize = constant.count
                unsafe header.arena = UnsafeMutableRawPointer(arena.baseAddress)
                unsafe header.arenaSize = arena.count
                retcode = unsafe body(&header)
                arenaSize = unsafe retcode == 0 ? header.arenaSize : 0
            }
            constantSize = unsafe retcode == 0 ? header.constantSize : 0
        }
        try check(retcode)
        (riid, method) = unsafe (header.riid, header.method)
        message = Message(constant, arena: arena)
    }
}
