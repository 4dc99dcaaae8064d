import BrokerDaemon
import CSystemShims
import Glibc
import SecurityEvents
import Testing
import WireProtocol

/// What arrived from the broker.
struct ReplyFrame {
    let header: ReplyHeader
    let names: [String]
    /// The descriptor that came with it, which belongs to the frame's holder.
    let end: End?

    var retcode: Retcode { Retcode(rawValue: header.retcode) }
    var handle: Handle { Handle(rawValue: header.handle) }
}

/// A socket in the hands of a test.
final class End {
    private var descriptor: Descriptor?

    init(_ descriptor: consuming Descriptor) { self.descriptor = consume descriptor }

    var raw: Int32 {
        switch descriptor {
        case .some(let descriptor): descriptor.raw
        case .none: -1
        }
    }

    func close() { descriptor = nil }

    /// Sends bytes, without waiting; the result is 0 or the error number.
    @discardableResult
    func send(_ bytes: [UInt8], descriptor: Int32 = -1) -> Int32 {
        let flags = Int32(MSG_DONTWAIT)
        let result = unsafe bytes.withUnsafeBytes {
            unsafe kosbroker_send(raw, $0.baseAddress, $0.count, descriptor, flags)
        }
        return result < 0 ? Int32(-result) : 0
    }

    /// What is there, without waiting: nil for nothing, no bytes for the end.
    func receive() -> (bytes: [UInt8], end: End?)? {
        var bytes = [UInt8](repeating: 0, count: 70_000)
        var passed: Int32 = -1
        let flags = Int32(MSG_DONTWAIT)
        let count = unsafe bytes.withUnsafeMutableBytes {
            unsafe kosbroker_receive(raw, $0.baseAddress, $0.count, &passed, flags)
        }
        if count == -Int(EAGAIN) { return nil }
        let end = passed < 0 ? nil : End(Descriptor(passed))
        return (Array(bytes.prefix(max(count, 0))), end)
    }

    /// Whether the other side is gone and nothing is left to be read.
    var isAtEnd: Bool { receive()?.bytes.isEmpty == true }
}

/// A process as the broker sees it: an identity socket and lanes, and calls made by hand.
final class WireProcess {
    let daemon: Daemon
    let identity: End
    private(set) var lanes: [End] = []
    let welcome: ReplyFrame
    private var lastCall: UInt32 = 0

    init(_ identity: consuming Descriptor, in daemon: Daemon) throws {
        self.daemon = daemon
        self.identity = End(identity)
        welcome = try #require(Self.receive(self.identity))
        lanes.append(try #require(welcome.end))
    }

    /// Sends a call over a lane and returns its number.
    @discardableResult
    func send(
        _ operation: WireOperation,
        _ names: String?...,
        ms: UInt32 = 0,
        handle: Handle = .invalid,
        number: UInt32 = 0,
        flags: RequestHeader.Flags = [],
        lane: Int = 0
    ) -> UInt32 {
        send(operation, names, ms, handle, number, flags, lane)
    }

    /// Makes a call, lets the broker take a turn and returns the answer, if there is one.
    @discardableResult
    func call(
        _ operation: WireOperation,
        _ names: String?...,
        ms: UInt32 = 0,
        handle: Handle = .invalid,
        number: UInt32 = 0,
        flags: RequestHeader.Flags = [],
        lane: Int = 0
    ) throws -> ReplyFrame? {
        let call = send(operation, names, ms, handle, number, flags, lane)
        _ = try daemon.turn(timeout: .zero)
        let reply = receive(lane: lane)
        if let reply { #expect(reply.header.call == call) }
        return reply
    }

    private func send(
        _ operation: WireOperation,
        _ names: [String?],
        _ milliseconds: UInt32,
        _ handle: Handle,
        _ number: UInt32,
        _ flags: RequestHeader.Flags,
        _ lane: Int
    ) -> UInt32 {
        lastCall += 2
        var header = RequestHeader(operation)
        header.call = lastCall
        header.milliseconds = milliseconds
        header.handle = handle.rawValue
        header.number = number
        header.flags = flags
        if operation == .enumerate { (header.serverSize, header.endpointSize) = (1024, 1024) }
        lanes[lane].send(Self.frame(header, names.map { $0.map { Array($0.utf8) } }))
        return lastCall
    }

    func receive(lane: Int = 0) -> ReplyFrame? { Self.receive(lanes[lane]) }

    /// Asks for one more lane; nil if it is refused.
    func openLane() throws -> Int? {
        identity.send(Self.frame(RequestHeader(.openLane)))
        _ = try daemon.turn(timeout: .zero)
        guard let end = Self.receive(identity)?.end else { return nil }
        lanes.append(end)
        return lanes.count - 1
    }

    /// Closes everything, as the end of a process does.
    func exit() {
        identity.close()
        for lane in lanes { lane.close() }
    }

    static func frame(_ header: RequestHeader, _ names: [[UInt8]?] = []) -> [UInt8] {
        var header = header
        let lengths =
            names.map { $0.map { UInt16($0.count) } ?? WireFormat.nullLength }
            + [0, 0, 0, 0]
        header.lengths = (lengths[0], lengths[1], lengths[2], lengths[3])
        var frame = [UInt8](repeating: 0, count: WireFormat.requestHeaderSize)
        var span = frame.mutableSpan
        var bytes = unsafe span.mutableBytes
        header.write(to: &bytes)
        return frame + names.compactMap(\.self).joined()
    }

    private static func receive(_ socket: End) -> ReplyFrame? {
        guard let (bytes, end) = socket.receive(), !bytes.isEmpty else { return nil }
        let raw = unsafe bytes.span.bytes
        guard let header = ReplyHeader(reading: raw) else {
            Issue.record("the broker sent a malformed frame")
            return nil
        }
        #expect(header.flags.contains(.descriptor) == (end != nil))
        let names = [header.firstName, header.secondName].map {
            String(decoding: bytes[$0], as: UTF8.self)
        }
        return ReplyFrame(header: header, names: names, end: end)
    }
}
