import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// The ends of static channels, which are made when somebody asks.
struct StaticChannelTests {
    private func channel(_ client: ProcessName, _ server: ProcessName) -> Solution.Channel {
        Solution.Channel(client: client, server: server, connection: "c")
    }

    @Test
    func `whoever asks first, both sides get working ends`() throws {
        for clientIsFirst in [true, false] {
            let world = try LiveWorld(channels: [channel("A", "S")])
            let client = try world.process("A")
            let server = try world.process("S")
            let descriptors = world.daemon.openDescriptors
            var connected = clientIsFirst ? try client.call(.serviceLocatorConnect, "c") : nil
            let registered = try #require(try server.call(.serviceLocatorRegister, "c"))
            connected = try connected ?? client.call(.serviceLocatorConnect, "c")
            let clientEnd = try #require(connected?.end)
            let serverEnd = try #require(registered.end)
            clientEnd.send([1])
            #expect(serverEnd.receive()?.bytes == [1])
            serverEnd.send([2])
            #expect(clientEnd.receive()?.bytes == [2])
            // The client's end is kept, and the next pair may be at hand already.
            #expect((1...3).contains(world.daemon.openDescriptors - descriptors))
            server.exit()
            try world.settle()
            #expect(clientEnd.isAtEnd)
        }
    }

    @Test
    func `the handle is the same each time, and brings its end once`() throws {
        let world = try LiveWorld(channels: [channel("A", "S")])
        let client = try world.process("A")
        let first = try #require(try client.call(.serviceLocatorConnect, "c"))
        let second = try #require(try client.call(.serviceLocatorConnect, "c"))
        #expect(first.handle == second.handle)
        #expect(first.end != nil)
        #expect(second.end == nil)
        #expect(try client.call(.serviceLocatorConnect, "d")?.retcode == .resourceNotFound)
    }

    @Test
    func `a server gets the ends of all its channels of a name, one a frame`() throws {
        let world = try LiveWorld(channels: [
            channel("A", "S"), channel("B", "S"), channel("T", "S"),
        ])
        let server = try world.process("S")
        let call = server.send(.serviceLocatorRegister, "c")
        try world.settle()
        let replies = (0..<3).compactMap { _ in server.receive() }
        #expect(replies.map(\.header.call) == [call, call, call])
        #expect(Set(replies.map(\.handle)).count == 1)
        #expect(
            replies.map(\.header.flags) == [
                [.descriptor, .more], [.descriptor, .more], .descriptor,
            ]
        )
        #expect(server.receive() == nil)
        for (index, name) in (["A", "B", "T"] as [ProcessName]).enumerated() {
            let client = try world.process(name)
            let end = try #require(try client.call(.serviceLocatorConnect, "c")?.end)
            end.send([UInt8(index)])
            #expect(replies[index].end?.receive()?.bytes == [UInt8(index)])
        }
    }

    @Test
    func `the side that asks after the other has closed sees the end`() throws {
        for clientCloses in [true, false] {
            let world = try LiveWorld(channels: [channel("A", "S")])
            let client = try world.process("A")
            let server = try world.process("S")
            let (first, second) = clientCloses ? (client, server) : (server, client)
            let operations: [WireOperation] =
                clientCloses
                ? [.serviceLocatorConnect, .serviceLocatorRegister]
                : [.serviceLocatorRegister, .serviceLocatorConnect]
            let handle = try #require(try first.call(operations[0], "c")).handle
            #expect(try first.call(.close, handle: handle)?.retcode == .ok)
            let late = try #require(try second.call(operations[1], "c"))
            #expect(late.end?.isAtEnd == true)
        }
    }

    @Test
    func `a side that asks after the other process ended unasked sees the end`() throws {
        for clientEnds in [true, false] {
            let world = try LiveWorld(channels: [channel("A", "S")])
            world.daemon.endProcess(clientEnds ? "A" : "S")
            let process = try world.process(clientEnds ? "S" : "A")
            let reply = try process.call(
                clientEnds ? .serviceLocatorRegister : .serviceLocatorConnect,
                "c"
            )
            #expect(reply?.end?.isAtEnd == true)
        }
    }

    @Test
    func `nobody is behind a channel to a name server`() throws {
        let world = try LiveWorld(channels: [channel("A", "kl.core.NameServer")])
        let reply = try world.process("A").call(.serviceLocatorConnect, "c")
        #expect(reply?.retcode == .ok)
        #expect(reply?.end?.isAtEnd == true)
    }

    @Test
    func `a channel accepted on the listener of one static channel wakes its reader`() throws {
        let world = try LiveWorld(channels: [channel("A", "S")])
        let client = try world.process("A")
        let server = try world.process("S")
        let registered = try #require(try server.call(.serviceLocatorRegister, "c"))
        _ = try Link(client, server, in: world, listener: registered.handle)
        #expect(registered.end?.receive()?.bytes.count == WireFormat.messageHeaderSize)
        let end = try client.call(.serviceLocatorConnect, "c")?.end
        end?.send([1])
        #expect(registered.end?.receive()?.bytes == [1])
    }
}
