import CSystemShims
import CoreServices
import Glibc
import Testing
import WireProtocol

/// The broker's side of one process, which says what a test tells it to, before it is asked: sockets
/// keep what is sent.
final class ScriptedBroker {
    private let connection: Connection
    private let identity: Int32
    private let lane: Int32

    init() throws {
        let identities = try socketPair()
        let lanes = try socketPair()
        (identity, lane) = (identities.ours, lanes.ours)
        var welcome = ReplyHeader(.welcome)
        welcome.number = 1
        welcome.flags = .descriptor
        try send(welcome, ["echo.Client", "echo.Class"], to: identity, lanes.theirs)
        close(lanes.theirs)
        var status = stat()
        try #require(unsafe fstat(identities.theirs, &status) == 0)
        let variable = "\(identities.theirs):\(status.st_ino)"
        connection = try #require(unsafe Connection(identity: variable))
    }

    deinit {
        close(identity)
        close(lane)
    }

    /// Makes this the broker of the process while `body` runs.
    func run(_ body: () throws -> Void) rethrows {
        try Connection.$standIn.withValue(connection) { try body() }
    }

    /// Answers the call with the number `call`.
    func answer(
        _ call: UInt32,
        retcode: Int32 = 0,
        handle: UInt32 = 0,
        number: UInt32 = 0,
        names: [String] = [],
        descriptor: Int32 = -1
    ) throws {
        var reply = ReplyHeader(.reply)
        reply.call = call
        reply.retcode = retcode
        reply.handle = handle
        reply.number = number
        if descriptor >= 0 { reply.flags = .descriptor }
        try send(reply, names, to: lane, descriptor)
        if descriptor >= 0 { close(descriptor) }
    }

    /// What the process asked for next; nil if nothing.
    func asked() -> Asked? {
        var bytes: [UInt8] = Array(repeating: 0, count: WireFormat.maximumFrameSize)
        let size = unsafe recv(lane, &bytes, bytes.count, Int32(MSG_DONTWAIT))
        guard size > 0,
            let request = unsafe RequestHeader(reading: bytes.span.bytes.extracting(..<size))
        else { return nil }
        let names = (0..<3).map { index in
            request.range(ofName: index).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        return Asked(
            operation: request.operation,
            handle: request.handle,
            number: request.number,
            milliseconds: request.milliseconds,
            names: names
        )
    }
}

/// A call as the broker sees it.
struct Asked: Equatable {
    var operation: WireOperation
    var handle: UInt32 = 0
    var number: UInt32 = 0
    var milliseconds: UInt32 = 0
    /// Nil for null pointers, empty for names that the operation does not have.
    var names: [String?]

    init(
        _ operation: WireOperation,
        _ names: String?...,
        handle: UInt32 = 0,
        number: UInt32 = 0,
        milliseconds: UInt32 = 0
    ) {
        let padding: [String?] = Array(repeating: "", count: 3 - names.count)
        self.init(
            operation: operation,
            handle: handle,
            number: number,
            milliseconds: milliseconds,
            names: names + padding
        )
    }

    init(
        operation: WireOperation,
        handle: UInt32,
        number: UInt32,
        milliseconds: UInt32,
        names: [String?]
    ) {
        self.operation = operation
        self.handle = handle
        self.number = number
        self.milliseconds = milliseconds
        self.names = names
    }
}

func socketPair() throws -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [-1, -1]
    let type = Int32(SOCK_SEQPACKET.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    try #require(unsafe socketpair(AF_UNIX, type, 0, &ends) == 0)
    return (ends[0], ends[1])
}

/// Sends a message as the other side of a channel.
func sendMessage(
    _ kind: MessageHeader.Kind,
    riid: UInt32 = 0,
    method: UInt32 = 0,
    constant: [UInt8],
    arena: [UInt8],
    to socket: Int32
) throws {
    var header = MessageHeader(kind)
    (header.id, header.riid, header.method) = (1, riid, method)
    header.constantSize = UInt32(constant.count)
    header.arenaSize = UInt32(arena.count)
    var bytes: [UInt8] = Array(repeating: 0, count: WireFormat.messageHeaderSize)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    header.write(to: &raw)
    bytes += constant + arena
    try #require(unsafe kosbroker_send(socket, bytes, bytes.count, -1, 0) == bytes.count)
}

/// The next message of the other side of a channel; nil at the end or if there is none.
func nextMessage(_ socket: Int32) -> (header: MessageHeader, contents: [UInt8])? {
    var bytes: [UInt8] = Array(repeating: 0, count: 65560)
    let size = unsafe recv(socket, &bytes, bytes.count, Int32(MSG_DONTWAIT))
    guard size > 0, let header = unsafe MessageHeader(reading: bytes.span.bytes, messageSize: size)
    else { return nil }
    return (header, Array(bytes[WireFormat.messageHeaderSize..<size]))
}

/// Sends a frame of the broker.
private func send(
    _ header: ReplyHeader,
    _ names: [String],
    to socket: Int32,
    _ descriptor: Int32
) throws {
    var header = header
    header.lengths = (
        UInt16(names.first?.utf8.count ?? 0), UInt16(names.dropFirst().first?.utf8.count ?? 0)
    )
    var bytes: [UInt8] = Array(repeating: 0, count: WireFormat.replyHeaderSize)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    header.write(to: &raw)
    bytes += names.flatMap { Array($0.utf8) }
    try #require(
        unsafe kosbroker_send(socket, bytes, bytes.count, descriptor, 0) == bytes.count
    )
}
