import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// What the functions of `coresrv/cm/cm_api.h` send, and what they make of the answers.
@Suite struct BrokerChannelTests {
    @Test func `connecting returns a client IPC handle and the endpoint ID`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 21, number: 7, descriptor: ends.client)
        close(ends.client)
        broker.run {
            var (handle, riid): (Handle, UInt32) = (0, 0)
            let retcode = unsafe KnCmConnect("echo.Server", "main", 250, &handle, &riid)
            #expect(retcode == ResultCode.ok)
            #expect(handle == 21)
            #expect(riid == 7)
            let request = broker.request()
            #expect(request == SentRequest(.connect, "echo.Server", "main", milliseconds: 250))
        }
        guard case .client(let channel) = broker.connection.handles.entry(21) else {
            Issue.record("the handle is a client IPC handle")
            return
        }
        sendRaw(ends.server, rawMessage(.reply, id: 1, constant: [2, 1]))
        let (retcode, reply) = channel.call(Message(constant: [1, 2]))
        #expect(retcode == ResultCode.ok)
        #expect(reply.constant == [2, 1])
        #expect(receiveRaw(ends.server)?.contents == [1, 2])
        close(ends.server)
    }

    @Test func `a refused connect returns nothing but its code`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, ResultCode.securityDisallow, handle: 5, number: 6)
        broker.run {
            var (handle, riid): (Handle, UInt32) = (1, 2)
            let retcode = unsafe KnCmConnect("s", "e", .max, &handle, &riid)
            #expect(retcode == ResultCode.securityDisallow)
            #expect((handle, riid) == (1, 2))
        }
        #expect(broker.connection.handles.count == 0)
    }

    @Test func `null pointers are told to the broker`() throws {
        let broker = try ScriptedBroker()
        for call in 1...5 { try broker.answer(UInt32(call), ResultCode.invalidArgument) }
        broker.run {
            var (handle, riid): (Handle, UInt32) = (0, 0)
            var sent: [SentRequest?] = []
            var codes = [unsafe KnCmConnect(nil, nil, 1, &handle, nil)]
            sent.append(broker.request())
            codes.append(unsafe KnCmConnect("s", "e", 1, nil, &riid))
            sent.append(broker.request())
            codes.append(KnCmListen(nil, 1, nil, nil))
            sent.append(broker.request())
            codes.append(unsafe KnCmAccept("c", nil, 3, 4, nil))
            sent.append(broker.request())
            codes.append(unsafe KnCmDrop(nil, "e"))
            sent.append(broker.request())
            #expect(codes == Array(repeating: ResultCode.invalidArgument, count: 5))
            let flag = RequestHeader.Flags.nullOutput
            let expected = [
                SentRequest(.connect, nil, nil, flags: flag, milliseconds: 1),
                SentRequest(.connect, "s", "e", flags: flag, call: 2, milliseconds: 1),
                SentRequest(.listen, nil, flags: flag, call: 3, milliseconds: 1),
                SentRequest(.accept, "c", nil, flags: flag, call: 4, handle: 4, number: 3),
                SentRequest(.drop, nil, "e", call: 5),
            ]
            #expect(sent == expected)
        }
    }

    @Test func `listening tells the request, the longest names too`() throws {
        let broker = try ScriptedBroker()
        let longest = String(repeating: "c", count: 1023)
        try broker.answer(1, number: 3, names: [longest, "main"])
        broker.run {
            var service = ""
            let client = unsafe withNameBuffer(1024) { client in
                service = unsafe withNameBuffer(1024) { service in
                    let retcode = unsafe KnCmListen("filter", 77, client, service)
                    #expect(retcode == ResultCode.ok)
                }
            }
            #expect(client == longest)
            #expect(service == "main")
            #expect(broker.request() == SentRequest(.listen, "filter", milliseconds: 77))
        }
    }

    @Test func `an accept without a listener makes one`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 31, descriptor: ends.server)
        close(ends.server)
        broker.run {
            var handle: Handle = 0
            #expect(unsafe KnCmAccept("echo.Client", "main", 7, 0, &handle) == ResultCode.ok)
            #expect(handle == 31)
            let request = broker.request()
            #expect(request == SentRequest(.accept, "echo.Client", "main", number: 7))
        }
        let listener = try #require(broker.connection.listener(31))
        sendRaw(ends.client, rawMessage(.request, riid: 7, constant: [5]))
        #expect(listener.receive().request.constant == [5])
        close(ends.client)
    }

    @Test func `an accept with a listener adds the channel to it`() throws {
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
            #expect(handle == 32)
        }
        let listener = try #require(broker.connection.listener(31))
        guard case .server(let second) = broker.connection.handles.entry(32) else {
            Issue.record("the second handle is no listener handle")
            return
        }
        #expect(second.listener === listener)
        sendRaw(ends[1].client, rawMessage(.request, riid: 7, constant: [6]))
        #expect(listener.receive().request.constant == [6])
        for end in ends { close(end.client) }
    }

    @Test func `a descriptor that does not arrive gives its handle up`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 21, number: 7, flags: .descriptor)
        broker.run {
            var (handle, riid): (Handle, UInt32) = (1, 2)
            let retcode = unsafe KnCmConnect("s", "e", .max, &handle, &riid)
            #expect(retcode == ResultCode.quotaExceeded)
            #expect((handle, riid) == (1, 2))
            #expect(broker.request()?.operation == .connect)
            let closing = broker.request()
            #expect(closing == SentRequest(.close, flags: .oneWay, call: 2, handle: 21))
        }
        #expect(broker.connection.handles.count == 0)
        #expect(!broker.connection.isDead)
    }

    @Test func `a process without descriptors left does not lose its connection`() async {
        await #expect(processExitsWith: .success) {
            let broker = try ScriptedBroker()
            let ends = try channelEnds()
            try broker.answer(1, handle: 21, descriptor: ends.client)
            try broker.answer(3)
            var limit = rlimit(rlim_cur: 0, rlim_max: 0)
            guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            else { exit(2) }
            limit.rlim_cur = 3
            guard unsafe setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0
            else { exit(3) }
            broker.run {
                var (handle, riid): (Handle, UInt32) = (0, 0)
                let retcode = unsafe KnCmConnect("s", "e", .max, &handle, &riid)
                guard retcode == ResultCode.quotaExceeded else { exit(4) }
                guard unsafe KnCmDrop("c", "e") == ResultCode.ok else { exit(5) }
            }
            // What else happens at the end of a process may need descriptors.
            _exit(0)
        }
    }
}
