import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// The channels that the init description makes: `coresrv/sl/sl_api.h`.
@Suite struct BrokerStaticChannelTests {
    @Test func `the client's end comes with the first answer, the handle with each`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 51, descriptor: ends.client)
        close(ends.client)
        try broker.answer(2, handle: 51)
        try broker.answer(3, Int32(bitPattern: 0x9000_0012))
        broker.run {
            #expect(unsafe ServiceLocatorConnect("echo") == 51)
            #expect(unsafe ServiceLocatorConnect("echo") == 51)
            #expect(ServiceLocatorConnect(nil) == 0)
            #expect(broker.request() == SentRequest(.serviceLocatorConnect, "echo"))
            _ = broker.request()
            let null = broker.request()
            #expect(null == SentRequest(.serviceLocatorConnect, nil, call: 3))
        }
        #expect(broker.connection.handles.count == 1)
        close(ends.server)
    }

    @Test func `a listener of static channels receives over all of them, for any endpoint`()
        throws
    {
        let broker = try ScriptedBroker()
        let ends = try [channelEnds(), channelEnds(), channelEnds()]
        for (index, end) in ends.enumerated() {
            let flags: ReplyHeader.Flags = index < 2 ? .more : []
            try broker.answer(1, handle: 61, flags: flags, descriptor: end.server)
            close(end.server)
        }
        try broker.answer(2, handle: 61)
        broker.run {
            var id: ServiceId = 9
            #expect(unsafe ServiceLocatorRegister("echo", nil, 0, &id) == 61)
            #expect(id == 0)
            #expect(broker.request() == SentRequest(.serviceLocatorRegister, "echo"))
            #expect(unsafe ServiceLocatorRegister("echo", nil, 0, nil) == 61)
        }
        let listener = try #require(broker.connection.listener(61))
        for (index, end) in ends.enumerated() {
            let riid = UInt32(index * 1000)
            sendRaw(end.client, rawMessage(.request, riid: riid, constant: [UInt8(index)]))
            let (retcode, request) = listener.receive()
            #expect(retcode == ResultCode.ok)
            #expect(request.riid == riid)
        }
        broker.run { #expect(KnHandleClose(61) == ResultCode.ok) }
        for end in ends {
            while let answer = receiveRaw(end.client) {
                #expect(answer.header.kind == .failure)
            }
            close(end.client)
        }
    }

    @Test func `without room for all its ends a listener is given up`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 61, flags: [.more, .descriptor])
        try broker.answer(1, handle: 61, descriptor: ends.server)
        close(ends.server)
        broker.run {
            #expect(unsafe ServiceLocatorRegister("echo", nil, 0, nil) == 0)
            _ = broker.request()
            let closing = broker.request()
            #expect(closing == SentRequest(.close, flags: .oneWay, call: 2, handle: 61))
        }
        #expect(receiveRaw(ends.client) == nil)
        #expect(broker.connection.handles.count == 0)
        close(ends.client)
    }

    @Test func `where there is no such channel there is no listener`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, Int32(bitPattern: 0x9000_0012))
        broker.run { #expect(unsafe ServiceLocatorRegister("echo", nil, 0, nil) == 0) }
        #expect(broker.connection.handles.count == 0)
    }

    @Test func `nobody knows endpoint IDs without formal specifications`() {
        #expect(unsafe ServiceLocatorGetRiid(51, "echo.main") == .max)
    }
}
