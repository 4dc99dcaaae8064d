import Glibc

/// What ends an exchange of lines.
enum ConnectionFault: Error {
    /// The deadline passed.
    case late
    /// The program said something that is no answer; it may do better next time.
    case nonsense(EngineFault)
    /// There is no more program to talk to.
    case gone(EngineFault)
}

/// A running program and the lines that go to and fro.
///
/// One stream socket is the program's standard input and output: unlike a pipe it can be written
/// without the signal that a program's end would raise.
final class ProgramConnection {
    private let program: ChildProgram
    private let socket: Int32
    /// Received bytes; the first line of them may be incomplete.
    private var input: [UInt8] = []
    /// The end of a question that the program has not taken in time: it must come before the next.
    private var unsent: ArraySlice<UInt8> = []

    /// Starts `command`.
    ///
    /// - Throws: what kept it from starting.
    init(command: String) throws(EngineFault) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw EngineFault("the program cannot be started: \(systemMessage(errno))")
        }
        defer { close(ends[1]) }
        do throws(EngineFault) {
            program = try ChildProgram(command: command, standardInputAndOutput: ends[1])
        } catch {
            close(ends[0])
            throw error
        }
        socket = ends[0]
    }

    deinit {
        close(socket)
    }

    /// Whether anything was received that nobody has read.
    var hasMore: Bool { !input.isEmpty }

    /// A whole line that is there already.
    func lineAtHand() throws(ConnectionFault) -> [UInt8]? {
        while true {
            if let line = try takeLine() { return line }
            guard try receive() else { return nil }
        }
    }

    /// The next line, as soon as it is there.
    func line(until limit: ContinuousClock.Instant) throws(ConnectionFault) -> [UInt8] {
        while true {
            if let line = try lineAtHand() { return line }
            try wait(for: Int16(POLLIN), until: limit)
        }
    }

    /// Writes what is left of the question before.
    func finishWriting(until limit: ContinuousClock.Instant) throws(ConnectionFault) {
        try send(until: limit)
    }

    /// Writes a question; what the program does not take in time is kept and comes before the next.
    func write(
        _ question: [UInt8],
        until limit: ContinuousClock.Instant
    ) throws(ConnectionFault) {
        precondition(unsent.isEmpty, "one question is written after the other")
        unsent = question[...]
        try send(until: limit)
    }

    private func send(until limit: ContinuousClock.Instant) throws(ConnectionFault) {
        while !unsent.isEmpty {
            let flags = Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            let count = unsafe unsent.withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, flags)
            }
            if count >= 0 {
                unsent = unsent.dropFirst(count)
            } else if errno == EAGAIN {
                try wait(for: Int16(POLLOUT), until: limit)
            } else if errno != EINTR {
                throw .gone(program.end())
            }
        }
    }

    /// Takes what is there without waiting; whether anything was.
    private func receive() throws(ConnectionFault) -> Bool {
        var failure: Int32 = 0
        var count = 0
        repeat {
            var chunk = [UInt8](repeating: 0, count: 16 << 10)
            unsafe chunk.withUnsafeMutableBytes {
                count = unsafe recv(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
                failure = errno
            }
            if count > 0 { input.append(contentsOf: chunk[..<count]) }
            // The kernel tells once that the program left questions unread; what it wrote follows.
        } while count < 0 && (failure == EINTR || failure == ECONNRESET)
        if count < 0, failure == EAGAIN { return false }
        guard count > 0 else { throw .gone(program.end()) }
        return true
    }

    private func takeLine() throws(ConnectionFault) -> [UInt8]? {
        let end = input.firstIndex(of: UInt8(ascii: "\n"))
        guard end ?? input.count <= EngineMessages.longestAnswer else {
            let size = EngineMessages.longestAnswer / 1024
            throw .gone(program.end("the program wrote a line longer than \(size) KiB"))
        }
        guard let end else { return nil }
        let line = Array(input[..<end])
        input.removeFirst(end + 1)
        return line
    }

    private func wait(
        for events: Int16,
        until limit: ContinuousClock.Instant
    ) throws(ConnectionFault) {
        let left = limit - ContinuousClock.now
        guard left > .zero else { throw .late }
        // Rounded up: `poll` that waits for nothing would only spin.
        let milliseconds = min(left / .milliseconds(1) + 1, Double(Int32.max))
        var entry = pollfd(fd: socket, events: events, revents: 0)
        // Whether it was a signal, the time or the socket that ended the wait, the caller finds out.
        _ = unsafe poll(&entry, 1, Int32(milliseconds))
    }
}
