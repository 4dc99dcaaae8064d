import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// The sockets of IPC channels.
struct ChannelTests {
    @Test
    func `connect, listen and accept give both sides a working end`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        #expect(try client.call(.connect, "S", "e", ms: .max) == nil)
        let request = try #require(try server.call(.listen, nil, ms: .max))
        #expect(request.retcode == .ok)
        #expect(request.names == ["A", "e"])
        #expect(request.header.number == 1)
        let accepted = try #require(try server.call(.accept, "A", "e", number: 7))
        let connected = try #require(client.receive())
        #expect(accepted.retcode == .ok)
        #expect(connected.retcode == .ok)
        #expect(connected.header.number == 7)
        #expect(connected.handle != accepted.handle)
        let clientEnd = try #require(connected.end)
        let serverEnd = try #require(accepted.end)
        clientEnd.send([1, 2, 3])
        #expect(serverEnd.receive()?.bytes == [1, 2, 3])
        serverEnd.send([4])
        #expect(clientEnd.receive()?.bytes == [4])
    }

    @Test
    func `messages go past the broker`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        let frames = world.daemon.frameCount
        let records = world.records.count
        for number in 0..<100 {
            link.clientEnd.send([UInt8(number)])
            #expect(link.serverEnd.receive()?.bytes == [UInt8(number)])
            link.serverEnd.send([1])
            #expect(link.clientEnd.receive()?.bytes == [1])
            #expect(try world.daemon.turn(timeout: .zero) == [])
        }
        #expect(world.daemon.frameCount == frames)
        #expect(world.records.count == records)
    }

    @Test
    func `the first close is seen by the other side, the second deletes the channel`() throws {
        for closesClientFirst in [true, false] {
            let world = try LiveWorld()
            let link = try Link(in: world)
            world.forgetRecords()
            let first = closesClientFirst ? link.client : link.server
            let second = closesClientFirst ? link.server : link.client
            let handles = [link.clientHandle, link.serverHandle]
            let other = closesClientFirst ? link.serverEnd : link.clientEnd
            #expect(!other.isAtEnd)
            first.send(.close, handle: handles[closesClientFirst ? 0 : 1], flags: .oneWay)
            try world.settle()
            #expect(other.isAtEnd)
            #expect(world.kinds == [])
            second.send(.close, handle: handles[closesClientFirst ? 1 : 0], flags: .oneWay)
            try world.settle()
            #expect(world.kinds == [.channelDeleted])
        }
    }

    @Test
    func `copies of an end are cut off with it`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        // As if the server had forked: its end is still open somewhere when it ends.
        link.server.exit()
        try world.settle()
        #expect(link.clientEnd.isAtEnd)
        #expect(link.clientEnd.send([1]) != 0)
        #expect(link.serverEnd.send([1]) != 0)
    }

    @Test
    func `the second channel of a listener wakes a server that reads the first, once`() throws {
        let world = try LiveWorld()
        let first = try Link(in: world)
        #expect(first.serverEnd.receive() == nil)
        let second = try Link(first.client, first.server, in: world, listener: first.serverHandle)
        let kick = try #require(first.serverEnd.receive()).bytes
        let raw = unsafe kick.span.bytes
        #expect(MessageHeader(reading: raw, messageSize: kick.count)?.kind == .kick)
        #expect(first.serverEnd.receive() == nil)
        let third = try Link(first.client, first.server, in: world, listener: first.serverHandle)
        for end in [first, second, third].flatMap({ [$0.serverEnd, $0.clientEnd] }) {
            #expect(end.receive() == nil)
        }
    }

    @Test
    func `a listener whose only channel was closed begins anew`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        let listener = try #require(try server.call(.createListener)).handle
        let first = try Link(client, server, in: world, listener: listener)
        server.send(.close, handle: first.serverHandle, flags: .oneWay)
        let second = try Link(client, server, in: world, listener: listener)
        #expect(second.serverEnd.receive() == nil)
        _ = try Link(client, server, in: world, listener: listener)
        #expect(second.serverEnd.receive()?.bytes.count == WireFormat.messageHeaderSize)
    }

    @Test
    func `a reload that revokes cuts denied channels off and leaves their handles`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        let kept = try Link(try world.process("B"), try world.process("T"), in: world)
        world.forgetRecords()
        let engine = ClosureEngine { $0.client != ProcessIdentity(undeclared: "A") }
        world.daemon.reload(engine: engine, channels: .revoke)
        #expect(link.clientEnd.isAtEnd)
        #expect(link.serverEnd.isAtEnd)
        kept.clientEnd.send([1])
        #expect(kept.serverEnd.receive()?.bytes == [1])
        #expect(world.kinds.first == .reload)
        #expect(!world.kinds.contains(.channelDeleted))
        for (process, handle) in [
            (link.client, link.clientHandle), (link.server, link.serverHandle),
        ] {
            #expect(try process.call(.close, handle: handle)?.retcode == .ok)
        }
        #expect(world.kinds.last == .channelDeleted)
    }

    @Test
    func `ten thousand channels leave nothing behind`() throws {
        let world = try LiveWorld(audit: NoAudit())
        let client = try world.process("A")
        let server = try world.process("S")
        var before: Int?
        for _ in 0..<10_000 {
            client.send(.connect, "S", "e", ms: .max)
            server.send(.accept, "A", "e")
            try world.settle()
            let accepted = try #require(server.receive())
            // Of the two frames, either may have been read first.
            let answer = accepted.retcode == .ok ? accepted : try server.call(.accept, "A", "e")
            let connected = try #require(client.receive())
            client.send(.close, handle: connected.handle, flags: .oneWay)
            server.send(.close, handle: try #require(answer).handle, flags: .oneWay)
            try world.settle()
            before = before ?? world.daemon.openDescriptors
            world.forgetRecords()
        }
        #expect(world.daemon.openDescriptors == before)
        #expect(client.receive() == nil)
    }
}

/// A channel from `A` to `S`, and what both have of it.
struct Link {
    let client: WireProcess
    let server: WireProcess
    let clientHandle: Handle
    let serverHandle: Handle
    let clientEnd: End
    let serverEnd: End

    init(in world: LiveWorld) throws {
        try self.init(try world.process("A"), try world.process("S"), in: world)
    }

    init(
        _ client: WireProcess,
        _ server: WireProcess,
        in world: LiveWorld,
        listener: Handle = .invalid
    ) throws {
        self.client = client
        self.server = server
        client.send(.connect, server.welcome.names[0], "e", ms: .max)
        try world.settle()
        let name = client.welcome.names[0]
        let accepted = try #require(try server.call(.accept, name, "e", handle: listener))
        let connected = try #require(client.receive())
        clientHandle = connected.handle
        serverHandle = accepted.handle
        clientEnd = try #require(connected.end)
        serverEnd = try #require(accepted.end)
    }
}
