import BrokerDaemon
import CSystemShims
@unsafe @preconcurrency import Glibc

/// A running agent, as the test sees it: who is told to make calls and reports what they returned.
final class AgentProcess {
    private let process: pid_t
    private var control: Descriptor?
    private var buffer = [UInt8](repeating: 0, count: AgentReport.maximumSize)

    /// Starts `program` with the identity of its process.
    init(
        _ program: Program,
        by launcher: Launcher,
        identity: consuming Descriptor
    ) throws(SystemFault) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0 else {
            throw SystemFault(call: "socketpair", number: errno)
        }
        control = Descriptor(ends[0])
        let theirs = Descriptor(ends[1])
        process = try launcher.start(program, identity: identity, control: theirs)
    }

    /// Ends the agent, if it has not ended: nobody speaks to it any more.
    deinit {
        kill(process, SIGKILL)
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0, errno == EINTR {}
    }

    /// The control socket, to be waited for.
    var descriptor: Int32 { control?.raw ?? -1 }

    /// Asks for a call.
    ///
    /// - Returns: whether the agent is there to be asked.
    func send(_ command: AgentCommand) -> Bool {
        let bytes = command.bytes
        let count = unsafe bytes.withUnsafeBytes {
            unsafe kosbroker_send(
                descriptor,
                $0.baseAddress,
                $0.count,
                -1,
                Int32(MSG_DONTWAIT)
            )
        }
        return count >= 0
    }

    /// The next report that is there.
    enum Incoming {
        case nothing
        case report(AgentReport)
        /// The agent ended, or says what no agent says.
        case end
    }

    /// Takes the next report without waiting for one.
    func receive() -> Incoming {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe kosbroker_receive(
                descriptor,
                $0.baseAddress,
                $0.count,
                nil,
                Int32(MSG_DONTWAIT)
            )
        }
        if count == -Int(EAGAIN) { return .nothing }
        guard count > 0, count <= buffer.count, let report = AgentReport(buffer[..<count]) else {
            return .end
        }
        return .report(report)
    }

    /// Lets the agent end: it does when its control socket is closed.
    func closeControl() { control = nil }
}
