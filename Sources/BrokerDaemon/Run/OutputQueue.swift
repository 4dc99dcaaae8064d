import CSystemShims
@unsafe @preconcurrency import Glibc

/// Text on its way to standard output, which a thread of its own writes.
///
/// A terminal may take its time, or be a pager that waits for a key: the broker's thread only puts
/// text here and goes on. When there is too much of it the broker stops reading what programs
/// write, so that these wait as they would at any terminal, and what the broker itself would like to
/// say is counted instead of kept: the audit log is the evidence, not the terminal.
final class OutputQueue: Sendable {
    /// How many bytes may wait before the queue counts as full.
    private let capacity: Int
    private let output: Int32
    /// Says that so many lines were not shown.
    private let hidden: @Sendable (UInt64) -> [UInt8]
    /// Signalled when there is something to write, and when there is room again.
    private let filled: Int32
    private let emptied: Int32
    private let state = Guarded(State())

    private struct State {
        var bytes: [UInt8] = []
        /// How many bytes are being written.
        var inFlight = 0
        /// How many lines were left out since the last text.
        var hidden: UInt64 = 0
        var isRoomWanted = false
        var isFinished = false
        /// Why nothing can be written any more; everything else is thrown away.
        var failure: Int32 = 0
        var thread: pthread_t?

        var size: Int { bytes.count + inFlight }
    }

    init(
        output: Int32 = STDOUT_FILENO,
        capacity: Int = 256 << 10,
        hidden: @escaping @Sendable (UInt64) -> [UInt8]
    ) throws(SystemFault) {
        self.output = output
        self.capacity = capacity
        self.hidden = hidden
        filled = kosbroker_eventfd()
        emptied = kosbroker_eventfd()
        guard filled >= 0, emptied >= 0 else {
            throw SystemFault(call: "eventfd", number: -min(filled, emptied))
        }
    }

    deinit {
        close(filled)
        close(emptied)
    }

    /// Readable when there is room after ``hasRoom()`` has said that there is none.
    var roomDescriptor: Int32 { emptied }

    /// Starts the thread that writes.
    func start() throws(SystemFault) {
        let argument = unsafe Unmanaged.passRetained(self)
        var thread = pthread_t()
        let error = unsafe pthread_create(
            &thread,
            nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<OutputQueue>.fromOpaque(argument).takeRetainedValue()
                        .writeAll()
                }
                return nil
            },
            argument.toOpaque()
        )
        guard error == 0 else {
            unsafe argument.release()
            throw SystemFault(call: "pthread_create", number: error)
        }
        state.withLock { $0.thread = thread }
    }

    /// Adds text that must be shown, however much there is.
    func append(_ text: [UInt8]) {
        state.withLock { add(text, to: &$0) }
        kosbroker_eventfd_signal(filled)
    }

    /// Adds a line, or counts it if the queue is full.
    func offer(_ line: [UInt8]) {
        let isTaken = state.withLock { state in
            guard state.size < capacity else {
                state.hidden += 1
                return false
            }
            add(line, to: &state)
            return true
        }
        if isTaken { kosbroker_eventfd_signal(filled) }
    }

    /// Whether there is room; if not, ``roomDescriptor`` says when there is.
    func hasRoom() -> Bool {
        state.withLock { state in
            if state.size < capacity { return true }
            state.isRoomWanted = true
            return false
        }
    }

    /// Takes note that ``roomDescriptor`` was readable.
    func takeRoom() { kosbroker_eventfd_take(emptied, 0) }

    /// Writes all that waits and ends the thread.
    ///
    /// - Returns: 0, or the error number of what kept text from being written.
    func finish() -> Int32 {
        let thread = state.withLock { state in
            add([], to: &state)
            state.isFinished = true
            return state.thread.take()
        }
        kosbroker_eventfd_signal(filled)
        if let thread { pthread_join(thread, nil) }
        return state.withLock { $0.failure }
    }

    private func add(_ text: [UInt8], to state: inout State) {
        guard state.failure == 0 else { return }
        if state.hidden > 0 {
            state.bytes += hidden(state.hidden)
            state.hidden = 0
        }
        state.bytes += text
    }
}

// What the thread does.
extension OutputQueue {
    private func writeAll() {
        while true {
            let (text, isFinished) = state.withLock { state in
                let text = state.bytes
                state.bytes = []
                state.inFlight = text.count
                return (text, state.isFinished)
            }
            if text.isEmpty {
                if isFinished { return }
                kosbroker_eventfd_take(filled, 1)
                continue
            }
            let failure = write(text)
            let isRoomWanted = state.withLock { state in
                state.inFlight = 0
                if failure != 0 {
                    state.failure = failure
                    state.bytes = []
                }
                defer { state.isRoomWanted = false }
                return state.isRoomWanted
            }
            if isRoomWanted { kosbroker_eventfd_signal(emptied) }
        }
    }

    private func write(_ text: [UInt8]) -> Int32 {
        var rest = text[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes {
                unsafe Glibc.write(output, $0.baseAddress, $0.count)
            }
            if count >= 0 {
                rest = rest.dropFirst(count)
            } else if errno == EAGAIN {
                // Somebody else has made the terminal one that never waits.
                var entry = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                _ = unsafe poll(&entry, 1, -1)
            } else if errno != EINTR {
                return errno
            }
        }
        return 0
    }
}
