import CSystemShims
import Glibc
import SecurityEvents

/// How the program of a process ended.
enum ProgramEnd: Hashable, Sendable {
    case exit(code: Int32)
    case signal(Int32)

    /// For people: `exit code 0`, `signal 15`.
    var text: String {
        switch self {
        case .exit(let code): "exit code \(code)"
        case .signal(let number): "signal \(number)"
        }
    }
}

/// A program that was started, in a process group of its own.
///
/// Until it is reaped its process ID, which is also the group's, belongs to nobody else.
final class ChildProcess {
    let name: ProcessName
    let process: pid_t
    let output: ProgramOutput
    let errors: ProgramOutput
    /// Readable when the program has ended.
    private let descriptor: Descriptor
    /// How it ended, once that is known.
    private(set) var end: ProgramEnd?

    init(
        name: ProcessName,
        process: pid_t,
        output: consuming Descriptor,
        errors: consuming Descriptor
    ) throws(SystemFault) {
        self.name = name
        self.process = process
        self.output = ProgramOutput(of: name, isErrors: false, output)
        self.errors = ProgramOutput(of: name, isErrors: true, errors)
        let descriptor = kosbroker_open_process(process)
        guard descriptor >= 0 else {
            kill(-process, SIGKILL)
            waitpid(process, nil, 0)
            throw SystemFault(call: "pidfd_open", number: -descriptor)
        }
        self.descriptor = Descriptor(descriptor)
    }

    var endDescriptor: Int32 { descriptor.raw }

    /// Sends a signal to the program and all that it has started in its group.
    func send(_ signal: Int32) {
        if end == nil { kill(-process, signal) }
    }

    /// Reaps the program if it has ended, and ends what it has left behind in its group.
    ///
    /// - Returns: whether it has ended.
    func reap() -> Bool {
        guard end == nil else { return true }
        var status = kosbroker_end()
        guard unsafe kosbroker_child_end(descriptor.raw, 1, &status) == 1 else { return false }
        // Before the reaping, while the group's number cannot be another's.
        kill(-process, SIGKILL)
        guard unsafe kosbroker_child_end(descriptor.raw, 0, &status) == 1 else { return false }
        end = status.signal == 0 ? .exit(code: status.code) : .signal(status.signal)
        return true
    }
}

/// One of the two pipes into which a program writes.
final class ProgramOutput {
    let process: ProcessName
    /// Whether it is the program's standard error.
    let isErrors: Bool
    private let pipe: Descriptor
    private var cutter = LineCutter()

    init(of process: ProcessName, isErrors: Bool, _ pipe: consuming Descriptor) {
        self.process = process
        self.isErrors = isErrors
        self.pipe = pipe
    }

    var descriptor: Int32 { pipe.raw }

    /// Reads once, without waiting.
    ///
    /// - Returns: whole lines, and whether nothing more can come.
    func read() -> (lines: [String], isAtEnd: Bool) {
        var chunk = [UInt8](repeating: 0, count: 16 << 10)
        var count = 0
        repeat {
            count = unsafe Glibc.read(pipe.raw, &chunk, chunk.count)
        } while count < 0 && errno == EINTR
        if count < 0, errno == EAGAIN { return ([], false) }
        guard count > 0 else { return (cutter.finish(), true) }
        return (cutter.add(chunk[..<count]), false)
    }

    /// Reads what is there and ends the last line.
    ///
    /// The end is not waited for: what the program has started elsewhere may hold the pipe for long.
    func drain() -> [String] {
        var lines: [String] = []
        // A pipe holds 64 KiB; whoever still writes to it does not keep us here.
        for _ in 0..<16 {
            let (more, isAtEnd) = read()
            lines += more
            if isAtEnd { return lines }
        }
        return lines + cutter.finish()
    }
}
