import CCoreServices
import CSystemShims
import CoreServices
import Glibc
import Testing
import WireProtocol

/// The broker's side of one process, which says what a test tells it to.
///
/// Sockets keep what is sent, so an answer can be there before the call that it answers: most tests
/// need no thread.
final class ScriptedBroker: @unchecked Sendable {
    /// The connection of the process.
    let connection: Connection
    /// The broker's end of the identity socket.
    let identity: Int32
    /// The broker's ends of the lanes.
    private(set) var lanes: [Int32]
    /// The process's end of it, which it inherited.
    let inherited: Int32

    init(
        process: String = "echo.Client",
        class: String = "echo.Class",
        lanes limit: UInt32 = 4
    ) throws {
        let identities = try socketPair()
        let first = try socketPair()
        var welcome = ReplyHeader(.welcome)
        welcome.number = limit
        welcome.flags = .descriptor
        try send(frame(welcome, [process, `class`]), to: identities.broker, first.process)
        close(first.process)
        identity = identities.broker
        lanes = [first.broker]
        inherited = identities.process
        connection = try #require(unsafe Connection(identity: identityVariable(inherited)))
    }

    deinit { for descriptor in [identity] + lanes where descriptor >= 0 { close(descriptor) } }

    /// Makes the connection the process's own while `body` calls C functions.
    func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Connection.$standIn.withValue(connection) { try body() }
    }

    /// Answers the call with the number `call`, which may be still to come.
    func answer(
        _ call: UInt32,
        _ retcode: Retcode = 0,
        handle: UInt32 = 0,
        number: UInt32 = 0,
        flags: ReplyHeader.Flags = [],
        names: [String] = [],
        descriptor: Int32 = -1,
        lane: Int = 0
    ) throws {
        var reply = ReplyHeader(.reply)
        reply.call = call
        reply.retcode = retcode
        reply.handle = handle
        reply.number = number
        reply.flags = descriptor < 0 ? flags : flags.union(.descriptor)
        try send(frame(reply, names), to: lanes[lane], descriptor)
    }

    /// The request that has come over a lane, if one has.
    func request(lane: Int = 0) -> SentRequest? {
        SentRequest(receivedFrom: lanes[lane], waiting: false)
    }

    /// Waits for a request over a lane.
    func nextRequest(lane: Int = 0) -> SentRequest? {
        SentRequest(receivedFrom: lanes[lane], waiting: true)
    }

    /// Waits for the process to ask for a lane, and gives it one.
    func openLane() throws {
        let request = try #require(SentRequest(receivedFrom: identity, waiting: true))
        #expect(request.operation == .openLane)
        let ends = try socketPair()
        var reply = ReplyHeader(.reply)
        reply.call = request.call
        reply.flags = .descriptor
        lanes.append(ends.broker)
        try send(frame(reply, []), to: identity, ends.process)
        close(ends.process)
    }

    /// Waits for the process to ask for a lane, and refuses.
    func refuseLane(_ retcode: Retcode) throws {
        let request = try #require(SentRequest(receivedFrom: identity, waiting: true))
        var reply = ReplyHeader(.reply)
        reply.call = request.call
        reply.retcode = retcode
        try send(frame(reply, []), to: identity)
    }

    /// Ends a lane, as the broker does with a process that ends.
    func end(lane: Int = 0) {
        close(lanes[lane])
        lanes[lane] = -1
    }
}

/// A request as the broker sees it.
struct SentRequest: Equatable {
    var operation: WireOperation
    var flags: RequestHeader.Flags = []
    var call: UInt32 = 1
    var milliseconds: UInt32 = 0
    var handle: UInt32 = 0
    var number: UInt32 = 0
    var sizes: [UInt32] = [0, 0]
    /// Nil for null pointers; absent names are left out at the end.
    var names: [String?] = []

    init(
        _ operation: WireOperation,
        _ names: String?...,
        flags: RequestHeader.Flags = [],
        call: UInt32 = 1,
        milliseconds: UInt32 = 0,
        handle: UInt32 = 0,
        number: UInt32 = 0,
        sizes: [UInt32] = [0, 0]
    ) {
        self.operation = operation
        self.names = names
        self.flags = flags
        self.call = call
        self.milliseconds = milliseconds
        self.handle = handle
        self.number = number
        self.sizes = sizes
    }

    /// Receives a request; nil where there is none.
    init?(receivedFrom socket: Int32, waiting: Bool) {
        let flags = waiting ? 0 : Int32(MSG_DONTWAIT)
        guard let bytes = receiveFrame(socket, flags: flags) else { return nil }
        guard let header = unsafe RequestHeader(reading: bytes.span.bytes) else {
            Issue.record("the frame is one that the broker understands")
            return nil
        }
        operation = header.operation
        self.flags = header.flags
        call = header.call
        milliseconds = header.milliseconds
        handle = header.handle
        number = header.number
        sizes = [header.serverSize, header.endpointSize]
        names = (0..<WireFormat.requestNames).map { index in
            header.range(ofName: index).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
        while names.last == "" { names.removeLast() }
    }
}

/// The bytes of a reply.
func frame(_ reply: ReplyHeader, _ names: [String]) -> [UInt8] {
    var reply = reply
    let names = names.map { Array($0.utf8) }
    if let first = names.first { reply.lengths.0 = UInt16(first.count) }
    if names.count > 1 { reply.lengths.1 = UInt16(names[1].count) }
    var bytes: [UInt8] = Array(repeating: 0, count: WireFormat.replyHeaderSize)
    var span = bytes.mutableSpan
    var raw = unsafe span.mutableBytes
    reply.write(to: &raw)
    return bytes + names.joined()
}

/// The next frame on a socket; nil at the end, or where there is none yet.
func receiveFrame(_ socket: Int32, flags: Int32 = 0) -> [UInt8]? {
    var bytes: [UInt8] = Array(repeating: 0, count: WireFormat.maximumFrameSize)
    let size = unsafe recv(socket, &bytes, bytes.count, flags)
    return size > 0 ? Array(bytes[..<size]) : nil
}

/// Sends a frame, with a descriptor where that is not negative.
func send(_ bytes: [UInt8], to socket: Int32, _ descriptor: Int32 = -1) throws {
    let count = unsafe kosbroker_send(socket, bytes, bytes.count, descriptor, 0)
    try #require(count == bytes.count)
}

/// Both ends of a socket between the broker and a process.
func socketPair() throws -> (broker: Int32, process: Int32) {
    let ends = try channelEnds()
    return (ends.client, ends.server)
}

/// The value of `KOSBROKER_IDENTITY` for a process that inherits `descriptor`.
func identityVariable(_ descriptor: Int32) -> String {
    var status = stat()
    _ = unsafe fstat(descriptor, &status)
    return "\(descriptor):\(status.st_ino)"
}

/// A buffer of `size` bytes for a name, and what a call has put there.
func withNameBuffer(_ size: Int, _ body: (UnsafeMutablePointer<CChar>) -> Void) -> String {
    var bytes: [CChar] = Array(repeating: 0x7E, count: size + 1)
    unsafe bytes.withUnsafeMutableBufferPointer { buffer in
        if let start = buffer.baseAddress { unsafe body(start) }
    }
    precondition(bytes[size] == 0x7E, "nothing is written past the end of the buffer")
    let name = bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))
    return String(decoding: name, as: UTF8.self)
}
