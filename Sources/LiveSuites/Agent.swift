import CSystemShims
import Glibc

/// The program that stands for a process of a solution: it makes the calls that a test asks for.
///
/// It reads commands from the control socket, calls the C function of each in a thread of its own,
/// since a call may wait, and reports what the function returned. Everything else is the C library's,
/// which finds its broker at the inherited identity. Another program may take its place: the layout
/// of commands and reports says all that it has to do.
package enum Agent {
    /// The command line's name for it: `kosbroker agent`.
    package static let argument = "agent"
    /// Where it finds the control socket; the identity is 3.
    static let control: Int32 = 4

    /// Serves until the other side of the control socket closes it.
    package static func run() -> Never {
        var buffer = [UInt8](repeating: 0, count: AgentCommand.maximumSize)
        while let command = receive(into: &buffer) {
            guard startThread({ report(command.perform()) }) else {
                complain("cannot start a thread")
                _exit(1)
            }
        }
        // Other threads may be in calls, which an orderly exit would have to wait for.
        _exit(0)
    }

    private static func receive(into buffer: inout [UInt8]) -> AgentCommand? {
        let count = unsafe buffer.withUnsafeMutableBytes {
            unsafe kosbroker_receive(control, $0.baseAddress, $0.count, nil, 0)
        }
        guard count != 0 else { return nil }
        guard count > 0, count <= buffer.count, let command = AgentCommand(buffer[..<count]) else {
            complain("descriptor \(control) is no control socket of a test")
            _exit(2)
        }
        return command
    }

    private static func report(_ report: AgentReport) {
        let bytes = report.bytes
        // Where it does not arrive, the test has ended.
        _ = unsafe bytes.withUnsafeBytes {
            unsafe kosbroker_send(control, $0.baseAddress, $0.count, -1, 0)
        }
    }

    private static func complain(_ text: String) {
        let bytes = Array("kosbroker agent: \(text)\n".utf8)
        _ = unsafe bytes.withUnsafeBytes { unsafe write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}

/// What a new thread is to do, on its way there.
private final class Work {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

/// Runs `work` in a thread that nobody waits for.
///
/// - Returns: whether there is such a thread.
private func startThread(_ work: @escaping @Sendable () -> Void) -> Bool {
    let context = unsafe Unmanaged.passRetained(Work(work))
    var thread = pthread_t()
    let fault = unsafe pthread_create(
        &thread,
        nil,
        { context in
            if let context = unsafe context {
                unsafe Unmanaged<Work>.fromOpaque(context).takeRetainedValue().run()
            }
            return nil
        },
        context.toOpaque()
    )
    guard fault == 0 else {
        unsafe context.release()
        return false
    }
    pthread_detach(thread)
    return true
}
