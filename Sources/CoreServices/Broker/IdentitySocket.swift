import CSystemShims
import WireProtocol

/// The socket that a process inherits and that tells the broker who it is; more lanes come from it.
final class IdentitySocket: @unchecked Sendable {
    /// How an attempt to open a lane ended.
    enum Opening {
        case lane(Lane)
        /// There is none, for this retcode: the broker or this process cannot have one more.
        case refused(Int32)
        case failed(kosbroker_fault)
    }

    private let lock = Lock()
    private let socket: Int32
    private var frame = FrameBuffer()

    init(socket: Int32) {
        self.socket = socket
        kosbroker_lane_keep(socket)
    }

    deinit { kosbroker_lane_close(socket) }

    /// Asks the broker for a lane; one thread at a time, and never for long.
    func openLane(call: UInt32) -> Opening {
        lock.withLock {
            // A lane that cannot be taken in is closed on its way, which ends the process.
            guard kosbroker_can_duplicate(socket) else {
                return .refused(ResultCode.quotaExceeded)
            }
            var request = RequestHeader(.openLane)
            request.call = call
            frame.write(request, NameArguments())
            guard frame.send(to: socket) else { return .failed(KOSBROKER_FAULT_ENDED) }
            let (isThere, descriptor) = frame.receive(from: socket)
            guard isThere else { return .failed(KOSBROKER_FAULT_ENDED) }
            let lane = descriptor < 0 ? nil : Lane(socket: descriptor)
            guard let reply = frame.reply(), reply.kind == .reply, reply.call == call else {
                return .failed(KOSBROKER_FAULT_MALFORMED_ANSWER)
            }
            if reply.retcode != ResultCode.ok { return .refused(reply.retcode) }
            guard let lane else { return .refused(ResultCode.quotaExceeded) }
            return .lane(lane)
        }
    }

    /// Wakes whoever waits for the broker.
    func end() { kosbroker_lane_shut(socket) }
}
