import CCoreServices
import CoreServices
import Testing
import WireProtocol

/// What the functions of `coresrv/ns/ns_api.h` send, and what they make of the answers.
@Suite struct BrokerNameServerTests {
    @Test func `a request is laid out as the wire says`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, ResultCode.timeout)
        try broker.run {
            var ns: NsHandle = 0
            #expect(unsafe NsCreate("ns", 0x0102_0304, &ns) == ResultCode.timeout)
            let bytes = try #require(receiveFrame(broker.lanes[0]))
            let numbers: [UInt8] = [4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0, 0]
            let lengths: [UInt8] = [2, 0, 0, 0, 0, 0, 0, 0]
            let rest: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x6E, 0x73]
            #expect(bytes == [1, 1, 0, 0, 1, 0, 0, 0] + numbers + lengths + rest)
        }
    }

    @Test func `connecting to a name server returns the connection`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 9)
        broker.run {
            var ns: NsHandle = 0
            #expect(unsafe NsCreate("kl.core.NameServer", 500, &ns) == ResultCode.ok)
            #expect(ns == 9)
            let request = broker.request()
            #expect(request == SentRequest(.nsCreate, "kl.core.NameServer", milliseconds: 500))
        }
    }

    @Test func `a null name is the default one, which the broker knows`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, ResultCode.securityDisallow, handle: 9)
        broker.run {
            var ns: NsHandle = 3
            #expect(unsafe NsCreate(nil, .max, &ns) == ResultCode.securityDisallow)
            #expect(ns == 3)
            let request = broker.request()
            #expect(request == SentRequest(.nsCreate, nil, milliseconds: .max))
        }
    }

    @Test func `publishing and unpublishing send the names as they were passed`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1)
        try broker.answer(2, ResultCode.invalidArgument)
        broker.run {
            #expect(unsafe NsPublishService(9, "echo.IEcho", nil, "main") == ResultCode.ok)
            let published = broker.request()
            #expect(published == SentRequest(.publish, "echo.IEcho", nil, "main", handle: 9))
            let retcode = unsafe NsUnPublishService(9, nil, "echo.Server", "")
            #expect(retcode == ResultCode.invalidArgument)
            let unpublished = broker.request()
            #expect(
                unpublished == SentRequest(.unpublish, nil, "echo.Server", call: 2, handle: 9)
            )
        }
    }

    @Test func `a name that is too long is sent so that the broker sees it`() throws {
        let broker = try ScriptedBroker()
        let longest = String(repeating: "n", count: 1023)
        let names = [longest, longest + "n", longest + String(repeating: "n", count: 9000)]
        for call in 1...3 { try broker.answer(UInt32(call), ResultCode.invalidArgument) }
        broker.run {
            for (index, name) in names.enumerated() {
                _ = unsafe NsPublishService(1, name, name, name)
                let sent = String(repeating: "n", count: index == 0 ? 1023 : 1024)
                let request = broker.request()
                let call = UInt32(index + 1)
                #expect(
                    request == SentRequest(.publish, sent, sent, sent, call: call, handle: 1)
                )
            }
        }
    }

    @Test func `enumerating fills both buffers`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, names: ["echo.Server", "echo.main"])
        broker.run {
            var service = ""
            let server = unsafe withNameBuffer(12) { server in
                service = unsafe withNameBuffer(10) { service in
                    let retcode = unsafe NsEnumServices(9, "i", 5, server, 12, service, 10)
                    #expect(retcode == ResultCode.ok)
                }
            }
            #expect(server == "echo.Server")
            #expect(service == "echo.main")
            let request = broker.request()
            #expect(request == SentRequest(.enumerate, "i", handle: 9, number: 5, sizes: [12, 10]))
        }
    }

    @Test func `the broker judges the sizes of buffers, as large as they may be`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, ResultCode.bufferTooSmall)
        broker.run {
            let name = unsafe withNameBuffer(4) { buffer in
                unsafe buffer[0] = 0
                let retcode = unsafe NsEnumServices(9, "i", 0, buffer, -1, buffer, 1 << 40)
                #expect(retcode == ResultCode.bufferTooSmall)
            }
            #expect(name == "")
            let request = broker.request()
            #expect(request == SentRequest(.enumerate, "i", handle: 9, sizes: [.max, .max]))
        }
    }

    @Test func `null pointers for what is returned are told to the broker`() throws {
        let broker = try ScriptedBroker()
        for call in 1...3 { try broker.answer(UInt32(call), ResultCode.invalidArgument) }
        broker.run {
            #expect(unsafe NsCreate("ns", 5, nil) == ResultCode.invalidArgument)
            let create = broker.request()
            #expect(create == SentRequest(.nsCreate, "ns", flags: .nullOutput, milliseconds: 5))
            for call in [UInt32(2), 3] {
                _ = unsafe withNameBuffer(4) { buffer in
                    let (server, service) = unsafe call == 2 ? (nil, buffer) : (buffer, nil)
                    let retcode = unsafe NsEnumServices(9, "i", 0, server, 4, service, 4)
                    #expect(retcode == ResultCode.invalidArgument)
                }
                let sizes: [UInt32] = [4, 4]
                let request = broker.request()
                #expect(
                    request
                        == SentRequest(
                            .enumerate,
                            "i",
                            flags: .nullOutput,
                            call: call,
                            handle: 9,
                            sizes: sizes
                        )
                )
            }
        }
    }
}
