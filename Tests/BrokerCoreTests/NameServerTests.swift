import BrokerCore
import SecurityEvents
import Testing

/// semantics.md section 6: entries, connections to a name server.
struct NameServerTests {
    @Test
    func `entries are enumerated by interface, in order of publication, until there are none`() {
        var world = World()
        let ns = world.connection(of: "S")
        let own = world.connection(of: "A")
        world.call("S", .publish(ns, "i", "one"))
        world.call("S", .publish(ns, "j", "other"))
        world.call("T", .publish(world.connection(of: "T"), "i", "two"))
        world.call("S", .publish(ns, "i", server: "T", "three"))
        let replies = (0...3).map { world.call("A", .enumerate(own, "i", $0)) }
        #expect(replies[0].outputs == .entry(server: "S", endpoint: "one"))
        #expect(replies[1].outputs == .entry(server: "T", endpoint: "two"))
        #expect(replies[2].outputs == .entry(server: "T", endpoint: "three"))
        #expect(replies[3].retcode == .resourceNotFound)
        #expect(replies[3].decisions.first?.retcode == .resourceNotFound)
        #expect(world.call("A", .enumerate(own, "nothing")).retcode == .resourceNotFound)
        #expect(world.call("A", .enumerate(own, "i", .max)).retcode == .resourceNotFound)
    }

    @Test
    func `publishing the same again is rcAlreadyExists, differing in any part is not`() {
        var world = World()
        let ns = world.connection(of: "S")
        #expect(world.call("S", .publish(ns)).retcode == .ok)
        #expect(world.call("S", .publish(ns)).retcode == .alreadyExists)
        #expect(world.call("S", .publish(ns, "j")).retcode == .ok)
        #expect(world.call("S", .publish(ns, "i", server: "T")).retcode == .ok)
        #expect(world.call("S", .publish(ns, "i", "f")).retcode == .ok)
        let other = world.connection(of: "T")
        #expect(world.call("T", .publish(other, "i", server: "S")).retcode == .alreadyExists)
    }

    @Test
    func `a server may unpublish what another published`() {
        var world = World()
        let ns = world.connection(of: "S")
        let other = world.connection(of: "T")
        world.call("S", .publish(ns))
        world.call("S", .publish(ns, "i", "f"))
        #expect(world.call("T", .unpublish(other)).retcode == .resourceNotFound)
        #expect(world.call("T", .unpublish(other, server: "S")).retcode == .ok)
        #expect(world.call("S", .unpublish(ns)).retcode == .resourceNotFound)
        #expect(world.call("S", .enumerate(ns)).outputs?.endpoint == "f")
        #expect(world.call("S", .publish(ns)).retcode == .ok)
        #expect(world.call("S", .enumerate(ns, "i", 1)).outputs?.endpoint == "e")
    }

    @Test
    func `publishing or unpublishing for a process that is not there is rcResourceNotFound`() {
        var world = World()
        let ns = world.connection(of: "S")
        world.call("S", .publish(ns, server: "T"))
        world.end("T")
        for name in ["T", "Nobody"] {
            #expect(world.call("S", .publish(ns, server: name)).retcode == .resourceNotFound)
            #expect(world.call("S", .unpublish(ns, server: name)).retcode == .resourceNotFound)
        }
    }

    @Test
    func `sizes include the terminating zero, and the end comes before the size`() {
        var world = World()
        let ns = world.connection(of: "S")
        world.call("S", .publish(ns, "i", "end"))
        let sizes: [((UInt32, UInt32), Retcode)] = [
            ((2, 4), .ok), ((1, 4), .bufferTooSmall), ((2, 3), .bufferTooSmall),
            ((0, 0), .bufferTooSmall), ((.max, .max), .ok),
        ]
        for (size, retcode) in sizes {
            let reply = world.call("S", .enumerate(ns, "i", 0, sizes: size))
            #expect(reply.retcode == retcode)
            #expect((reply.outputs == Outputs.none) == (retcode != .ok))
        }
        #expect(world.call("S", .enumerate(ns, "i", 1, sizes: (0, 0))).retcode == .resourceNotFound)
    }

    @Test
    func `entries of a server go when its process ends, whoever published them`() {
        var world = World()
        let ns = world.connection(of: "S")
        let other = world.connection(of: "T")
        world.call("S", .publish(ns, "i", "one"))
        world.call("T", .publish(other, "i", server: "S", "two"))
        world.call("S", .publish(ns, "i", server: "T", "three"))
        world.end("S")
        #expect(world.call("T", .enumerate(other)).outputs?.endpoint == "three")
        #expect(world.call("T", .enumerate(other, "i", 1)).retcode == .resourceNotFound)
    }

    @Test
    func `a process may hold many connections and closes each for itself`() {
        var world = World()
        let first = world.connection(of: "A")
        let second = world.connection(of: "A")
        #expect(first != second)
        #expect(world.broker.connections(of: "A") == [first, second])
        #expect(world.call("A", .close(first)).retcode == .ok)
        #expect(world.call("A", .publish(first)).retcode == .invalidArgument)
        #expect(world.call("A", .publish(second)).retcode == .ok)
        #expect(world.call("B", .publish(second)).retcode == .invalidArgument)
        #expect(world.broker.connections(of: "A") == [second])
    }

    @Test
    func `calls on connections to an ended name server are rcNotConnected`() {
        var world = World()
        let ns = world.connection(of: "A")
        world.call("A", .publish(ns))
        world.end("kl.core.NameServer")
        for _ in 0...1 {
            #expect(world.call("A", .publish(ns)).retcode == .notConnected)
            #expect(world.call("A", .unpublish(ns)).retcode == .notConnected)
            #expect(world.call("A", .enumerate(ns)).retcode == .notConnected)
            let gone = world.call("A", .publish(ns, server: "Nobody"))
            #expect(gone.retcode == .resourceNotFound)
            _ = world.broker.startProcess("kl.core.NameServer", at: .zero)
        }
        let fresh = world.connection(of: "A")
        #expect(world.call("A", .enumerate(fresh)).retcode == .resourceNotFound)
        #expect(world.call("A", .close(ns)).retcode == .ok)
    }

    @Test
    func `each process of the class is a name server with entries of its own`() {
        let second = ProcessIdentity(name: "second", className: "kl.core.NameServer")
        var broker = ChannelBroker(
            solution: Solution(processes: [
                .init(.nameServer), .init(second), .init(ProcessIdentity(undeclared: "A")),
            ]),
            engine: ClosureEngine.allowing
        )
        _ = broker.start(at: .zero)
        func call(_ request: Request) -> Completion? {
            broker.perform(request, by: "A", at: .zero).effects.completions.first
        }
        let first = call(.create)?.outputs.handle ?? .invalid
        let other = call(.create("second"))?.outputs.handle ?? .invalid
        #expect(call(.publish(first))?.retcode == .ok)
        #expect(call(.enumerate(other))?.retcode == .resourceNotFound)
        #expect(call(.publish(other))?.retcode == .ok)
        #expect(call(.create("A"))?.retcode == .resourceNotFound)
    }
}

/// semantics.md section 6: the two ways of `NsCreate`.
struct NameServerConnectionTests {
    private let link = Solution.Channel(
        client: "A",
        server: "kl.core.NameServer",
        connection: "kl.core.NameServer"
    )

    @Test
    func `over a static channel there is one event and no channel record`() {
        var world = World(channels: [link])
        let reply = world.call("A", .create)
        #expect(reply.outputs?.path == .static)
        #expect(reply.kinds == [.decision])
        #expect(reply.decisions.first?.path == .static)
        #expect(reply.decisions.first?.server == .nameServer)
        #expect(reply.decisions.first?.retcode == .ok)
        let handle = reply.outputs?.handle ?? .invalid
        #expect(world.call("A", .publish(handle)).retcode == .ok)
        #expect(world.call("A", .close(handle)).records.isEmpty)
        #expect(world.call("A", .create).outputs?.path == .static)
    }

    @Test
    func `the static channel is found by its id, and the event names its real target`() {
        var world = World(channels: [
            Solution.Channel(client: "A", server: "kl.core.NameServer", connection: "ns"),
            Solution.Channel(client: "B", server: "S", connection: "kl.core.NameServer"),
        ])
        #expect(world.call("A", .create("ns")).outputs?.path == .static)
        #expect(world.call("A", .create).outputs?.path == .dynamic)
        let wrong = world.call("B", .create)
        #expect(wrong.retcode == .resourceNotFound)
        #expect(wrong.decisions.first?.server?.name == "S")
        #expect(wrong.decisions.first?.path == .static)
    }

    @Test
    func `without a static channel the attempt is a connect as well, RIID 0`() {
        var world = World()
        let reply = world.call("A", .create)
        #expect(reply.outputs?.path == .dynamic)
        #expect(reply.kinds == [.decision, .decision, .channelCreated])
        #expect(reply.decisions.map(\.operation) == [.nsCreate, .connect])
        #expect(reply.decisions.map(\.retcode) == [nil, .ok])
        #expect(reply.decisions.last?.endpoint == .nameServer)
        #expect(reply.decisions.last?.client?.name == "A")
        let channel = reply.records.last
        #expect(channel?.client?.name == "A")
        #expect(channel?.server == .nameServer)
        #expect(channel?.endpoint == .nameServer)
        #expect(channel?.riid == RIID(rawValue: 0))
        #expect(channel?.call == reply.call)
        #expect(reply.effects.created.isEmpty)
    }

    @Test
    func `a denial of either event refuses, and the record of that event has the retcode`() {
        var world = World(engine: ClosureEngine.denying(.nsCreate))
        let first = world.call("A", .create)
        #expect(first.decisions.map(\.operation) == [.nsCreate])
        #expect(first.decisions.map(\.retcode) == [.securityDisallow])
        world = World(engine: ClosureEngine.denying(.connect))
        let second = world.call("A", .create)
        #expect(second.decisions.map(\.operation) == [.nsCreate, .connect])
        #expect(second.decisions.map(\.retcode) == [nil, .securityDisallow])
        #expect(second.retcode == .securityDisallow)
    }

    @Test
    func `both events are decided before anyone looks whether the name server exists`() {
        var world = World(nameServer: nil)
        let reply = world.call("A", .create)
        #expect(reply.decisions.map(\.retcode) == [nil, .resourceNotFound])
        #expect(reply.retcode == .resourceNotFound)
        #expect(world.call("A", .create("S")).retcode == .resourceNotFound)
        world = World(engine: ClosureEngine.denying(.connect), nameServer: nil)
        #expect(world.call("A", .create).retcode == .securityDisallow)
    }

    @Test
    func `a name server that ended or is a later instance is rcNotConnected over a static channel`()
    {
        var world = World(channels: [link])
        world.end("kl.core.NameServer")
        #expect(world.call("A", .create).retcode == .notConnected)
        #expect(world.call("B", .create).retcode == .resourceNotFound)
        _ = world.broker.startProcess("kl.core.NameServer", at: .zero)
        #expect(world.call("A", .create).retcode == .notConnected)
        #expect(world.call("B", .create).retcode == .ok)
    }

    @Test
    func `closing a dynamic connection deletes its channel`() {
        var world = World()
        let ns = world.connection(of: "A")
        let reply = world.call("A", .close(ns))
        #expect(reply.kinds == [.channelDeleted])
        #expect(reply.records.first?.endpoint == .nameServer)
        #expect(reply.records.first?.call == reply.call)
        #expect(reply.effects.count == 2)
    }

    @Test
    func `a dynamic connection's channel goes with its client, not with the name server`() {
        var world = World()
        world.call("A", .create)
        let ns = world.connection(of: "B")
        #expect(world.end("A").kinds == [.processEnded, .channelDeleted])
        #expect(world.end("kl.core.NameServer").kinds == [.processEnded])
        #expect(world.call("B", .close(ns)).kinds == [.channelDeleted])
    }

    @Test
    func `after the static channel's handle is closed NsCreate goes dynamic`() {
        var world = World(channels: [link])
        let ns = world.connection(of: "A")
        let channel = Array("kl.core.NameServer".utf8)
        let handle = world.call("A", .serviceLocatorConnect(channel: channel)).outputs?.handle
        #expect(world.call("A", .create).outputs?.path == .static)
        let close = world.call("A", .close(handle ?? .invalid))
        #expect(close.kinds == [.channelDeleted])
        #expect(world.call("A", .publish(ns)).retcode == .notConnected)
        #expect(world.call("A", .create).outputs?.path == .dynamic)
    }

    @Test
    func `a connection over a static channel ends with the client's handle of it`() {
        var world = World(channels: [link])
        let name = Array("kl.core.NameServer".utf8)
        world.call("kl.core.NameServer", .serviceLocatorRegister(channel: name))
        let ns = world.connection(of: "A")
        let handle = world.call("A", .serviceLocatorConnect(channel: name)).outputs?.handle
        #expect(world.call("A", .publish(ns)).retcode == .ok)
        #expect(world.call("A", .close(handle ?? .invalid)).records.isEmpty)
        #expect(world.call("A", .publish(ns, "j")).retcode == .notConnected)
        #expect(world.end("kl.core.NameServer").kinds == [.processEnded, .channelDeleted])
    }

    @Test
    func `a timeout of 0 does not keep NsCreate from a built-in name server`() {
        var world = World()
        #expect(world.call("A", .nsCreate(name: nil, timeout: ms(0))).retcode == .ok)
    }
}
