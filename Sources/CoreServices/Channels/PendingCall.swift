import WireProtocol

/// The place of a thread in a client's channel while it is in a call.
///
/// It is guarded by the channel's lock, but for ``sleep(until:)``. A thread can be woken for nothing:
/// places are used again, and whoever wakes does so after it has left the lock.
final class PendingCall {
    /// The number of the request.
    private(set) var id: UInt32 = 0
    private(set) var result: Int32?
    /// Whether the request has been sent, so that the thread can lead.
    var isWaiting = false
    private var buffers: MessageBuffers?
    private let wakeUp = WaitWord()

    /// Begins a call whose reply goes to `buffers`.
    func begin(id: UInt32, buffers: MessageBuffers) {
        self.id = id
        self.buffers = buffers
    }

    /// Forgets the call: the buffers are the caller's again.
    func reset() {
        buffers = nil
        result = nil
        isWaiting = false
    }

    /// Ends the call, unless it has a result already.
    func finish(_ retcode: Int32) {
        if result == nil { result = retcode }
    }

    /// Takes a reply that another thread has received; false if it does not fit.
    func take(
        _ header: MessageHeader,
        from other: MessageBuffers,
        overflow: OverflowBuffer
    ) -> Bool {
        guard let buffers else { return false }
        return buffers.take(header, from: other, overflow: overflow)
    }

    func prepareToSleep() { wakeUp.set(0) }

    /// Sleeps until somebody has called ``wake()`` since ``prepareToSleep()``.
    ///
    /// - Returns: whether that happened before the deadline.
    func sleep(until deadline: Deadline) -> Bool { wakeUp.wait(while: 0, until: deadline) }

    func wake() { wakeUp.wakeOne(1) }
}
