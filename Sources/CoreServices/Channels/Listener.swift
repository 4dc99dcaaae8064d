package import CCoreServices
import CSystemShims
import WireProtocol

/// The channels that a server receives from together.
///
/// ## Theory of operation
///
/// | channels | a thread in ``receive(into:milliseconds:)`` |
/// |---|---|
/// | none | sleeps until one is added |
/// | the first one, and one thread | reads it directly, which is the quickest |
/// | else | waits for a ready one of the set, then reads that without waiting |
///
/// The second channel, the second thread or a kick make the set, for good. Nothing can wake the
/// thread that reads directly but a message: when a listener gets its second channel the broker sends
/// a *kick* to the first, which only that thread can receive, since the channel joins the set when
/// its reader returns.
///
/// A channel that ends leaves without a word while there are others. When the last one ends, every
/// thread that receives is told once, and then sleeps until there is a channel again.
///
/// Everything mutable is guarded by `lock`; hence `@unchecked`.
package final class Listener: @unchecked Sendable {
    private let serial = kosbroker_next_serial()
    private let lock = Lock()
    /// In the order of their tokens.
    private var channels: [ServerChannel] = []
    private var nextToken: UInt64 = 0
    private var set: ReadySet?
    private var readsDirectly = true
    /// The channel that a thread reads directly now.
    private var beingRead: ServerChannel?
    /// How many times the last channel has ended.
    private var endings: UInt32 = 0
    private let changes = WaitWord()

    /// The RIID of a channel whose requests may be for any endpoint: a static one.
    package static let anyEndpoint = UInt32.max

    /// Makes a listener without channels.
    package init() {}

    /// Adds the server's end of a channel, which owns `descriptor` from now on.
    ///
    /// - Parameters:
    ///   - descriptor: the server's end.
    ///   - riid: the endpoint that requests have to name, or ``anyEndpoint``.
    /// - Returns: the channel, which lives on with the listener.
    package func add(descriptor: Int32, riid: UInt32) -> ServerChannel {
        let channel = lock.withLock {
            if nextToken > 0 { readsDirectly = false }
            let channel = ServerChannel(
                listener: self,
                token: nextToken,
                descriptor: descriptor,
                riid: riid
            )
            nextToken += 1
            if channels.isEmpty { set?.lowerFlag() }
            channels.append(channel)
            join(channel)
            return channel
        }
        changes.advance()
        return channel
    }

    /// Says that a channel is about to be added, so that no thread starts to read directly.
    ///
    /// With it no thread can miss the broker's kick; to be called before an accept with the listener.
    package func expectChannel() {
        lock.withLock { if nextToken > 0 { readsDirectly = false } }
    }

    /// Takes a channel out and ends it for both sides.
    func drop(_ channel: ServerChannel) {
        lock.withLock { unlist(channel) }
        channel.socket.shutDown()
    }

    /// Tells threads that wait for want of channels that none will come (`rcNotConnected`).
    ///
    /// Where there are channels, other handles receive from them, and nothing happens.
    package func close() {
        lock.withLock { if channels.isEmpty { endings &+= 1 } }
        changes.advance()
    }

    /// Waits for a request.
    ///
    /// A request that this thread has not replied to is answered `rcFail` first.
    /// - Parameters:
    ///   - message: the buffers for the request; RIID, method, sizes become those of what came.
    ///   - milliseconds: how long to wait; `INFINITE_TIMEOUT` is for ever.
    /// - Returns: `rcOk`; `rcInvalidArgument` for null pointers; `rcBufferTooSmall` for a request that
    ///   does not fit, which is answered so too; `rcTimeout`; `rcNotConnected` once when the last
    ///   channel has ended; `rcQuotaExceeded` where the process has no descriptors left.
    package func receive(
        into message: UnsafeMutablePointer<SMsgHdr>?,
        milliseconds: UInt32 = .max
    ) -> Int32 {
        guard let buffers = unsafe MessageBuffers(message) else {
            return ResultCode.invalidArgument
        }
        let thread = ThreadReplies.current
        if let owed = thread.takeOwed(serial) { owed.channel.refuse(owed.id, ResultCode.fail) }
        let deadline = Deadline(milliseconds: milliseconds)
        while true {
            switch next(for: thread, into: buffers, until: deadline) {
            case .result(let retcode):
                return retcode
            case .received(let received, let channel):
                if let retcode = settle(received, from: channel, in: buffers, by: thread) {
                    return retcode
                }
            case .nothing:
                break
            }
            // Whoever keeps the thread busy with nothing must not keep it longer than it wanted.
            if deadline.hasPassed { return ResultCode.timeout }
        }
    }

    /// Answers the request that this thread received last.
    ///
    /// - Returns: `rcOk`; `rcInvalidArgument` for null pointers, `rcBufferTooLarge` above 64 KiB, with
    ///   the reply still to be made; `rcInvalidOperation` where the thread has received none;
    ///   `rcNotConnected` where the client has ended or does not read.
    package func reply(_ message: UnsafePointer<SMsgHdr>?) -> Int32 {
        guard let contents = unsafe MessageContents(message) else {
            return ResultCode.invalidArgument
        }
        guard contents.isSendable else { return ResultCode.bufferTooLarge }
        guard let owed = ThreadReplies.current.takeOwed(serial) else {
            return ResultCode.invalidOperation
        }
        return owed.channel.reply(owed.id, contents)
    }
}

// MARK: - One turn of a thread that receives

extension Listener {
    private enum Turn {
        case result(Int32)
        case received(ChannelSocket.Received, ServerChannel)
        case nothing
    }

    private func next(
        for thread: ThreadReplies,
        into buffers: MessageBuffers,
        until deadline: Deadline
    ) -> Turn {
        let seen = changes.value
        switch lock.withLock({ way(for: thread) }) {
        case .tell:
            return .result(ResultCode.notConnected)
        case .sleep:
            let changed = changes.wait(while: seen, until: deadline)
            return changed ? .nothing : .result(ResultCode.timeout)
        case .read(let channel):
            return read(channel, into: buffers, until: deadline)
        case .wait(let set):
            guard let set else { return .result(ResultCode.quotaExceeded) }
            return wait(for: set, into: buffers, until: deadline)
        }
    }

    private func read(
        _ channel: ServerChannel,
        into buffers: MessageBuffers,
        until deadline: Deadline
    ) -> Turn {
        let received = channel.socket.receive(into: buffers, until: deadline)
        lock.withLock {
            beingRead = nil
            if channel.isListed { join(channel) }
        }
        if case .late = received { return .result(ResultCode.timeout) }
        return .received(received, channel)
    }

    private func wait(
        for set: ReadySet,
        into buffers: MessageBuffers,
        until deadline: Deadline
    ) -> Turn {
        switch set.wait(until: deadline) {
        case .late: return .result(ResultCode.timeout)
        case .flag: return .nothing
        case .channel(let token):
            guard let channel = lock.withLock({ channel(token) }) else { return .nothing }
            let received = channel.socket.receive(into: buffers, until: .past)
            // Another thread was quicker.
            if case .late = received { return .nothing }
            return .received(received, channel)
        }
    }

    /// What a message means: the result of the receive, or nil if that goes on.
    private func settle(
        _ received: ChannelSocket.Received,
        from channel: ServerChannel,
        in buffers: MessageBuffers,
        by thread: ThreadReplies
    ) -> Int32? {
        guard case .message(let header) = received else {
            drop(channel)
            return nil
        }
        switch header.kind {
        case .reply, .failure:
            drop(channel)
            return nil
        case .kick:
            expectChannel()
            return nil
        case .request:
            guard channel.carries(header.riid) else {
                channel.refuse(header.id, ResultCode.securityDisallow)
                return nil
            }
            guard buffers.place(header) else {
                channel.refuse(header.id, ResultCode.bufferTooSmall)
                return ResultCode.bufferTooSmall
            }
            thread.owe(serial, channel, header.id)
            return ResultCode.ok
        }
    }
}

// MARK: - With the lock held

extension Listener {
    /// How a thread comes to its next message.
    private enum Way {
        /// Not at all: the last channel has ended.
        case tell
        case sleep
        case read(ServerChannel)
        case wait(ReadySet?)
    }

    private func way(for thread: ThreadReplies) -> Way {
        let isNews = thread.learn(serial, ending: endings)
        guard let first = channels.first else { return isNews ? .tell : .sleep }
        if readsDirectly, beingRead == nil {
            beingRead = first
            return .read(first)
        }
        readsDirectly = false
        makeSet()
        return .wait(set)
    }

    private func makeSet() {
        guard set == nil, let made = ReadySet() else { return }
        set = made
        for channel in channels where channel !== beingRead { join(channel) }
    }

    /// Lets those who wait for the set see a channel.
    private func join(_ channel: ServerChannel) {
        guard let set, !set.add(channel.socket.descriptor, token: channel.token) else { return }
        // It would never be received from; so its client learns that.
        channel.socket.shutDown()
        unlist(channel)
    }

    private func unlist(_ channel: ServerChannel) {
        guard channel.isListed else { return }
        channel.isListed = false
        channels.removeAll { $0 === channel }
        set?.remove(channel.socket.descriptor)
        guard channels.isEmpty else { return }
        endings &+= 1
        set?.raiseFlag()
    }

    private func channel(_ token: UInt64) -> ServerChannel? {
        var (low, high) = (0, channels.count)
        while low < high {
            let middle = (low + high) / 2
            if channels[middle].token < token { low = middle + 1 } else { high = middle }
        }
        return low < channels.count && channels[low].token == token ? channels[low] : nil
    }
}
