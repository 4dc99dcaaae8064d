import BrokerCore
import SecurityEvents
import WireProtocol

/// The sockets of the IPC channels between processes: what is kept of them here.
///
/// A channel is a pair of sockets. Each process gets its own end, and messages go past the broker,
/// which keeps the *client's* end too, and nothing else: shutting that one down ends the connection
/// for both sides and all copies that they may have made, it wakes a server that reads, and it costs
/// one descriptor. It goes with the first side that closes.
///
/// | a channel | its pair is made | an end that nobody asked for yet |
/// |---|---|---|
/// | accepted | before the accept, so that this can be refused | – |
/// | static | when one side asks | waits for the other side, until that is closed |
struct ChannelEnds {
    private struct Pair {
        let client: SharedDescriptor
        let server: SharedDescriptor

        init(_ pair: consuming SocketPair) {
            client = SharedDescriptor(pair.near)
            server = SharedDescriptor(pair.far)
        }
    }

    private struct Channel {
        let server: ProcessName
        /// Whether the pair was made.
        var isMade = false
        /// Whether one side is closed, or the channel revoked: the other is to see the end.
        var isShut = false
        /// The client's end, until it is shut down.
        var kept: SharedDescriptor?
        /// The end that waits for its side to ask.
        var unclaimed: (side: ChannelSide, end: SharedDescriptor)?
        /// The listener that receives over it, until the server's side is closed.
        var listener: Handle?
    }

    private struct Listener {
        /// The channel that a server with only one reads directly; nil once there were more, for
        /// from then on it waits for all of them together.
        var only: ChannelNumber?
        var count: Int
    }

    private var channels: [ChannelNumber: Channel] = [:]
    private var listeners: [Handle: Listener] = [:]
    /// Pairs made for calls that turned out not to need them.
    private var spares: [Pair] = []

    /// How many descriptors are held here.
    var descriptorCount: Int {
        channels.values.reduce(2 * spares.count) { sum, channel in
            let isOther = channel.unclaimed?.end !== channel.kept
            return sum + (channel.kept == nil ? 0 : 1)
                + (channel.unclaimed != nil && isOther ? 1 : 0)
        }
    }

    /// The server of a channel that is there.
    func server(of number: ChannelNumber) -> ProcessName? { channels[number]?.server }

    /// Makes sure of what `request` of `process` may need, before it is made.
    ///
    /// - Returns: false if there are no descriptors left.
    mutating func prepare(_ request: Request, by process: ProcessName) -> Bool {
        let count: Int
        switch request {
        case .accept, .serviceLocatorConnect: count = 1
        case .serviceLocatorRegister:
            count = channels.values.count { $0.server == process && !$0.isMade }
        default: return true
        }
        while spares.count < count {
            guard let pair = try? SocketPair() else { return false }
            spares.append(Pair(pair))
        }
        return true
    }

    private mutating func takePair() -> Pair {
        guard let pair = spares.popLast() else {
            preconditionFailure("a pair is prepared before a call that may need it")
        }
        return pair
    }
}

extension ChannelEnds {
    /// Takes note of a static channel, or makes the ends of an accepted one: the client's, then the
    /// server's.
    mutating func create(
        _ created: CreatedChannel
    ) -> (client: SharedDescriptor, server: SharedDescriptor)? {
        var channel = Channel(server: created.server)
        defer { channels[created.number] = channel }
        guard let listener = created.listener else { return nil }
        let pair = takePair()
        channel.isMade = true
        channel.kept = pair.client
        channel.listener = listener
        if let only = join(listener, created.number) { kick(only) }
        return (pair.client, pair.server)
    }

    /// The end of a static channel for the side that asks for it, once.
    ///
    /// - Parameters:
    ///   - number: the channel.
    ///   - side: the side that asks.
    ///   - handle: what it gets; of the server's side, a listener.
    ///   - isServed: whether a process can be behind the server's side at all.
    /// - Returns: nil if there is no such channel.
    mutating func open(
        _ number: ChannelNumber,
        _ side: ChannelSide,
        _ handle: Handle,
        isServed: Bool
    ) -> SharedDescriptor? {
        guard var channel = channels[number] else { return nil }
        defer { channels[number] = channel }
        if side == .server {
            channel.listener = handle
            join(handle, number)
        }
        if let unclaimed = channel.unclaimed {
            channel.unclaimed = nil
            return unclaimed.end
        }
        let pair = takePair()
        channel.isMade = true
        let mine = side == .client ? pair.client : pair.server
        // The end that is not kept closes here, and the one that asked sees it.
        guard !channel.isShut, isServed else { return mine }
        channel.kept = pair.client
        channel.unclaimed =
            side == .client ? (.server, pair.server) : (.client, pair.client)
        return mine
    }

    /// One side is closed: the other sees the end.
    mutating func close(_ number: ChannelNumber, _ side: ChannelSide) {
        guard channels[number] != nil else { return }
        shutDown(number)
        if channels[number]?.unclaimed?.side == side { channels[number]?.unclaimed = nil }
        if side == .server, let listener = channels[number]?.listener {
            channels[number]?.listener = nil
            leave(listener, number)
        }
    }

    /// Both sides see the end, and no message crosses any more.
    mutating func shutDown(_ number: ChannelNumber) {
        channels[number]?.isShut = true
        channels[number]?.kept?.shutDown()
        channels[number]?.kept = nil
    }

    mutating func forget(_ number: ChannelNumber) { channels[number] = nil }
}

extension ChannelEnds {
    /// A channel joins a listener.
    ///
    /// - Returns: the channel that was its only one: a server that reads that directly would not see
    ///   the second, and has to be woken.
    @discardableResult
    private mutating func join(_ handle: Handle, _ number: ChannelNumber) -> ChannelNumber? {
        guard let listener = listeners[handle] else {
            listeners[handle] = Listener(only: number, count: 1)
            return nil
        }
        listeners[handle] = Listener(only: nil, count: listener.count + 1)
        return listener.only
    }

    private mutating func leave(_ handle: Handle, _ number: ChannelNumber) {
        guard var listener = listeners[handle] else { return }
        listener.count -= 1
        if listener.only == number { listener.only = nil }
        listeners[handle] = listener.count == 0 ? nil : listener
    }

    /// Sends the frame that wakes the server of a channel.
    ///
    /// It may arrive before the answer of the accept that it is about: it says that more than one
    /// channel is to be waited for from here on. If there is no room for it, the server has enough
    /// to read.
    private func kick(_ number: ChannelNumber) {
        guard let end = channels[number]?.kept else { return }
        var frame = [UInt8](repeating: 0, count: WireFormat.messageHeaderSize)
        var span = frame.mutableSpan
        var bytes = unsafe span.mutableBytes
        MessageHeader(.kick).write(to: &bytes)
        _ = sendFrame(frame, 0..<frame.count, -1, to: end.raw)
    }
}
