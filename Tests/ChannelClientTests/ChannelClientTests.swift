import ChannelClient
import Glibc
import Testing
import WireProtocol

/// What a call throws; nil if it does not.
private func failure(_ body: () throws(Retcode) -> Void) -> Retcode? {
    do throws(Retcode) {
        try body()
        return nil
    } catch { return error }
}

@Suite struct NameServerTests {
    private let broker: ScriptedBroker

    init() throws { broker = try ScriptedBroker() }

    @Test func `endpoints are published, unpublished and enumerated`() throws {
        try broker.answer(1, handle: 9)
        for call in 2...3 as ClosedRange<UInt32> { try broker.answer(call) }
        try broker.answer(4, names: ["echo.Server", "echo.main"])
        try broker.answer(5, names: ["echo.Other", "echo.more"])
        try broker.answer(6, retcode: Retcode.resourceNotFound.rawValue)
        try broker.run {
            let nameServer = try NameServer(timeout: .seconds(2))
            try nameServer.publish("echo.main", interface: "echo.IEcho")
            try nameServer.unpublish("echo.main", interface: "echo.IEcho", server: "echo.Server")
            let entries = try nameServer.entries(of: "echo.IEcho")
            #expect(entries.map(\.server) == ["echo.Server", "echo.Other"])
            #expect(entries.map(\.endpoint) == ["echo.main", "echo.more"])
        }
        #expect(broker.asked() == Asked(.nsCreate, nil, milliseconds: 2000))
        #expect(broker.asked() == Asked(.publish, "echo.IEcho", nil, "echo.main", handle: 9))
        #expect(
            broker.asked()
                == Asked(.unpublish, "echo.IEcho", "echo.Server", "echo.main", handle: 9)
        )
        for index in 0..<3 as Range<UInt32> {
            #expect(
                broker.asked() == Asked(.enumerate, "echo.IEcho", handle: 9, number: index)
            )
        }
        #expect(broker.asked() == Asked(.close, handle: 9))
        #expect(broker.asked() == nil)
    }

    @Test func `a denial is thrown, and the connection closes all the same`() throws {
        try broker.answer(1, handle: 9)
        try broker.answer(2, retcode: Retcode.securityDisallow.rawValue)
        broker.run {
            #expect(
                failure { () throws(Retcode) in
                    _ = try NameServer("names").publish("echo.main", interface: "echo.IEcho")
                } == .securityDisallow
            )
        }
        #expect(broker.asked() == Asked(.nsCreate, "names", milliseconds: .max))
        #expect(broker.asked()?.operation == .publish)
        #expect(broker.asked() == Asked(.close, handle: 9))
    }

    @Test func `a name with a zero inside is refused, not cut`() throws {
        try broker.answer(1, handle: 9)
        try broker.run {
            let nameServer = try NameServer()
            #expect(
                failure { () throws(Retcode) in _ = try NameServer("a\0b") } == .invalidArgument
            )
            #expect(
                failure { () throws(Retcode) in _ = try connect(to: "a\0b", endpoint: "e") }
                    == .invalidArgument
            )
            #expect(
                failure { () throws(Retcode) in _ = try connect(to: "a", endpoint: "e\0") }
                    == .invalidArgument
            )
            #expect(
                failure { () throws(Retcode) in _ = try ServerHandle(staticChannels: "\0") }
                    == .invalidArgument
            )
            #expect(
                failure { () throws(Retcode) in _ = try ClientHandle(staticChannel: "\0", riid: 0) }
                    == .invalidArgument
            )
            #expect(
                failure { () throws(Retcode) in
                    _ = try ChannelRequest(client: "a\0", endpoint: "e").accept(riid: 1)
                } == .invalidArgument
            )
            let published = failure { () throws(Retcode) in
                try nameServer.publish("a\0", interface: "i")
            }
            #expect(published == .invalidArgument)
        }
        #expect(broker.asked()?.operation == .nsCreate)
        #expect(broker.asked()?.operation == .close)
        #expect(broker.asked() == nil)
    }
}

/// What a call comes to that has a millisecond.
private func outcome(
    _ client: borrowing ClientHandle,
    _ message: Message,
    room: Int = 10
) -> Retcode? {
    do throws(Retcode) {
        _ = try client.call(method: 1, message, room: room, timeout: .milliseconds(1))
        return nil
    } catch { return error }
}

@Suite struct ClientHandleTests {
    private let broker: ScriptedBroker
    private let server: Int32

    init() throws {
        broker = try ScriptedBroker()
        let ends = try socketPair()
        server = ends.ours
        try broker.answer(1, handle: 12, number: 7, descriptor: ends.theirs)
    }

    @Test func `a call sends a request and returns the reply`() throws {
        try sendMessage(.reply, constant: [4, 5], arena: [6], to: server)
        try broker.run {
            let client = try connect(to: "echo.Server", endpoint: "echo.main", timeout: .zero)
            #expect(client.riid == 7)
            let reply = try client.call(method: 3, Message([1, 2], arena: [3]))
            #expect(reply == Message([4, 5], arena: [6]))
            try client.close()
        }
        let (header, contents) = try #require(nextMessage(server))
        #expect(header.riid == 7 && header.method == 3 && contents == [1, 2, 3])
        #expect(broker.asked() == Asked(.connect, "echo.Server", "echo.main"))
        #expect(broker.asked() == Asked(.close, handle: 12))
        #expect(broker.asked() == nil)
        close(server)
    }

    @Test func `a call that fails says why`() throws {
        try broker.run {
            let client = try connect(to: "echo.Server", endpoint: "echo.main")
            try sendMessage(.reply, constant: [1, 2], arena: [], to: server)
            #expect(outcome(client, Message(), room: 1) == .bufferTooSmall)
            #expect(outcome(client, Message()) == .timeout)
            #expect(outcome(client, Message(Array(repeating: 0, count: 65537))) == .bufferTooLarge)
            close(server)
            #expect(outcome(client, Message()) == .notConnected)
        }
    }

    @Test(
        arguments: [
            (nil, UInt32.max), (.zero, 0), (.nanoseconds(1), 1), (.milliseconds(5), 5),
            (.microseconds(5001), 6), (.seconds(-3), 0), (.seconds(5_000_000), .max - 1),
        ] as [(Duration?, UInt32)]
    )
    func `timeouts are rounded up`(timeout: Duration?, milliseconds: UInt32) throws {
        try broker.run { _ = try connect(to: "s", endpoint: "e", timeout: timeout) }
        #expect(broker.asked()?.milliseconds == milliseconds)
        close(server)
    }
}

@Suite struct ServerHandleTests {
    private let broker: ScriptedBroker
    private let request = ChannelRequest(client: "echo.Client", endpoint: "echo.main")

    init() throws { broker = try ScriptedBroker() }

    @Test func `requests for channels are listened for, accepted and dropped`() throws {
        let ends = try (socketPair(), socketPair())
        try broker.answer(1, number: 1, names: ["echo.Client", "echo.main"])
        try broker.answer(2, handle: 20, descriptor: ends.0.theirs)
        try broker.answer(3, handle: 21, descriptor: ends.1.theirs)
        try broker.answer(4)
        try broker.run {
            let request = try ChannelRequest.listen(timeout: .seconds(1))
            #expect(request == self.request)
            let listener = try request.accept(riid: 7)
            let second = try request.accept(riid: 8, listener: listener)
            try request.drop()
            try sendMessage(
                .request,
                riid: 8,
                method: 2,
                constant: [1],
                arena: [2],
                to: ends.1.ours
            )
            let received = try listener.receive()
            #expect(received.riid == 8 && received.method == 2)
            #expect(received.message == Message([1], arena: [2]))
            try second.reply(Message([3]))
            #expect(nextMessage(ends.1.ours)?.contents == [3])
            let again = failure { () throws(Retcode) in try listener.reply(Message()) }
            #expect(again == .invalidOperation)
        }
        #expect(broker.asked() == Asked(.listen, nil, milliseconds: 1000))
        let names = ("echo.Client", "echo.main")
        #expect(broker.asked() == Asked(.accept, names.0, names.1, number: 7))
        #expect(broker.asked() == Asked(.accept, names.0, names.1, handle: 20, number: 8))
        #expect(broker.asked() == Asked(.drop, names.0, names.1))
        let closed = [broker.asked(), broker.asked()].map { $0?.handle }
        #expect(Set(closed) == [20, 21])
        close(ends.0.ours)
        close(ends.1.ours)
    }

    @Test func `an accept takes the next listen with it`() throws {
        let ends = try socketPair()
        try broker.answer(1, handle: 20)
        try broker.answer(2, number: 3, names: ["a", "e"])
        try broker.answer(3, handle: 21, descriptor: ends.theirs)
        try broker.answer(4, number: 2, names: ["b", "e"])
        // Call 5 is the close of the handle that the test does not keep.
        try broker.answer(6, retcode: Retcode.resourceNotFound.rawValue)
        try broker.answer(7, number: 1, names: ["c", "e"])
        try broker.answer(8, retcode: Retcode.securityDisallow.rawValue)
        try broker.answer(9, retcode: Retcode.timeout.rawValue)
        var results: [String] = []
        try broker.run {
            let listener = try ServerHandle()
            let end = failure { () throws(Retcode) in
                try ChannelRequest.answerAll(listener: listener) { request in
                    request.client == "b" ? .drop : .accept(riid: 7)
                } accepted: { request, result in
                    switch consume result {
                    case .success: results.append(request.client)
                    case .failure(let retcode): results.append("\(request.client) \(retcode)")
                    }
                }
            }
            #expect(end == .timeout)
        }
        #expect(results == ["a", "c rcSecurityDisallow"])
        #expect(broker.asked()?.operation == .createListener)
        #expect(broker.asked()?.operation == .listen)
        #expect(
            broker.asked() == Asked(.accept, "a", "e", handle: 20, number: 7, milliseconds: .max)
        )
        close(ends.ours)
    }
}

@Suite struct RetcodeTests {
    @Test func `codes have the names of C`() {
        let codes: [(Retcode, String)] = [
            (.invalidArgument, "rcInvalidArgument"), (.notConnected, "rcNotConnected"),
            (.bufferTooSmall, "rcBufferTooSmall"), (.fail, "rcFail"),
            (.unimplemented, "rcUnimplemented"), (.bufferTooLarge, "rcBufferTooLarge"),
            (.resourceNotFound, "rcResourceNotFound"), (.timeout, "rcTimeout"),
            (.securityDisallow, "rcSecurityDisallow"), (.abort, "rcAbort"),
            (.alreadyExists, "rcAlreadyExists"), (.invalidOperation, "rcInvalidOperation"),
            (.quotaExceeded, "rcQuotaExceeded"),
        ]
        for (code, name) in codes { #expect(code.description == name) }
    }

    @Test func `without a broker nothing is connected`() {
        #expect(failure { () throws(Retcode) in _ = try NameServer() } == .notConnected)
        #expect(failure { () throws(Retcode) in _ = try ServerHandle() } == .notConnected)
    }
}
