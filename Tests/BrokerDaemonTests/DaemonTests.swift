import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// What each call answers, over real sockets.
struct DaemonTests {
    @Test
    func `a welcome names the process, its class and the lanes it may have`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        #expect(process.welcome.header.kind == .welcome)
        #expect(process.welcome.names == ["A", "A"])
        #expect(process.welcome.header.number == 64 + 16)
        #expect(process.lanes.count == 1)
    }

    @Test
    func `a process that is not there or is attached already cannot be attached`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        #expect(throws: SystemFault(call: "attach", number: 16)) { try world.process("A") }
        #expect(throws: SystemFault(call: "attach", number: 3)) { try world.process("X") }
        process.exit()
        try world.settle()
        #expect(throws: SystemFault(call: "attach", number: 3)) { try world.process("A") }
        #expect(world.daemon.startProcess("A").retcode == .ok)
        #expect(try world.process("A").call(.createListener)?.retcode == .ok)
    }

    @Test
    func `the calls of the name server answer with connections and entries`() throws {
        let world = try LiveWorld()
        let server = try world.process("S")
        let created = try #require(try server.call(.nsCreate, nil, ms: .max))
        #expect(created.retcode == .ok)
        #expect(created.handle != .invalid)
        let ns = created.handle
        #expect(try server.call(.publish, "i", nil, "e", handle: ns)?.retcode == .ok)
        #expect(try server.call(.publish, "i", "S", "e", handle: ns)?.retcode == .alreadyExists)
        let entry = try #require(try server.call(.enumerate, "i", handle: ns))
        #expect(entry.retcode == .ok)
        #expect(entry.names == ["S", "e"])
        let end = try server.call(.enumerate, "i", handle: ns, number: 1)
        #expect(end?.retcode == .resourceNotFound)
        #expect(end?.names == ["", ""])
        #expect(try server.call(.unpublish, "i", nil, "e", handle: ns)?.retcode == .ok)
        #expect(try server.call(.close, handle: ns)?.retcode == .ok)
        #expect(try server.call(.close, handle: ns)?.retcode == .invalidArgument)
    }

    @Test
    func `drop, handleConnect and createListener answer with their codes`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        client.send(.connect, "S", "e", ms: .max)
        try world.settle()
        #expect(try server.call(.drop, "A", "e")?.retcode == .ok)
        #expect(client.receive()?.retcode == .abort)
        #expect(try server.call(.drop, "A", "e")?.retcode == .resourceNotFound)
        #expect(try server.call(.handleConnect)?.retcode == .unimplemented)
        let listener = try #require(try server.call(.createListener))
        #expect(listener.retcode == .ok)
        #expect(listener.handle != .invalid)
    }

    @Test
    func `a denied call answers so and changes nothing`() throws {
        let world = try LiveWorld(engine: ClosureEngine.denying(.connect))
        let client = try world.process("A")
        #expect(try client.call(.connect, "S", "e", ms: .max)?.retcode == .securityDisallow)
        #expect(world.daemon.broker.pendingCount == 0)
        #expect(world.kinds == [.decision])
    }

    @Test
    func `names arrive as they were sent, null, empty and too long ones too`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let long = String(repeating: "x", count: WireFormat.maximumSentNameLength)
        for (name, text) in [
            (nil, "server is null"), ("", "server is empty"),
            (long, "server is longer than 1023 bytes"),
            ("a\u{1}", "server has a control character"),
        ] {
            #expect(try client.call(.connect, name, "e")?.retcode == .invalidArgument)
            #expect(world.misuses.last == text)
        }
        #expect(try client.call(.listen, "filter", ms: 0)?.retcode == .timeout)
        #expect(world.misuses.last == "filter is not null")
    }

    @Test
    func `a null pointer for an output is recorded as a misuse`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let reply = try client.call(.connect, "S", "e", flags: .nullOutput)
        #expect(reply?.retcode == .invalidArgument)
        #expect(world.records.map(\.operation) == [.connect])
        #expect(world.misuses == ["a pointer for an output is null"])
        #expect(try client.call(.createListener, flags: .nullOutput)?.retcode == .invalidArgument)
    }

    @Test
    func `a close of one way has no answer, and is done`() throws {
        let world = try LiveWorld()
        let server = try world.process("S")
        let listener = try #require(try server.call(.createListener)).handle
        #expect(try server.call(.close, handle: listener, flags: .oneWay) == nil)
        #expect(try server.call(.close, handle: listener)?.retcode == .invalidArgument)
        #expect(try server.call(.close, handle: listener, flags: .oneWay) == nil)
        #expect(world.misuses.count == 2)
    }

    @Test
    func `an accept that carries a listen is two calls with two answers`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        client.send(.connect, "S", "e", ms: .max)
        client.send(.connect, "S", "f", ms: .max)
        try world.settle()
        let first = server.send(.accept, "A", "e", ms: 10, flags: .thenListen)
        try world.settle()
        let accepted = try #require(server.receive())
        #expect(accepted.header.call == first)
        #expect(accepted.retcode == .ok)
        #expect(accepted.end != nil)
        let request = try #require(server.receive())
        #expect(request.header.call == first + 1)
        #expect(request.names == ["A", "f"])
        #expect(world.records.compactMap(\.call).suffix(1) == [CallID(rawValue: 4)])
        // The listen comes even where the accept failed, and waits its own time.
        let second = server.send(.accept, "B", "e", ms: 10, flags: .thenListen)
        try world.settle()
        #expect(server.receive()?.retcode == .resourceNotFound)
        #expect(server.receive()?.header.call == second + 1)
        server.send(.accept, "A", "f", ms: 10, flags: .thenListen)
        try world.settle()
        #expect(server.receive()?.retcode == .ok)
        #expect(server.receive() == nil)
        world.advance(10)
        #expect(server.receive()?.retcode == .timeout)
    }

    @Test
    func `listens that wait together on one lane are all answered`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        let calls = (0..<8).map { _ in server.send(.listen, nil, ms: .max) }
        try world.settle()
        #expect(world.daemon.broker.pendingCount == 8)
        client.send(.connect, "S", "e", ms: .max)
        try world.settle()
        let replies = (0..<8).compactMap { _ in server.receive() }
        #expect(replies.map(\.header.call) == calls)
        #expect(replies.allSatisfy { $0.names == ["A", "e"] })
    }

    @Test
    func `a stopped daemon has its last record and reads no more calls`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        #expect(world.daemon.stop())
        #expect(world.kinds == [.stop])
        #expect(try client.call(.createListener) == nil)
        #expect(world.lines.last?.contains(#""kind":"stop""#) == true)
    }

    @Test
    func `a daemon that reads no more calls still notices ends`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        world.daemon.stopReading()
        #expect(try process.call(.createListener) == nil)
        #expect(world.daemon.frameCount == 0)
        #expect(world.daemon.isAttached("A"))
        process.exit()
        try world.settle()
        #expect(!world.daemon.isAttached("A"))
        #expect(world.ends == ["A closed"])
    }

    @Test
    func `descriptors of others are reported by their token`() throws {
        let world = try LiveWorld()
        let others = try world.process("A")
        let client = try world.process("B")
        try world.daemon.watch(others.lanes[0].raw, token: 42)
        #expect(try world.daemon.turn(timeout: .zero) == [])
        others.send(.createListener)
        #expect(try world.daemon.turn(timeout: .zero) == [])
        #expect(try world.daemon.turn(timeout: .zero) == [42])
        #expect(try client.call(.createListener)?.retcode == .ok)
        world.daemon.unwatch(others.lanes[0].raw)
        #expect(try world.daemon.turn(timeout: .zero) == [])
    }
}
