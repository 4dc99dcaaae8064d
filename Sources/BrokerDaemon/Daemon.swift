package import BrokerCore
import Glibc
package import SecurityEvents

/// Where a daemon's time comes from.
package enum DaemonClock: Sendable {
    /// From the system, from the daemon's making on.
    case monotonic
    /// From ``Daemon/setTime(_:)`` alone.
    case manual
}

/// What a daemon is told besides its broker.
package struct DaemonOptions: Sendable {
    /// How many calls of a process may be refused for misuse or by a limit within a second; then
    /// the process is not read until the next.
    package var refusalsPerSecond = 100

    package init() {}
}

/// Why a process is no longer there.
package enum EndReason: Equatable, Sendable {
    /// Its identity socket or one of its lanes was closed.
    case closed
    /// It did not speak as a process must.
    case misbehaved(String)
    /// ``Daemon/endProcess(_:)`` said so.
    case exited
}

/// The broker among real processes: it reads their calls from sockets, lets the deterministic
/// machine decide, and performs what that says.
///
/// ## Theory of operation
///
/// One loop, one thread. A turn waits until something is ready or a deadline passes, reads the time
/// once, lets the deadlines expire, and reads *one* frame of each ready socket, so that no process
/// can keep others waiting. Then it writes the turn's audit records, and only then the answers leave.
///
/// A process has one *identity* socket, which says who it is and over which it opens *lanes*, one
/// for each of its threads that is in a call. The end of any of them is the end of the process; so
/// is ``endProcess(_:)``, and whichever comes first ends it, once. What a process sent before its
/// end is still done.
///
/// The functions may be called from any place but ``onRecord`` and ``onCompletion``; ``onEnd`` may
/// start and end processes. Apart from ``turn(timeout:)`` none of them waits.
package final class Daemon {
    /// The machine, for reading.
    package internal(set) var broker: ChannelBroker
    /// Is told every record, in order, before the answers of its turn leave.
    package var onRecord: ((AuditRecord) -> Void)?
    /// Is told every completion of a call, in order.
    package var onCompletion: ((Completion) -> Void)?
    /// Is told the end of each process, when all that it held is closed.
    package var onEnd: ((ProcessName, EndReason) -> Void)?
    /// The time of the present turn.
    package internal(set) var now = Instant.zero
    /// How many frames processes have sent.
    package internal(set) var frameCount: UInt64 = 0

    let options: DaemonOptions
    let clock: DaemonClock
    private let origin = systemTime()
    var loop: EventLoop
    var processes: [ProcessName: AttachedProcess] = [:]
    /// Those of them that are not read until a later second.
    var throttled: [AttachedProcess] = []
    /// Calls that wait.
    var calls: [CallID: Asked] = [:]
    var ends = ChannelEnds()
    var audit: (any AuditOutput)?
    /// Records that the log could not take.
    var lostRecords: UInt64 = 0
    /// Answers whose records are not written yet.
    var outbox = Outbox()
    /// The answers that are being sent.
    var sending = Outbox()
    /// Answers of the turn whose records could not be written.
    var heldBack = Outbox()
    var isFlushing = false
    /// Whether calls are no longer read.
    var isClosed = false
    var frame = FrameBuffer()

    /// Makes a daemon in which nothing runs yet; see ``start()``.
    ///
    /// - Parameters:
    ///   - broker: is not started yet.
    ///   - audit: where the records go; nil for nowhere.
    ///   - clock: where its time comes from.
    ///   - options: what else there is to say.
    /// - Throws: what the system says against one more descriptor.
    package init(
        broker: consuming ChannelBroker,
        audit: (any AuditOutput)?,
        clock: DaemonClock = .monotonic,
        options: DaemonOptions = DaemonOptions()
    ) throws(SystemFault) {
        self.broker = broker
        self.audit = audit
        self.clock = clock
        self.options = options
        loop = try EventLoop()
    }

    deinit {
        // A process and its sockets hold each other.
        for process in processes.values { process.close() }
    }

    /// What others may wait for together with descriptors of their own: it is ready when a turn has
    /// something to do, deadlines apart.
    package var pollDescriptor: Int32 { loop.descriptor }

    /// How many descriptors the daemon has open.
    package var openDescriptors: Int {
        let sockets = processes.values.reduce(0) { $0 + $1.sockets.count }
        return 1 + sockets + ends.descriptorCount
    }

    /// Lets time go on, if that is the system's.
    func readClock() {
        guard clock == .monotonic else { return }
        let passed = Instant(nanoseconds: Self.systemTime() - origin)
        now = max(now, passed)
    }

    private static func systemTime() -> UInt64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}

extension Daemon {
    /// Plays Einit: decides which processes and static channels are there.
    ///
    /// Those processes can be attached from then on.
    package func start() {
        readClock()
        perform(broker.start(at: now))
        flush()
    }

    /// Lets `starter` start a process at run time, or start one again.
    package func startProcess(
        _ name: ProcessName,
        className: ClassName? = nil,
        by starter: ProcessName = ProcessIdentity.einit.name
    ) -> StartResult {
        readClock()
        let result = broker.startProcess(name, className: className, by: starter, at: now)
        perform(result.effects)
        flush()
        return result
    }

    /// Ends a process, as when it has exited; nothing if it is not there.
    package func endProcess(_ name: ProcessName) {
        readClock()
        end(name, .exited)
        flush()
    }

    /// Replaces the policy.
    package func reload(engine: any PolicyEngine, channels: ReloadMode = .keep) {
        readClock()
        perform(broker.reload(engine: engine, channels: channels, at: now))
        flush()
    }

    /// Sets a manual clock, and expires what is due then; time never goes back.
    package func setTime(_ time: Instant) {
        precondition(clock == .manual, "only a manual clock is set")
        now = max(now, time)
        perform(broker.expire(at: now))
        resumeThrottled()
        flush()
    }

    /// Reads no more calls; ends of processes are still noticed.
    package func stopReading() {
        isClosed = true
        for process in processes.values { updateReading(of: process) }
    }

    /// Writes the record of the broker's stop, and reads no more calls.
    ///
    /// - Returns: whether the whole log is written.
    @discardableResult
    package func stop() -> Bool {
        stopReading()
        readClock()
        retryAudit()
        perform(broker.stop(at: now))
        flush()
        return broker.auditAvailable
    }
}

extension Daemon {
    /// Watches a descriptor of somebody else, which ``turn(timeout:)`` reports by its token as long as
    /// there is something to read or the other side is gone.
    package func watch(_ descriptor: Int32, token: UInt32) throws(SystemFault) {
        try loop.add(descriptor, .foreign(token))
    }

    /// No longer watches a descriptor, which is not closed yet.
    package func unwatch(_ descriptor: Int32) { loop.remove(descriptor) }
}
