import BrokerCore
import SecurityEvents
import Testing

/// semantics.md section 5, the limits.
struct LimitTests {
    private func world(_ limit: LimitName, _ value: Int) -> World {
        var limits = Limits()
        for (name, path) in Limits.settable where name == limit { limits[keyPath: path] = value }
        return World(options: Options(limits: limits))
    }

    /// Checks that a call was refused by a limit and changed nothing.
    private func expectRefused(
        _ world: inout World,
        _ process: ProcessName,
        _ request: Request,
        by limit: LimitName,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let before = world.broker.state
        let reply = world.call(process, request)
        #expect(world.broker.state == before, sourceLocation: sourceLocation)
        #expect(reply.retcode == .quotaExceeded, sourceLocation: sourceLocation)
        let record = reply.decisions.last
        #expect(record?.decision == Decision(.deny, .limit(limit)), sourceLocation: sourceLocation)
        #expect(record?.retcode == .quotaExceeded, sourceLocation: sourceLocation)
        #expect(record?.enforced == true, sourceLocation: sourceLocation)
        #expect(
            reply.completion?.decision == Decision(.deny, .limit(limit)),
            sourceLocation: sourceLocation
        )
        #expect(reply.records.filter { $0.kind != .decision }.isEmpty)
    }

    @Test
    func `the limits are 64, 64, 4096 and 1024`() {
        let limits = Limits()
        #expect(Limits.settable.map { limits[keyPath: $0.limit] } == [64, 64, 4096, 1024])
    }

    @Test
    func `waiting connects and listens count together`() {
        var world = world(.waiting, 2)
        world.call("A", .connect(to: "S"))
        let listen = world.call("A", .listen(ms(5)))
        #expect(listen.retcode == nil)
        expectRefused(&world, "A", .connect(to: "S"), by: .waiting)
        expectRefused(&world, "A", .listen(), by: .waiting)
        #expect(world.call("A", .connect(to: "Nobody")).retcode == .resourceNotFound)
        #expect(world.call("A", .connect(to: "S", "e", ms(0))).retcode == .timeout)
        #expect(world.call("A", .listen(ms(0))).retcode == .timeout)
        #expect(world.call("S", .listen()).retcode == .ok)
        #expect(world.call("B", .connect(to: "S")).retcode == nil)
        world.advance(5)
        #expect(world.call("A", .connect(to: "S")).retcode == nil)
    }

    @Test
    func `a limit on connections to name servers`() {
        var world = world(.connections, 2)
        let ns = world.connection(of: "A")
        world.call("A", .create)
        expectRefusedDynamic(&world)
        world.call("A", .close(ns))
        #expect(world.call("A", .create).retcode == .ok)
        #expect(world.call("B", .create).retcode == .ok)
        #expect(world.call("A", .create("Nobody")).retcode == .resourceNotFound)
    }

    private func expectRefusedDynamic(_ world: inout World) {
        let before = world.broker.state
        let reply = world.call("A", .create)
        #expect(world.broker.state == before)
        #expect(reply.decisions.map(\.operation) == [.nsCreate, .connect])
        #expect(reply.decisions.map(\.retcode) == [nil, .quotaExceeded])
        #expect(
            reply.decisions.map(\.decision) == [
                allowed, Decision(.deny, .limit(.connections)),
            ]
        )
        #expect(reply.completion?.decision?.cause == .limit(.connections))
        #expect(reply.kinds == [.decision, .decision])
    }

    @Test
    func `a limit on static connections stands in the record of ns.create`() {
        var limits = Limits()
        limits.connections = 0
        var world = World(
            options: Options(limits: limits),
            channels: [link("A", "kl.core.NameServer", "kl.core.NameServer")]
        )
        expectRefused(&world, "A", .create, by: .connections)
    }

    @Test
    func `open handles and those that waiting connects reserve count together`() {
        var world = world(.handles, 2)
        let channel = world.channel()
        world.call("A", .connect(to: "T"))
        expectRefused(&world, "A", .connect(to: "T"), by: .handles)
        world.call("B", .connect(to: "A"))
        expectRefused(&world, "A", .accept("B"), by: .handles)
        #expect(world.call("A", .create).retcode == .ok)
        let listener = world.call("A", .createListener)
        #expect(listener.retcode == .quotaExceeded)
        #expect(listener.misuse == "the limit `handles` is reached")
        world.call("A", .close(channel.client))
        #expect(world.call("A", .accept("B")).retcode == .ok)
        #expect(world.call("T", .drop("A")).retcode == .ok)
        #expect(world.call("A", .createListener).retcode == .ok)
    }

    @Test
    func `the handle limit comes before the lack of a request, after the lack of a client`() {
        var world = world(.handles, 0)
        expectRefused(&world, "S", .accept("A"), by: .handles)
        #expect(world.call("S", .accept("Nobody")).retcode == .resourceNotFound)
        let name = Array("c".utf8)
        #expect(
            world.call("S", .serviceLocatorRegister(channel: name)).retcode == .resourceNotFound
        )
    }

    @Test
    func `published entries count for the caller, until someone unpublishes them`() {
        var world = world(.entries, 2)
        let ns = world.connection(of: "S")
        world.call("S", .publish(ns, "i", "one"))
        world.call("S", .publish(ns, "i", server: "T", "two"))
        expectRefused(&world, "S", .publish(ns, "i", "three"), by: .entries)
        expectRefused(&world, "S", .publish(ns, "i", "one"), by: .entries)
        let other = world.connection(of: "T")
        #expect(world.call("T", .publish(other, "i", server: "S", "three")).retcode == .ok)
        #expect(world.call("T", .unpublish(other, "i", server: "S", "one")).retcode == .ok)
        #expect(world.call("S", .publish(ns, "i", "four")).retcode == .ok)
        world.end("T")
        #expect(world.call("S", .publish(ns, "i", "five")).retcode == .ok)
        expectRefused(&world, "S", .publish(ns, "i", "six"), by: .entries)
    }

    @Test
    func `entries on a name server that ended count no longer`() {
        var world = world(.entries, 1)
        world.call("S", .publish(world.connection(of: "S")))
        world.end("kl.core.NameServer")
        _ = world.broker.startProcess("kl.core.NameServer", at: .zero)
        #expect(world.call("S", .publish(world.connection(of: "S"))).retcode == .ok)
    }

    @Test
    func `a publisher that was started again owes nothing for what it published before`() {
        var world = world(.entries, 1)
        world.call("S", .publish(world.connection(of: "S"), server: "T"))
        world.end("S")
        _ = world.broker.startProcess("S", at: .zero)
        let ns = world.connection(of: "S")
        #expect(world.call("S", .publish(ns, server: "A")).retcode == .ok)
        #expect(world.call("S", .unpublish(ns, server: "T")).retcode == .ok)
        expectRefused(&world, "S", .publish(ns, server: "B"), by: .entries)
    }

    @Test
    func `a limit refuses in permissive mode too, also what the policy denies`() {
        var limits = Limits()
        limits.waiting = 0
        var world = World(
            engine: ClosureEngine.denying(.connect),
            options: Options(limits: limits, mode: .permissive)
        )
        expectRefused(&world, "A", .connect(to: "S"), by: .waiting)
    }

    @Test
    func `one process cannot use up what is another's`() {
        var world = World()
        for _ in 0..<70 { world.call("A", .connect(to: "S")) }
        for _ in 0..<70 { world.call("A", .create) }
        #expect(world.broker.pendingCount == 64)
        #expect(world.broker.connections(of: "A").count == 64)
        #expect(world.call("B", .connect(to: "S")).retcode == nil)
        #expect(world.call("B", .create).retcode == .ok)
    }

    @Test
    func `when handle numbers run out nothing is handed out any more`() {
        let last = Handle(rawValue: .max - 1)
        var world = World(handleNumbers: HandleNumbers(first: last))
        world.call("A", .connect(to: "S"))
        #expect(world.call("S", .accept("A")).outputs?.handle == last)
        expectRefused(&world, "B", .connect(to: "S"), by: .handles)
        #expect(world.call("B", .create).decisions.last?.decision?.cause == .limit(.connections))
        #expect(world.call("B", .createListener).retcode == .quotaExceeded)
        world = World(handleNumbers: HandleNumbers(first: Handle(rawValue: .max)))
        world.call("A", .connect(to: "S"))
        expectRefused(&world, "S", .accept("A"), by: .handles)
    }
}
