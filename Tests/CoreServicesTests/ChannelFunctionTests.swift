import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// What `coresrv/syscalls.h` declares, with the handles of a process.
@Suite final class ChannelFunctionTests {
    private let broker: ScriptedBroker
    private let client: Int32
    private let server: Int32
    private let otherClient: Int32
    private let channels: [ServerChannel]

    /// Handle 1 is a client's, 2 a listener's, 3 that of a further channel, 4 a name server's.
    init() throws {
        broker = try ScriptedBroker()
        let ends = try (channelEnds(), channelEnds(), channelEnds())
        let handles = broker.connection.handles
        let listener = Listener()
        (server, client, otherClient) = (ends.0.server, ends.2.client, ends.1.client)
        channels = [ends.1.server, ends.2.server].map { listener.add(descriptor: $0, riid: 7) }
        handles.insert(1, .client(ClientChannel(descriptor: ends.0.client)))
        handles.insert(2, .listener(listener, own: [channels[0]]))
        handles.insert(3, .server(channels[1]))
        handles.insert(4, .nameServer)
    }

    deinit {
        for channel in channels { channel.close() }
        for descriptor in [server, client, otherClient] { close(descriptor) }
    }

    private func each(_ handle: Handle) -> [Retcode] {
        let request = Message(constant: [1])
        return broker.run {
            unsafe request.withHeader { out in
                var room = Message.room()
                return unsafe room.withMutableHeader { into in
                    unsafe [
                        Call(handle, out, into), CallEx(handle, out, into, 0, 0),
                        RecvEx(handle, into, 0, 0), Reply(handle, out),
                    ]
                }
            }
        }
    }

    @Test func `an unknown handle is an invalid argument`() {
        for handle in [0, 5, .max] as [Handle] {
            #expect(each(handle) == Array(repeating: ResultCode.invalidArgument, count: 4))
        }
    }

    @Test func `a handle of the wrong kind is an invalid operation`() throws {
        #expect(each(4) == Array(repeating: ResultCode.invalidOperation, count: 4))
        for handle in [2, 3] as [Handle] {
            #expect(
                each(handle).prefix(2) == [
                    ResultCode.invalidOperation, ResultCode.invalidOperation,
                ]
            )
        }
        sendRaw(server, rawMessage(.reply))
        #expect(each(1).suffix(2) == [ResultCode.invalidOperation, ResultCode.invalidOperation])
    }

    @Test func `null pointers are invalid arguments`() {
        var message = unsafe SMsgHdr()
        var sized = unsafe SMsgHdr()
        unsafe sized.constantSize = 1
        var withArena = unsafe SMsgHdr()
        unsafe withArena.arenaSize = 1
        let retcodes = broker.run {
            unsafe [
                Call(1, nil, &message), Call(1, &message, nil), Call(1, &sized, &message),
                Call(1, &message, &sized), Call(1, &withArena, &message),
                Call(1, &message, &withArena), Recv(2, nil), Recv(2, &sized), Recv(3, &withArena),
                Reply(2, nil), Reply(2, &sized), Reply(3, &withArena),
            ]
        }
        #expect(retcodes == Array(repeating: ResultCode.invalidArgument, count: 12))
    }

    @Test func `sizes that no message can have are too large, or room enough`() {
        var message = unsafe SMsgHdr()
        var byte: UInt8 = 9
        let retcodes = unsafe withUnsafeMutableBytes(of: &byte) { byte in
            var huge = unsafe SMsgHdr()
            unsafe huge.constantPart = byte.baseAddress
            unsafe huge.constantSize = -1
            sendRaw(server, rawMessage(.reply, constant: [3]))
            return broker.run {
                unsafe [Call(1, &huge, &message), Call(1, &message, &huge)]
            }
        }
        #expect(retcodes == [ResultCode.bufferTooLarge, ResultCode.ok])
        #expect(byte == 3)
    }

    @Test func `a request over one handle is replied to over another of the listener`() throws {
        sendRaw(client, rawMessage(.request, id: 6, constant: [1, 2]))
        var request = Message.room()
        let retcodes = broker.run {
            unsafe request.withMutableHeader { request in
                unsafe [RecvEx(2, request, 0, 0), Reply(3, request), Reply(2, request)]
            }
        }
        #expect(retcodes == [ResultCode.ok, ResultCode.ok, ResultCode.invalidOperation])
        #expect(try #require(receiveRaw(client)).contents == [1, 2])
    }

    @Test func `a deadline counts for calling and receiving`() {
        var (request, message) = unsafe (SMsgHdr(), SMsgHdr())
        let retcodes = broker.run {
            unsafe [CallEx(1, &request, &message, 1, 0), RecvEx(2, &message, 1, 0)]
        }
        #expect(retcodes == [ResultCode.timeout, ResultCode.timeout])
    }

    @Test func `without a broker there are no channels`() throws {
        broker.end()
        _ = broker.run { KnHandleClose(77) }
        #expect(each(1) == Array(repeating: ResultCode.notConnected, count: 4))
        #expect(Call(1, nil, nil) == ResultCode.notConnected)
        #expect(Recv(1, nil) == ResultCode.notConnected)
        #expect(Reply(1, nil) == ResultCode.notConnected)
    }
}
