import BrokerCore
import SecurityEvents
import Testing

/// What a reload does to channels, and what the shell of a live broker tells the machine.
struct ReloadTests {
    @Test
    func `keeping asks nothing about channels that are there`() {
        var world = World()
        world.channel()
        let effects = world.broker.reload(
            engine: ClosureEngine.denying(.connect),
            channels: .keep,
            at: .zero
        )
        #expect(effects.records.map(\.kind) == [.reload])
        #expect(effects.count == 1)
    }

    @Test
    func `revoking asks again about what made each channel, and shuts down what is denied`() {
        var world = World(channels: [
            Solution.Channel(client: "A", server: "T", connection: "static")
        ])
        world.channel()
        world.channel(from: "B")
        let deny = ClosureEngine.denying { $0.operation == .connect && $0.process.name == "A" }
        let effects = world.broker.reload(engine: deny, channels: .revoke, at: .zero)
        #expect(
            effects.records.map(\.operation) == [
                nil, .initConnect, .connect, .connect, .accept,
            ]
        )
        #expect(
            effects.records.compactMap { $0.decision?.verdict } == [.allow, .deny, .allow, .allow]
        )
        #expect(
            effects.records.map(\.retcode) == [nil, .ok, .securityDisallow, nil, .ok]
        )
        let revoked = effects.compactMap { effect -> ChannelNumber? in
            if case .channelRevoked(let number) = effect { number } else { nil }
        }
        #expect(revoked.map(\.rawValue) == [2])
    }

    @Test
    func `the handles of a revoked channel stay until they are closed`() {
        var world = World()
        let (client, server) = world.channel()
        _ = world.broker.reload(
            engine: ClosureEngine.denying(.accept),
            channels: .revoke,
            at: .zero
        )
        #expect(world.call("A", .close(client)).retcode == .ok)
        let last = world.call("S", .close(server))
        #expect(last.retcode == .ok)
        #expect(last.kinds.contains(.channelDeleted))
    }

    @Test
    func `a second revoking says nothing more of a channel that is revoked`() {
        var world = World()
        world.channel()
        let deny = ClosureEngine.denying(.connect)
        _ = world.broker.reload(engine: deny, channels: .revoke, at: .zero)
        let again = world.broker.reload(engine: deny, channels: .revoke, at: .zero)
        #expect(again.records.map(\.kind) == [.reload])
    }

    @Test
    func `a permissive broker records the denial and revokes nothing`() {
        var world = World(options: Options(mode: .permissive))
        world.channel()
        let deny = ClosureEngine.denying(.connect)
        let effects = world.broker.reload(engine: deny, channels: .revoke, at: .zero)
        #expect(effects.count == 3)
        #expect(effects.records.last?.retcode == .ok)
        #expect(effects.records.compactMap(\.enforced) == [false, true])
    }

    @Test
    func `calls over a revoked connection to a name server find it not connected`() {
        var world = World()
        let ns = world.connection(of: "A")
        let deny = ClosureEngine.denying(.nsCreate)
        _ = world.broker.reload(engine: deny, channels: .revoke, at: .zero)
        #expect(world.call("A", .enumerate(ns)).retcode == .notConnected)
    }

    @Test
    func `a static channel that is revoked before anybody asked for it is not found`() {
        var world = World(channels: [
            Solution.Channel(client: "A", server: "S", connection: "c"),
            Solution.Channel(
                client: "A",
                server: "kl.core.NameServer",
                connection: "kl.core.NameServer"
            ),
        ])
        let deny = ClosureEngine.denying(.initConnect)
        _ = world.broker.reload(engine: deny, channels: .revoke, at: .zero)
        let name = Array("c".utf8)
        #expect(world.call("A", .serviceLocatorConnect(channel: name)).retcode == .resourceNotFound)
        #expect(
            world.call("S", .serviceLocatorRegister(channel: name)).retcode == .resourceNotFound
        )
        #expect(world.call("A", .create).retcode == .notConnected)
    }

    @Test
    func `a null pointer for an output is a misuse, and nothing is decided`() {
        var world = World()
        let reply = world.call("A", .nullOutput(of: .connect))
        #expect(reply.retcode == .invalidArgument)
        #expect(reply.kinds == [.misuse])
        #expect(reply.records.first?.operation == .connect)
    }

    @Test
    func `a process that does not speak as it must is recorded, without a call`() {
        var world = World()
        let records = world.broker.misbehaved("A", "a frame is cut", at: .zero).records
        #expect(records.map(\.kind) == [.misuse])
        #expect(records.first?.call == nil)
        #expect(records.first?.misuse == "a frame is cut")
        #expect(records.first?.process?.name == "A")
    }

    @Test
    func `without descriptors no channel is made, and the request stays`() {
        var world = World(channels: [
            Solution.Channel(client: "A", server: "S", connection: "c")
        ])
        world.call("A", .connect(to: "S"))
        world.broker.canOpenChannels = false
        let refused = world.call("S", .accept("A"))
        #expect(refused.retcode == .quotaExceeded)
        #expect(refused.completions.first?.decision?.cause == .limit(.descriptors))
        let name = Array("c".utf8)
        #expect(world.call("A", .serviceLocatorConnect(channel: name)).retcode == .quotaExceeded)
        #expect(world.call("S", .serviceLocatorRegister(channel: name)).retcode == .quotaExceeded)
        world.broker.canOpenChannels = true
        #expect(world.call("S", .accept("A")).retcode == .ok)
    }
}
