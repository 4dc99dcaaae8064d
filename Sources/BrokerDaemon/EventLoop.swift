import CSystemShims

/// What the daemon waits with: a set of descriptors, and the ready ones among them.
///
/// Level-triggered, so that whoever handles one frame of a socket and goes on to the next loses
/// nothing. A descriptor that is closed may come back under the same number in the same batch of
/// events; the serial number that goes with each tells them apart.
struct EventLoop: ~Copyable {
    /// What a descriptor is for.
    enum Watched {
        case socket(ProcessSocket)
        /// Somebody else's, who is told this token when it is ready.
        case foreign(UInt32)
    }

    /// One thing that is ready.
    struct Event {
        let watched: Watched
        /// Whether the other side is gone, whatever is left to be read.
        let hasHungUp: Bool
    }

    private struct Entry {
        var serial: UInt32
        var watched: Watched
    }

    private let poll: Descriptor
    /// By descriptor, which are small numbers.
    private var entries: [Entry?] = []
    private var lastSerial: UInt32 = 0
    private var ready = [kosbroker_event](
        repeating: kosbroker_event(),
        count: Int(KOSBROKER_POLL_EVENTS)
    )

    init() throws(SystemFault) {
        let result = kosbroker_poll_create()
        guard result >= 0 else { throw SystemFault(call: "epoll_create1", number: -result) }
        poll = Descriptor(result)
    }

    /// The descriptor that is ready when something here is.
    var descriptor: Int32 { poll.raw }

    /// Starts to watch a descriptor, which is open.
    mutating func add(
        _ descriptor: Int32,
        _ watched: Watched,
        isRead: Bool = true
    ) throws(SystemFault) {
        lastSerial &+= 1
        let token = Self.token(lastSerial, descriptor)
        let result = kosbroker_poll_add(poll.raw, descriptor, token, isRead ? 1 : 0)
        guard result == 0 else { throw SystemFault(call: "epoll_ctl", number: -result) }
        let index = Int(descriptor)
        if index >= entries.count {
            entries += Array(repeating: nil, count: index + 1 - entries.count)
        }
        entries[index] = Entry(serial: lastSerial, watched: watched)
    }

    /// Stops watching a descriptor, which is still open; nothing if it is not watched.
    mutating func remove(_ descriptor: Int32) {
        guard entries.indices.contains(Int(descriptor)), entries[Int(descriptor)] != nil else {
            return
        }
        entries[Int(descriptor)] = nil
        _ = kosbroker_poll_remove(poll.raw, descriptor)
    }

    /// Says whether what arrives on a watched descriptor makes it ready; the other side's end always
    /// does.
    func setReading(_ isRead: Bool, _ descriptor: Int32) {
        guard let entry = entries[Int(descriptor)] else { return }
        let token = Self.token(entry.serial, descriptor)
        _ = kosbroker_poll_change(poll.raw, descriptor, token, isRead ? 1 : 0)
    }

    /// Waits until something is ready or `milliseconds` have passed; forever if they are negative.
    ///
    /// - Returns: how many events there are, see ``event(at:)``.
    mutating func wait(milliseconds: Int32) throws(SystemFault) -> Int {
        let result = unsafe ready.withUnsafeMutableBufferPointer { events in
            guard let start = events.baseAddress else { return Int32(0) }
            return unsafe kosbroker_poll_wait(poll.raw, start, milliseconds)
        }
        guard result >= 0 else { throw SystemFault(call: "epoll_wait", number: -result) }
        return Int(result)
    }

    /// An event of the last wait; nil if what it is about is no longer watched.
    func event(at index: Int) -> Event? {
        let token = ready[index].token
        let descriptor = Int(truncatingIfNeeded: token & 0xFFFF_FFFF)
        guard entries.indices.contains(descriptor), let entry = entries[descriptor],
            entry.serial == UInt32(truncatingIfNeeded: token >> 32)
        else { return nil }
        return Event(watched: entry.watched, hasHungUp: ready[index].has_hung_up != 0)
    }

    private static func token(_ serial: UInt32, _ descriptor: Int32) -> UInt64 {
        UInt64(serial) << 32 | UInt64(UInt32(bitPattern: descriptor))
    }
}
