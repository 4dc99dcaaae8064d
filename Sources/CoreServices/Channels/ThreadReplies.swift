import CSystemShims

/// What a thread knows about the listeners that it receives from: the reply that it owes, and the last
/// end that it was told of.
///
/// As in KasperskyOS, the thread that received a request is the one that replies. A thread serves
/// few listeners; with more than eight, what it owes to the first of them is answered `rcFail`.
final class ThreadReplies {
    private struct Entry {
        let listener: UInt64
        var channel: ServerChannel?
        var id: UInt32 = 0
        var ending: UInt32 = 0
    }

    private static let limit = 8
    private var entries: [Entry] = []

    private init() { entries.reserveCapacity(Self.limit) }

    deinit { for entry in entries { entry.channel?.refuse(entry.id, ResultCode.fail) } }

    /// Those of the thread that asks.
    static var current: ThreadReplies {
        if let kept = unsafe kosbroker_thread_kept() {
            return unsafe Unmanaged.fromOpaque(kept).takeUnretainedValue()
        }
        let created = ThreadReplies()
        unsafe kosbroker_thread_keep(Unmanaged.passRetained(created).toOpaque()) { kept in
            if let kept = unsafe kept { unsafe Unmanaged<ThreadReplies>.fromOpaque(kept).release() }
        }
        return created
    }

    /// Notes that the thread has to reply to a request.
    func owe(_ listener: UInt64, _ channel: ServerChannel, _ id: UInt32) {
        let index = index(of: listener)
        entries[index].channel = channel
        entries[index].id = id
    }

    /// The request that the thread has to reply to, which it then no longer has.
    func takeOwed(_ listener: UInt64) -> (channel: ServerChannel, id: UInt32)? {
        let index = index(of: listener)
        guard let channel = entries[index].channel else { return nil }
        entries[index].channel = nil
        return (channel, entries[index].id)
    }

    /// Notes the number of ends that the listener has had.
    ///
    /// - Returns: whether that is news to the thread.
    func learn(_ listener: UInt64, ending: UInt32) -> Bool {
        let index = index(of: listener)
        defer { entries[index].ending = ending }
        return entries[index].ending != ending
    }

    private func index(of listener: UInt64) -> Int {
        if let index = entries.firstIndex(where: { $0.listener == listener }) { return index }
        if entries.count == Self.limit {
            let first = entries.removeFirst()
            first.channel?.refuse(first.id, ResultCode.fail)
        }
        entries.append(Entry(listener: listener))
        return entries.count - 1
    }
}
