package import SecurityEvents

/// What the shell has to do, in order; the shell decides nothing.
///
/// Records and completions are large and stand in arrays, hence indirect.
package enum Effect: Hashable, Sendable {
    /// Write this record.
    indirect case record(AuditRecord)
    /// An IPC channel between two processes is there: make its ends.
    case channelCreated(CreatedChannel)
    /// One side of a static channel got its handle.
    case sideOpened(ChannelNumber, ChannelSide, by: ProcessName, Handle)
    /// One side of an IPC channel is closed: the other side is to notice.
    case sideClosed(ChannelNumber, ChannelSide)
    /// The policy no longer allows an IPC channel: no message may cross it, and both sides are to
    /// notice.
    case channelRevoked(ChannelNumber)
    /// Both sides of an IPC channel are closed; its number never comes back.
    case channelDeleted(ChannelNumber)
    /// Answer this call. Its records come before it.
    indirect case complete(Completion)
}

/// The number of a channel, in the order of creation, from 1.
package struct ChannelNumber: RawRepresentable, Hashable, Sendable, Comparable {
    package let rawValue: UInt64

    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// One of the two ends of a channel.
package enum ChannelSide: Hashable, Sendable {
    case client, server
}

/// A channel that was just created, as the shell needs it.
package struct CreatedChannel: Hashable, Sendable {
    package var number: ChannelNumber
    package var client: ProcessName
    /// The client IPC handle; nil for a static channel, until the client asks.
    package var clientHandle: Handle?
    package var server: ProcessName
    /// The server IPC handle; nil for a static channel, until the server asks.
    package var serverHandle: Handle?
    /// The listener that receives over the channel; nil for a static channel.
    package var listener: Handle?
}

/// What a call returns.
package struct Completion: Hashable, Sendable {
    package var call: CallID
    package var process: ProcessName
    package var retcode: Retcode
    package var outputs: Outputs
    /// The first denial of the call, else the decision about its own operation; nil for a misuse
    /// and for calls that are no security events.
    package var decision: Decision?
    /// The event that `decision` is about.
    package var event: SecurityEvent? {
        get { sharedEvent?.event }
        set { sharedEvent = newValue.map { .shared($0) } }
    }
    private var sharedEvent: SharedEvent?

    package init(
        call: CallID,
        process: ProcessName,
        retcode: Retcode,
        outputs: Outputs = .none,
        decision: Decision? = nil,
        event: SecurityEvent? = nil
    ) {
        self.init(
            call: call,
            process: process,
            retcode: retcode,
            outputs: outputs,
            decision: decision,
            sharedEvent: event.map { .shared($0) }
        )
    }

    init(
        call: CallID,
        process: ProcessName,
        retcode: Retcode,
        outputs: Outputs,
        decision: Decision?,
        sharedEvent: SharedEvent?
    ) {
        self.call = call
        self.process = process
        self.retcode = retcode
        self.outputs = outputs
        self.decision = decision
        self.sharedEvent = sharedEvent
    }
}

/// An event that several hold, without copying all its names each time.
indirect enum SharedEvent: Hashable, Sendable {
    case shared(SecurityEvent)

    var event: SecurityEvent {
        switch self {
        case .shared(let event): event
        }
    }
}

/// What a call returns besides its retcode.
package enum Outputs: Hashable, Sendable {
    case none
    /// `ns.create`: the connection, and how it was made.
    case connection(Handle, NameServerPath)
    /// `ns.enumerate`
    case entry(server: ProcessName, endpoint: EndpointName)
    /// `cm.connect`: the client IPC handle and the endpoint ID.
    case channel(Handle, RIID)
    /// `cm.listen`: the first request, and how many are in the queue with it.
    case request(client: ProcessName, endpoint: EndpointName, waiting: Int)
    /// Calls that return nothing but a handle.
    case handle(Handle)
}

extension Outputs {
    /// The handle, of whatever kind.
    package var handle: Handle? {
        switch self {
        case .connection(let handle, _), .channel(let handle, _), .handle(let handle): handle
        case .none, .entry, .request: nil
        }
    }

    package var path: NameServerPath? {
        if case .connection(_, let path) = self { path } else { nil }
    }

    package var server: ProcessName? {
        if case .entry(let server, _) = self { server } else { nil }
    }

    package var client: ProcessName? {
        if case .request(let client, _, _) = self { client } else { nil }
    }

    package var endpoint: EndpointName? {
        switch self {
        case .entry(_, let endpoint), .request(_, let endpoint, _): endpoint
        case .none, .connection, .channel, .handle: nil
        }
    }

    package var riid: RIID? {
        if case .channel(_, let riid) = self { riid } else { nil }
    }
}
