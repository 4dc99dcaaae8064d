package import CCoreServices
import WireProtocol

/// The client's end of an IPC channel.
///
/// ## Theory of operation
///
/// Any number of threads may be in a call, and the server may answer in any order. Whoever has sent a
/// request and finds nobody reading reads for all: the *leader*. It receives into its own buffers,
/// with room for any message behind them, so that a thread alone in the channel has its reply without
/// a copy, and the reply of another thread is never lost. Who gets its reply as leader hands over to
/// one that has sent its request and waits.
///
/// A reply that nobody waits for, since its deadline passed, is dropped. Garbage ends the channel.
///
/// Everything mutable is guarded by `lock`; hence `@unchecked`.
package final class ClientChannel: @unchecked Sendable {
    private let socket: ChannelSocket
    private let lock = Lock()
    /// The threads that are in a call.
    private var calls: [PendingCall] = []
    /// Places of threads that have left, for the next ones.
    private var spares: [PendingCall] = []
    private var leader: PendingCall?
    private var lastID: UInt32 = 0
    private var hasEnded = false
    /// For the leader.
    private let overflow = OverflowBuffer()

    /// Owns `descriptor` from now on.
    package init(descriptor: Int32) { socket = ChannelSocket(descriptor) }

    /// Sends a request and waits for its reply.
    ///
    /// - Parameters:
    ///   - request: what is sent.
    ///   - reply: the buffers for the reply; its sizes become those of what came.
    ///   - milliseconds: how long the call may last; `INFINITE_TIMEOUT` is for ever.
    /// - Returns: `rcOk`; what the server's side says in place of a reply; `rcInvalidArgument` for
    ///   null pointers, `rcBufferTooLarge` for a request above 64 KiB, `rcBufferTooSmall` where the
    ///   reply does not fit, `rcTimeout`, `rcNotConnected` after the end of either side.
    package func call(
        _ request: UnsafePointer<SMsgHdr>?,
        into reply: UnsafeMutablePointer<SMsgHdr>?,
        milliseconds: UInt32 = .max
    ) -> Int32 {
        guard let contents = unsafe MessageContents(request),
            let buffers = unsafe MessageBuffers(reply)
        else { return ResultCode.invalidArgument }
        guard contents.isSendable else { return ResultCode.bufferTooLarge }
        let deadline = Deadline(milliseconds: milliseconds)
        guard let call = lock.withLock({ enter(buffers) }) else { return ResultCode.notConnected }
        let sent = socket.send(contents.header(.request, id: call.id), contents, until: deadline)
        var step = lock.withLock {
            call.isWaiting = true
            if sent != ResultCode.ok { call.finish(sent) }
            return nextStep(of: call)
        }
        while true {
            switch step {
            case .lead:
                let received = socket.receive(into: buffers, overflow: overflow, until: deadline)
                step = lock.withLock {
                    settle(received, in: buffers, readBy: call)
                    // Replies to nobody must not keep the thread longer than it wanted.
                    if deadline.hasPassed { call.finish(ResultCode.timeout) }
                    return nextStep(of: call)
                }
            case .follow:
                let inTime = call.sleep(until: deadline)
                step = lock.withLock {
                    if !inTime { call.finish(ResultCode.timeout) }
                    return nextStep(of: call)
                }
            case .done(let result, let nextLeader):
                nextLeader?.wake()
                return result
            }
        }
    }

    /// Ends the channel: threads in a call get `rcNotConnected`.
    ///
    /// The descriptor closes with the last reference, so that a thread that is still inside never
    /// uses a number that means something else by then.
    package func close() {
        lock.withLock {
            hasEnded = true
            if !calls.isEmpty { socket.shutDown() }
        }
    }
}

// MARK: - With the lock held

extension ClientChannel {
    /// What a thread does next, outside the lock.
    private enum Step {
        case lead
        case follow
        /// Its call has a result, and it has left; who reads from now on is to be woken.
        case done(Int32, nextLeader: PendingCall?)
    }

    private func enter(_ buffers: MessageBuffers) -> PendingCall? {
        guard !hasEnded else { return nil }
        lastID &+= 1
        let call = spares.popLast() ?? PendingCall()
        call.begin(id: lastID, buffers: buffers)
        calls.append(call)
        return call
    }

    private func nextStep(of call: PendingCall) -> Step {
        if let result = call.result { return .done(result, nextLeader: leave(call)) }
        if leader == nil { leader = call }
        if leader === call { return .lead }
        call.prepareToSleep()
        return .follow
    }

    /// Leaves the channel.
    ///
    /// - Returns: the thread that leads from now on, if this one did. One that is still sending is
    ///   not chosen: it leads by itself once it has.
    private func leave(_ call: PendingCall) -> PendingCall? {
        calls.removeAll { $0 === call }
        call.reset()
        spares.append(call)
        guard leader === call else { return nil }
        leader = calls.first { $0.isWaiting && $0.result == nil }
        return leader
    }

    private func settle(
        _ received: ChannelSocket.Received,
        in buffers: MessageBuffers,
        readBy reader: PendingCall
    ) {
        switch received {
        case .late: reader.finish(ResultCode.timeout)
        case .message(let header) where header.kind == .reply || header.kind == .failure:
            deliver(header, in: buffers, readBy: reader)
        case .message, .ended, .garbage: end()
        }
    }

    private func deliver(
        _ header: MessageHeader,
        in buffers: MessageBuffers,
        readBy reader: PendingCall
    ) {
        guard let call = calls.first(where: { $0.id == header.id }), call.result == nil else {
            return
        }
        if header.kind == .failure {
            call.finish(Self.retcode(ofFailure: Int32(bitPattern: header.riid)))
        } else {
            let fits =
                call === reader
                ? buffers.place(header) : call.take(header, from: buffers, overflow: overflow)
            call.finish(fits ? ResultCode.ok : ResultCode.bufferTooSmall)
        }
        if call !== reader { call.wake() }
    }

    /// What a failure says, if it is what a server's library says: callers know no other codes, and a
    /// forged `rcTimeout` would have them believe in a deadline.
    private static func retcode(ofFailure said: Int32) -> Int32 {
        switch said {
        case ResultCode.securityDisallow, ResultCode.bufferTooSmall, ResultCode.bufferTooLarge:
            said
        default:
            ResultCode.fail
        }
    }

    private func end() {
        hasEnded = true
        socket.shutDown()
        for call in calls {
            call.finish(ResultCode.notConnected)
            call.wake()
        }
    }
}
