import SecurityEvents

/// The sockets of one process, from its attachment to its end.
final class AttachedProcess {
    let name: ProcessName
    /// The identity socket and the lanes.
    private(set) var sockets: [ProcessSocket] = []
    private(set) var laneCount = 0
    /// Calls of this second that were refused for misuse or by a limit.
    var refusals = RefusalCount()
    /// Whether nothing more of the process is read, until ``RefusalCount/nextSecond``.
    var isThrottled = false
    /// Set once its end began, whatever was noticed first.
    var isEnding = false

    init(_ name: ProcessName) { self.name = name }

    /// Takes a socket; all but the identity are lanes.
    func add(_ descriptor: consuming Descriptor, isIdentity: Bool = false) -> ProcessSocket {
        let socket = ProcessSocket(descriptor, of: self, isIdentity: isIdentity)
        sockets.append(socket)
        if !isIdentity { laneCount += 1 }
        return socket
    }

    /// Closes all sockets; what was to be sent over them is not.
    func close() {
        for socket in sockets { socket.close() }
        sockets = []
    }
}

/// The broker's end of one socket of a process.
final class ProcessSocket {
    let process: AttachedProcess
    let isIdentity: Bool
    /// Calls that came over it and have no answer yet.
    var unanswered = 0
    private var descriptor: Descriptor?

    fileprivate init(
        _ descriptor: consuming Descriptor,
        of process: AttachedProcess,
        isIdentity: Bool
    ) {
        self.descriptor = consume descriptor
        self.process = process
        self.isIdentity = isIdentity
    }

    /// The descriptor; nil once the socket is closed.
    var raw: Int32? {
        switch descriptor {
        case .some(let descriptor): descriptor.raw
        case .none: nil
        }
    }

    fileprivate func close() { descriptor = nil }
}

/// How many calls of a process were refused in one second.
///
/// Refusals are what makes the log of a misbehaving process grow without bounds: a legitimate heavy
/// user is refused hardly ever, and is not slowed.
struct RefusalCount {
    private var second: UInt64 = 0
    private var count = 0

    /// Counts one more at `time`.
    ///
    /// - Returns: how many there were in that second, this one included.
    mutating func add(at time: Instant) -> Int {
        let second = time.nanoseconds / 1_000_000_000
        if second != self.second {
            self.second = second
            count = 0
        }
        count += 1
        return count
    }

    /// When the second after the last counted one begins.
    var nextSecond: Instant { Instant(nanoseconds: (second + 1) * 1_000_000_000) }
}
