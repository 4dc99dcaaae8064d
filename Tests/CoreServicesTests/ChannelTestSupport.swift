import CCoreServices
import CoreServices
import Glibc
import Synchronization
import Testing
import WireProtocol

/// Both ends of a channel, as the broker makes it.
func channelEnds() throws -> (client: Int32, server: Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    try #require(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0)
    return (ends[0], ends[1])
}

/// What a message holds, as tests like to see it.
struct Message: Equatable, Sendable {
    var riid: UInt32 = 7
    var method: UInt32 = 1
    var constant: [UInt8] = []
    var arena: [UInt8] = []
}

extension Message {
    /// Runs `body` with this as the message to send.
    func withHeader<Result>(_ body: (UnsafePointer<SMsgHdr>) -> Result) -> Result {
        var copy = self
        return unsafe copy.withMutableHeader { unsafe body($0) }
    }

    /// Runs `body` with the contents as the buffers of a message to receive.
    mutating func withMutableHeader<Result>(
        _ body: (UnsafeMutablePointer<SMsgHdr>) -> Result
    ) -> Result {
        var (riid, method, sizes) = (riid, method, (constant.count, arena.count))
        let result = unsafe constant.withUnsafeMutableBytes { constant in
            unsafe arena.withUnsafeMutableBytes { arena in
                var header = unsafe SMsgHdr(
                    riid: riid,
                    method: method,
                    constantPart: constant.baseAddress,
                    constantSize: constant.count,
                    arena: arena.baseAddress,
                    arenaSize: arena.count
                )
                defer {
                    unsafe (riid, method) = (header.riid, header.method)
                    unsafe sizes = (header.constantSize, header.arenaSize)
                }
                return unsafe body(&header)
            }
        }
        (self.riid, self.method) = (riid, method)
        constant = Array(constant.prefix(sizes.0))
        arena = Array(arena.prefix(sizes.1))
        return result
    }

    /// Buffers for a message of some size.
    static func room(_ constant: Int = 64, _ arena: Int = 64) -> Message {
        Message(
            riid: 0,
            method: 0,
            constant: Array(repeating: 0xEE, count: constant),
            arena: Array(repeating: 0xEE, count: arena)
        )
    }
}

extension ClientChannel {
    func call(
        _ request: Message,
        room: Message = .room(),
        milliseconds: UInt32 = .max
    ) -> (retcode: Int32, reply: Message) {
        var reply = room
        let retcode = unsafe request.withHeader { request in
            unsafe reply.withMutableHeader { reply in
                unsafe call(request, into: reply, milliseconds: milliseconds)
            }
        }
        return (retcode, reply)
    }
}

extension Listener {
    func receive(
        room: Message = .room(),
        milliseconds: UInt32 = .max
    ) -> (retcode: Int32, request: Message) {
        var request = room
        let retcode = unsafe request.withMutableHeader { request in
            unsafe receive(into: request, milliseconds: milliseconds)
        }
        return (retcode, request)
    }

    @discardableResult
    func reply(_ message: Message) -> Int32 {
        unsafe message.withHeader { unsafe reply($0) }
    }

    /// Serves until the last channel has ended: each answer has the request's arena and its constant
    /// part backwards.
    func serve(room: Message = .room()) {
        while true {
            let (retcode, request) = receive(room: room)
            if retcode == ResultCode.notConnected { return }
            if retcode == ResultCode.ok { reply(request.echo) }
        }
    }
}

extension Message {
    /// What a server of these tests answers.
    var echo: Message { Message(constant: constant.reversed(), arena: arena) }

    /// Whether `reply` is the answer to this request.
    func isAnswered(by reply: Message) -> Bool {
        reply.constant == constant.reversed() && reply.arena == arena
    }
}

// MARK: - An end without the library

/// Sends bytes as they are.
@discardableResult
func sendRaw(_ socket: Int32, _ bytes: [UInt8]) -> Bool {
    unsafe send(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count
}

/// Waits for the next message; nil at the end.
func receiveRaw(_ socket: Int32) -> (header: MessageHeader, contents: [UInt8])? {
    var bytes: [UInt8] = Array(repeating: 0, count: WireFormat.maximumMessageSize + 24)
    while true {
        let size = unsafe recv(socket, &bytes, bytes.count, 0)
        if size < 0, errno == EINTR || errno == ECONNRESET { continue }
        guard size > 0,
            let header = unsafe MessageHeader(reading: bytes.span.bytes, messageSize: size)
        else { return nil }
        return (header, Array(bytes[24..<size]))
    }
}

/// Whether a message or the end is there.
func isReadable(_ socket: Int32) -> Bool { isReady(socket, POLLIN) }

/// Whether there is room for a message.
func isWritable(_ socket: Int32) -> Bool { isReady(socket, POLLOUT) }

private func isReady(_ socket: Int32, _ events: Int32) -> Bool {
    var poll = pollfd(fd: socket, events: Int16(events), revents: 0)
    return unsafe Glibc.poll(&poll, 1, 0) > 0
}

/// The bytes of a message.
func rawMessage(
    _ kind: MessageHeader.Kind,
    id: UInt32 = 1,
    riid: UInt32 = 7,
    constant: [UInt8] = [],
    arena: [UInt8] = []
) -> [UInt8] {
    var header = MessageHeader(kind)
    header.id = id
    header.riid = riid
    header.constantSize = UInt32(constant.count)
    header.arenaSize = UInt32(arena.count)
    var bytes: [UInt8] = Array(repeating: 0, count: 24)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    header.write(to: &raw)
    return bytes + constant + arena
}

// MARK: - Threads

/// A thread of its own: these tests block, which the threads of tasks must not.
final class RunningThread: @unchecked Sendable {
    private let body: @Sendable () -> Void
    private var handle = pthread_t()
    /// What the system says about the thread; negative until it runs.
    private let status = Shared<Int32>(-1)

    init(_ body: @escaping @Sendable () -> Void) {
        self.body = body
        let context = unsafe Unmanaged.passRetained(self).toOpaque()
        let failed = unsafe pthread_create(
            &handle,
            nil,
            { context in
                guard let context = unsafe context else { return nil }
                let thread = unsafe Unmanaged<RunningThread>.fromOpaque(context)
                    .takeRetainedValue()
                let status = unsafe open("/proc/thread-self/stat", O_RDONLY | O_CLOEXEC)
                thread.status.change { $0 = status }
                thread.body()
                return nil
            },
            context
        )
        precondition(failed == 0, "a thread can be made")
    }

    func join() {
        pthread_join(handle, nil)
        close(status.value)
    }

    /// Comes back when the thread sleeps in the system, as far as one can see from outside.
    func awaitSleep() {
        var seen = 0
        while seen < 3 {
            seen = isAsleep ? seen + 1 : 0
            sched_yield()
        }
    }

    private var isAsleep: Bool {
        var bytes: [UInt8] = Array(repeating: 0, count: 256)
        let size = unsafe pread(status.value, &bytes, bytes.count, 0)
        guard size > 0, let end = bytes[..<size].lastIndex(of: UInt8(ascii: ")")) else {
            return false
        }
        return bytes[end + 2] == UInt8(ascii: "S")
    }
}

/// A value that threads share.
final class Shared<Value: Sendable>: Sendable {
    private let stored: Mutex<Value>

    init(_ value: Value) { stored = Mutex(value) }

    var value: Value { stored.withLock { $0 } }

    func change(_ body: (inout Value) -> Void) { stored.withLock { body(&$0) } }
}
