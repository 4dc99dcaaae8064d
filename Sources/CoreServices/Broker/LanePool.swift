import CSystemShims

/// One socket to the broker, for one call at a time.
final class Lane: @unchecked Sendable {
    let socket: Int32
    /// The frame that goes or came over the lane; whoever took the lane may touch it.
    var frame = FrameBuffer()

    init(socket: Int32) {
        self.socket = socket
        kosbroker_lane_keep(socket)
    }

    deinit { kosbroker_lane_close(socket) }
}

/// The lanes of a process: as many as there are threads that are in a call at once.
///
/// Nobody demultiplexes answers: a thread takes a lane, sends, waits on it alone and gives it back.
/// The lane that was given back last is taken first, while its memory is still warm.
final class LanePool: @unchecked Sendable {
    /// What a thread that wants a lane may do.
    enum Turn {
        /// Use this lane.
        case use(Lane)
        /// Open one, since all are taken and there may be more; a place is reserved for it.
        case open
        /// Nothing: the connection is dead.
        case dead
    }

    private let lock = Lock()
    private let limit: Int
    private var all: [Lane] = []
    private var free: [Lane] = []
    /// How many threads are opening a lane.
    private var opening = 0
    private var isDead = false

    /// A pool of at most `limit` lanes, of which `first` is there.
    init(first: Lane, limit: Int) {
        self.limit = limit
        all.append(first)
        free.append(first)
    }

    /// Waits until there is a lane or there may be one more.
    ///
    /// The broker lets fewer calls wait than there are lanes, so some thread gives one back soon.
    func take() -> Turn {
        lock.withLock {
            while !isDead {
                if let lane = free.popLast() { return .use(lane) }
                if all.count + opening < limit {
                    opening += 1
                    return .open
                }
                lock.wait()
            }
            return .dead
        }
    }

    /// Adds a lane that was opened, to the thread that opened it.
    ///
    /// - Returns: false if the connection died in between.
    func opened(_ lane: Lane) -> Bool {
        lock.withLock {
            opening -= 1
            if !isDead { all.append(lane) }
            return !isDead
        }
    }

    /// Gives up the place of a lane that could not be opened.
    func openingFailed() {
        lock.withLock {
            opening -= 1
            lock.wakeOne()
        }
    }

    /// Gives a lane back whose call is over.
    func giveBack(_ lane: Lane) {
        lock.withLock {
            guard !isDead else { return }
            free.append(lane)
            lock.wakeOne()
        }
    }

    /// Ends every lane; whoever waits on one wakes up, and the sockets close with their last user.
    ///
    /// - Returns: false if that had happened before.
    func end() -> Bool {
        lock.withLock {
            guard !isDead else { return false }
            isDead = true
            for lane in all { kosbroker_lane_shut(lane.socket) }
            all = []
            free = []
            lock.wakeAll()
            return true
        }
    }
}
