import CSystemShims
import Synchronization
import WireProtocol

/// A process's connection to the broker.
///
/// It is there from the start of the process, or never: the broker has put the *welcome* with name,
/// class and the first lane into the identity socket before the program runs. It is dead once the
/// broker has ended it, or has said something that the wire does not allow; from then on every call
/// returns `rcNotConnected`. Threads may use it as they like, signal handlers may not.
package final class Connection: @unchecked Sendable {
    /// The handles of this process.
    package let handles = HandleTable()

    let lanes: LanePool
    let identity: IdentitySocket
    /// Held while a static channel's handle is asked for, so that nobody learns of a handle whose
    /// descriptor another thread is still taking in.
    let serviceLocatorLock = Lock()

    private let welcome: FrameBuffer
    private let welcomeHeader: ReplyHeader
    private let hasEnded = Atomic(false)
    private let lastCall = Atomic<UInt32>(0)

    /// The connection of this process; nil if it has none, or is a forked child of one that has.
    package static var shared: Connection? {
        // A forked child must not touch anything that another thread may have held locked.
        guard !kosbroker_is_forked() else { return nil }
        #if !hasFeature(Embedded)
        if let standIn { return standIn }
        #endif
        return attached
    }

    private static let attached: Connection? = {
        var welcome = FrameBuffer()
        let attachment = welcome.takeWelcome()
        return Connection(attachment, welcome)
    }()

    #if !hasFeature(Embedded)
    /// The connection that the C functions use in place of the process's own, for tests.
    @TaskLocal package static var standIn: Connection?
    #endif

    /// Connects as a process does whose `KOSBROKER_IDENTITY` is `identity`.
    ///
    /// Never waits. Nil if there is no welcome in the socket that it names.
    package convenience init?(identity: UnsafePointer<CChar>?) {
        var welcome = FrameBuffer()
        let attachment = unsafe welcome.takeWelcome(identity: identity)
        self.init(attachment, welcome)
    }

    private init?(_ attachment: kosbroker_attachment, _ welcome: consuming FrameBuffer) {
        guard attachment.fault == KOSBROKER_FAULT_NONE else { return nil }
        let lane = Lane(socket: attachment.lane)
        identity = IdentitySocket(socket: attachment.identity)
        guard let header = welcome.reply(), header.kind == .welcome else { return nil }
        lanes = LanePool(first: lane, limit: Int(header.number))
        welcomeHeader = header
        self.welcome = welcome
    }
}

extension Connection {
    /// Whether the broker has ended the connection, or this process is a forked child.
    package var isDead: Bool {
        hasEnded.load(ordering: .relaxed) || kosbroker_is_forked()
    }

    /// Numbers for `count` calls; the first of them.
    func nextCall(_ count: UInt32 = 1) -> UInt32 {
        lastCall.wrappingAdd(count, ordering: .relaxed).oldValue &+ 1
    }

    /// The name of this process, for a buffer of the caller.
    ///
    /// - Returns: false if there is no room for all of it; nothing is copied then.
    func copyName(to output: NameOutput) -> Bool {
        welcome.copyName(welcomeHeader.firstName, to: output)
    }

    /// Ends the connection: every thread that waits for the broker wakes up.
    func end(_ fault: kosbroker_fault) {
        guard lanes.end() else { return }
        hasEnded.store(true, ordering: .relaxed)
        identity.end()
        kosbroker_explain(fault)
    }
}
