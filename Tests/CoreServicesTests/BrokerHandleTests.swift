import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// What closes and makes handles.
@Suite struct BrokerHandleTests {
    @Test func `closing a handle of this process does not wait for the broker`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 21, descriptor: ends.client)
        close(ends.client)
        broker.run {
            var (handle, riid): (Handle, UInt32) = (0, 0)
            #expect(unsafe KnCmConnect("s", "e", .max, &handle, &riid) == ResultCode.ok)
            _ = broker.request()
            #expect(KnHandleClose(21) == ResultCode.ok)
            let request = broker.request()
            #expect(request == SentRequest(.close, flags: .oneWay, call: 2, handle: 21))
        }
        #expect(receiveRaw(ends.server) == nil)
        close(ends.server)
    }

    @Test func `closing any other handle is told to the broker, which judges it`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 9)
        try broker.answer(3, ResultCode.invalidArgument)
        broker.run {
            var ns: NsHandle = 0
            #expect(unsafe NsCreate(nil, 0, &ns) == ResultCode.ok)
            _ = broker.request()
            #expect(KnHandleClose(9) == ResultCode.ok)
            #expect(broker.request()?.flags == .oneWay)
            #expect(KnHandleClose(9) == ResultCode.invalidArgument)
            #expect(broker.request() == SentRequest(.close, call: 3, handle: 9))
        }
    }

    @Test func `a handle that is closed while the broker is gone is closed all the same`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 21, descriptor: ends.server)
        close(ends.server)
        broker.run {
            var handle: Handle = 0
            #expect(unsafe KnCmAccept("c", "e", 7, 0, &handle) == ResultCode.ok)
            broker.end()
            #expect(KnHandleClose(handle) == ResultCode.notConnected)
        }
        #expect(broker.connection.handles.count == 0)
        #expect(receiveRaw(ends.client) == nil)
        close(ends.client)
    }

    @Test func `closing a listener handle leaves the channels of other handles alone`() throws {
        let broker = try ScriptedBroker()
        let ends = try [channelEnds(), channelEnds()]
        for (index, end) in ends.enumerated() {
            let handle = UInt32(31 + index)
            try broker.answer(UInt32(index + 1), handle: handle, descriptor: end.server)
            close(end.server)
        }
        broker.run {
            var handle: Handle = 0
            #expect(unsafe KnCmAccept("c", "e", 7, 0, &handle) == ResultCode.ok)
            #expect(unsafe KnCmAccept("d", "e", 7, 31, &handle) == ResultCode.ok)
            #expect(KnHandleClose(31) == ResultCode.ok)
        }
        #expect(receiveRaw(ends[0].client) == nil)
        guard case .server(let second) = broker.connection.handles.entry(32) else {
            Issue.record("the second handle is there")
            return
        }
        sendRaw(ends[1].client, rawMessage(.request, riid: 7, constant: [6]))
        #expect(second.listener.receive().request.constant == [6])
        for end in ends { close(end.client) }
    }

    @Test func `a listener without channels is made by the broker's leave`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 41)
        try broker.answer(2, ResultCode.invalidArgument)
        broker.run {
            var handle: Handle = 0
            #expect(unsafe KnHandleCreateListener(&handle) == ResultCode.ok)
            #expect(handle == 41)
            #expect(broker.request() == SentRequest(.createListener))
            #expect(KnHandleCreateListener(nil) == ResultCode.invalidArgument)
            let null = broker.request()
            #expect(null == SentRequest(.createListener, flags: .nullOutput, call: 2))
        }
        #expect(broker.connection.listener(41) != nil)
    }

    @Test func `there is no other way to make channels`() throws {
        let broker = try ScriptedBroker()
        let unimplemented = Int32(bitPattern: 0x9000_000F)
        try broker.answer(1, unimplemented)
        try broker.answer(2, unimplemented)
        broker.run {
            var handles: [Handle] = [1, 2, 3]
            let retcode = unsafe handles.withUnsafeMutableBufferPointer { handles in
                guard let start = handles.baseAddress else { return Retcode(0) }
                return unsafe KnHandleConnect(5, start, start + 1, start + 2)
            }
            #expect(retcode == unimplemented)
            #expect(handles == [0, 0, 0])
            #expect(KnHandleConnectEx(1, 2, 3, nil, nil, nil) == unimplemented)
            #expect(broker.request() == SentRequest(.handleConnect))
            #expect(broker.request() == SentRequest(.handleConnect, call: 2))
        }
    }
}

/// The table of a process's handles.
@Suite struct HandleTableTests {
    @Test func `the table is a map from handles to entries`() {
        var generator = SystemRandomNumberGenerator()
        let seed = UInt64.random(in: 0...UInt64.max, using: &generator)
        var state = seed
        func next(_ limit: UInt64) -> UInt32 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt32((state >> 33) % limit)
        }
        let table = HandleTable()
        var model: [UInt32: Listener] = [:]
        for _ in 0..<20_000 {
            // Few places apart, so that searches run into each other and round the end.
            let handle = next(2) == 0 ? next(200) : next(60) << 8
            if next(3) > 0 {
                let listener = Listener()
                let isNew = handle != 0 && model[handle] == nil
                #expect(table.insert(handle, .listener(listener, own: [])) == isNew, "seed \(seed)")
                if isNew { model[handle] = listener }
            } else {
                let removed = table.remove(handle).flatMap(listener)
                #expect(removed === model.removeValue(forKey: handle), "seed \(seed)")
            }
            #expect(table.count == model.count)
            let probe = next(300)
            #expect(table.entry(probe).flatMap(listener) === model[probe], "seed \(seed)")
        }
        for (handle, entry) in model {
            #expect(table.entry(handle).flatMap(listener) === entry, "seed \(seed)")
        }
    }

    private func listener(_ entry: HandleEntry) -> Listener? {
        guard case .listener(let listener, own: _) = entry else { return nil }
        return listener
    }
}
