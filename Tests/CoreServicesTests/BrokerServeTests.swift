import CCoreServices
import CoreServices
import Glibc
import Testing
import WireProtocol

/// Listening ahead: `kosbroker/serve.h`.
@Suite struct BrokerServeTests {
    @Test func `a listen tells how many requests wait`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, number: 12, names: ["c", "e"])
        try broker.answer(2, number: 13, names: ["c", "e"])
        broker.run {
            var waiting: UInt32 = 0
            let listened = unsafe listen(broker) { unsafe KosbrokerListen(40, $0, $1, &waiting) }
            #expect(listened == Listened(ResultCode.ok, "c", "e"))
            #expect(waiting == 12)
            #expect(broker.request() == SentRequest(.listen, nil, milliseconds: 40))
            let unasked = unsafe listen(broker) { unsafe KosbrokerListen(40, $0, $1, nil) }
            #expect(unasked == Listened(ResultCode.ok, "c", "e"))
        }
    }

    @Test func `accept and listen go in one frame and come in two`() throws {
        let broker = try ScriptedBroker()
        let ends = try channelEnds()
        try broker.answer(1, handle: 31, descriptor: ends.server)
        close(ends.server)
        try broker.answer(2, number: 4, names: ["d", "f"])
        broker.run {
            var (handle, accepted, waiting): (Handle, Retcode, UInt32) = (0, 1, 0)
            let listened = unsafe listen(broker) { client, service in
                unsafe KosbrokerAcceptThenListen(
                    "c",
                    "e",
                    7,
                    0,
                    &handle,
                    &accepted,
                    60,
                    client,
                    service,
                    &waiting
                )
            }
            #expect(listened == Listened(ResultCode.ok, "d", "f"))
            #expect((handle, accepted, waiting) == (31, ResultCode.ok, 4))
            let request = broker.request()
            #expect(
                request
                    == SentRequest(
                        .accept,
                        "c",
                        "e",
                        flags: .thenListen,
                        milliseconds: 60,
                        number: 7
                    )
            )
            #expect(broker.request() == nil)
        }
        #expect(broker.connection.listener(31) != nil)
        close(ends.client)
    }

    @Test func `the listen counts even where the accept failed`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, ResultCode.securityDisallow)
        try broker.answer(2, names: ["d", "f"])
        broker.run {
            var (handle, accepted): (Handle, Retcode) = (9, 1)
            let listened = unsafe listen(broker) { client, service in
                unsafe KosbrokerAcceptThenListen(
                    "c",
                    "e",
                    7,
                    0,
                    &handle,
                    &accepted,
                    60,
                    client,
                    service,
                    nil
                )
            }
            #expect(listened == Listened(ResultCode.ok, "d", "f"))
            #expect((handle, accepted) == (0, ResultCode.securityDisallow))
        }
    }

    @Test func `an accepted channel whose descriptor does not arrive does not stop the listen`()
        throws
    {
        let broker = try ScriptedBroker()
        try broker.answer(1, handle: 31, flags: .descriptor)
        try broker.answer(2, names: ["d", "f"])
        broker.run {
            var (handle, accepted): (Handle, Retcode) = (9, 1)
            let listened = unsafe listen(broker) { client, service in
                unsafe KosbrokerAcceptThenListen(
                    "c",
                    "e",
                    7,
                    0,
                    &handle,
                    &accepted,
                    60,
                    client,
                    service,
                    nil
                )
            }
            #expect(listened == Listened(ResultCode.ok, "d", "f"))
            #expect((handle, accepted) == (0, ResultCode.quotaExceeded))
            _ = broker.request()
            let closing = broker.request()
            #expect(closing == SentRequest(.close, flags: .oneWay, call: 3, handle: 31))
        }
    }

    @Test func `with a null pointer both calls go by themselves`() throws {
        let broker = try ScriptedBroker()
        try broker.answer(1, ResultCode.invalidArgument)
        try broker.answer(2, names: ["d", "f"])
        broker.run {
            var handle: Handle = 9
            let listened = unsafe listen(broker) { client, service in
                unsafe KosbrokerAcceptThenListen(
                    "c",
                    "e",
                    7,
                    0,
                    &handle,
                    nil,
                    60,
                    client,
                    service,
                    nil
                )
            }
            #expect(listened == Listened(ResultCode.ok, "d", "f"))
            #expect(handle == 0)
            let accept = broker.request()
            #expect(accept == SentRequest(.accept, "c", "e", flags: .nullOutput, number: 7))
            let listen = broker.request()
            #expect(listen == SentRequest(.listen, nil, call: 2, milliseconds: 60))
        }
    }

    @Test func `at the end of the broker both codes say so`() throws {
        let broker = try ScriptedBroker()
        broker.end()
        broker.run {
            var (handle, accepted): (Handle, Retcode) = (9, 1)
            let listened = unsafe listen(broker) { client, service in
                unsafe KosbrokerAcceptThenListen(
                    "c",
                    "e",
                    7,
                    0,
                    &handle,
                    &accepted,
                    60,
                    client,
                    service,
                    nil
                )
            }
            #expect(listened == Listened(ResultCode.notConnected, "", ""))
            #expect((handle, accepted) == (0, ResultCode.notConnected))
        }
    }

    private struct Listened: Equatable {
        let retcode: Retcode
        let client: String
        let service: String

        init(_ retcode: Retcode, _ client: String, _ service: String) {
            self.retcode = retcode
            self.client = client
            self.service = service
        }
    }

    private typealias Buffer = UnsafeMutablePointer<CChar>

    private func listen(_ broker: ScriptedBroker, _ body: (Buffer, Buffer) -> Retcode) -> Listened {
        var (retcode, service): (Retcode, String) = (1, "")
        let client = unsafe withNameBuffer(1024) { client in
            unsafe client[0] = 0
            service = unsafe withNameBuffer(1024) { service in
                unsafe service[0] = 0
                retcode = unsafe body(client, service)
            }
        }
        return Listened(retcode, client, service)
    }
}
