import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// A broker that does not keep to the wire: nothing that it says afterwards can be trusted.
@Suite struct BrokerFaultTests {
    /// What is wrong with an answer to a drop, whose call has the number 1.
    enum Fault: CaseIterable {
        case version, kind, flags, call, length, tooShort, tooLong, descriptor, promisedDescriptor
    }

    @Test(arguments: Fault.allCases) func `a malformed answer ends the connection`(
        fault: Fault
    ) throws {
        let broker = try ScriptedBroker()
        let pair = try channelEnds()
        var reply = ReplyHeader(.reply)
        reply.call = fault == .call ? 2 : 1
        if fault == .promisedDescriptor { reply.flags = .descriptor }
        var bytes = frame(reply, [])
        switch fault {
        case .version: bytes[0] = 9
        case .kind: bytes[1] = 1
        case .flags: bytes[2] = 4
        case .length: bytes[20] = 1
        case .tooShort: bytes.removeLast()
        case .tooLong: bytes += Array(repeating: 0, count: WireFormat.maximumFrameSize)
        case .call, .descriptor, .promisedDescriptor: break
        }
        try send(bytes, to: broker.lanes[0], fault == .descriptor ? pair.client : -1)
        close(pair.client)
        broker.run {
            #expect(unsafe KnCmDrop("c", "e") == ResultCode.notConnected)
            expectEnd(of: broker)
        }
        // A descriptor that nobody asked for is closed.
        #expect(receiveRaw(pair.server) == nil)
        close(pair.server)
    }

    @Test func `a name that is longer than the buffer it is for never gets there`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, names: ["echo.Server", "e"])
        broker.run {
            let server = unsafe withNameBuffer(11) { server in
                unsafe server[0] = 0
                _ = unsafe withNameBuffer(11) { service in
                    let retcode = unsafe NsEnumServices(9, "i", 0, server, 11, service, 11)
                    #expect(retcode == ResultCode.notConnected)
                }
            }
            #expect(server == "")
            expectEnd(of: broker)
        }
    }

    @Test func `a listen is never told names that its buffers cannot hold`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, names: [String(repeating: "c", count: 1024), "e"])
        broker.run {
            _ = unsafe withNameBuffer(1024) { client in
                _ = unsafe withNameBuffer(1024) { service in
                    let retcode = unsafe KnCmListen(nil, 0, client, service)
                    #expect(retcode == ResultCode.notConnected)
                }
            }
            expectEnd(of: broker)
        }
    }

    @Test func `a call that the broker has to refuse is not believed to succeed`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 9)
        broker.run {
            #expect(NsCreate(nil, 0, nil) == ResultCode.notConnected)
            expectEnd(of: broker)
        }
        #expect(broker.connection.handles.count == 0)
    }

    @Test func `a channel without a descriptor is none`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 9)
        broker.run {
            var (handle, riid): (Handle, UInt32) = (0, 0)
            let retcode = unsafe KnCmConnect("s", "e", 0, &handle, &riid)
            #expect(retcode == ResultCode.notConnected)
            expectEnd(of: broker)
        }
    }

    @Test func `after the end of the broker nothing works, and nothing is sent`() throws {
        let broker = try ScriptedBroker()
        broker.end()
        broker.run {
            #expect(unsafe KnCmDrop("c", "e") == ResultCode.notConnected)
            expectEnd(of: broker)
            var handle: NsHandle = 0
            #expect(unsafe NsCreate(nil, 0, &handle) == ResultCode.notConnected)
            #expect(unsafe NsPublishService(1, "i", nil, "e") == ResultCode.notConnected)
            #expect(unsafe KnHandleCreateListener(&handle) == ResultCode.notConnected)
            #expect(unsafe ServiceLocatorConnect("echo") == 0)
            #expect(unsafe ServiceLocatorRegister("echo", nil, 0, nil) == 0)
            #expect(KnHandleConnect(0, nil, nil, nil) == ResultCode.notConnected)
            _ = unsafe withNameBuffer(64) { buffer in
                #expect(unsafe KnTaskGetName(buffer, 64) == ResultCode.notConnected)
            }
        }
    }

    /// The process has left: the broker sees the end of its sockets.
    private func expectEnd(of broker: ScriptedBroker) {
        #expect(broker.connection.isDead)
        #expect(receiveFrame(broker.identity) == nil)
        guard broker.lanes[0] >= 0 else { return }
        #expect(broker.nextRequest() != nil)
        #expect(broker.nextRequest() == nil)
    }
}
