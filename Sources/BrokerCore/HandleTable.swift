package import SecurityEvents

/// What a handle of a process is for.
enum HandleUse: Hashable, Sendable {
    /// A connection to a name server over this channel.
    case connection(ChannelNumber)
    /// The client IPC handle of this channel.
    case client(ChannelNumber)
    /// A server IPC handle that is no listener.
    case server(ChannelNumber)
    /// A listener, which is also the server IPC handle of these channels.
    case listener([ChannelNumber])
}

/// The open handles of one process.
struct HandleTable: Hashable, Sendable {
    private var uses: [Handle: HandleUse] = [:]
    /// How many of them are connections to name servers.
    private(set) var connectionCount = 0
    /// How many handles the waiting connects of the process have reserved.
    var reservedCount = 0

    /// IPC handles, open or reserved: what the limit counts.
    var ipcCount: Int { uses.count - connectionCount + reservedCount }

    /// What `handle` is for; nil if it is none of this process, or closed.
    subscript(handle: Handle) -> HandleUse? { uses[handle] }

    /// The open connections to name servers, oldest first.
    var connections: [Handle] {
        uses.filter { if case .connection = $0.value { true } else { false } }.keys.sorted()
    }

    mutating func insert(_ handle: Handle, _ use: HandleUse) {
        if case .connection = use { connectionCount += 1 }
        uses[handle] = use
    }

    mutating func remove(_ handle: Handle) -> HandleUse? {
        let use = uses.removeValue(forKey: handle)
        if case .connection = use { connectionCount -= 1 }
        return use
    }
}

/// Where handles come from: one counter for the whole broker, whose numbers never come back.
package struct HandleNumbers: Hashable, Sendable {
    private var next: UInt64
    private var reserved: UInt64 = 0

    /// Starts with `first`; anything but 1 is for tests.
    package init(first: Handle = Handle(rawValue: 1)) {
        next = UInt64(first.rawValue)
    }

    /// Whether there is a number that nobody has reserved.
    package var isExhausted: Bool { next + reserved > UInt64(UInt32.max) }

    /// Keeps a number back, so that a waiting connect can be sure of one.
    mutating func reserve() { reserved += 1 }

    /// Gives a reserved number back.
    mutating func release() { reserved -= 1 }

    /// The next number.
    mutating func take() -> Handle {
        precondition(!isExhausted, "a handle is only taken where a number is left")
        let handle = Handle(rawValue: UInt32(next))
        next += 1
        return handle
    }
}
