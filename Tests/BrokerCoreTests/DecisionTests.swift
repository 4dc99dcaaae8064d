import BrokerCore
import SecurityEvents
import Testing

/// semantics.md sections 4, 5 and 8: what is decided, and what decision records carry.
struct DecisionTests {
    /// One call of each operation, in a state in which each would succeed.
    private static func prepared(_ engine: any PolicyEngine, mode: Mode) -> (World, [Request]) {
        var world = World(options: Options(mode: mode))
        let ns = world.connection(of: "S")
        world.call("S", .publish(ns, "i", "taken"))
        world.call("A", .connect(to: "S"))
        world.call("A", .connect(to: "S"))
        _ = world.broker.reload(engine: engine, at: .zero)
        let requests: [Request] = [
            .create, .publish(ns), .unpublish(ns, "i", "taken"), .enumerate(ns),
            .connect(to: "T"), .listen(), .accept("A"), .drop("A"),
        ]
        return (world, requests)
    }

    @Test
    func `nothing of a denied call happened`() {
        for cause in [Cause.noRule, .engine(reason: nil), .engineFailure("late")] {
            let engine = ClosureEngine { _ in Decision(.deny, cause) }
            var (world, requests) = Self.prepared(engine, mode: .enforce)
            for request in requests {
                let before = world.broker.state
                let reply = world.call("S", request)
                #expect(world.broker.state == before, "\(request)")
                #expect(reply.retcode == .securityDisallow)
                #expect(reply.kinds == [.decision])
                #expect(reply.effects.count == 2)
                let record = reply.records.first
                #expect(record?.decision == Decision(.deny, cause))
                #expect(record?.enforced == true)
                #expect(record?.retcode == .securityDisallow)
                #expect(reply.completion?.decision == record?.decision)
            }
        }
    }

    @Test
    func `permissive mode lets go on what a policy denies, and nothing else`() {
        let policy = ClosureEngine { _ in Decision(.deny, .noRule) }
        var (world, requests) = Self.prepared(policy, mode: .permissive)
        for request in requests {
            let reply = world.call("S", request)
            let isConnect = request.operation == .connect
            #expect(reply.retcode == (isConnect ? nil : .ok), "\(request)")
            for record in reply.decisions {
                #expect(record.decision?.verdict == .deny)
                #expect(record.enforced == false)
                #expect(record.mode == .permissive)
            }
        }
        for cause in [Cause.engine(reason: nil), .engineFailure("late")] {
            let engine = ClosureEngine { _ in Decision(.deny, cause) }
            var (world, requests) = Self.prepared(engine, mode: .permissive)
            for request in requests {
                let reply = world.call("S", request)
                #expect(reply.retcode == .securityDisallow)
                #expect(reply.decisions.first?.enforced == true)
            }
        }
    }

    @Test
    func `while the log cannot be written everything is denied and the engine is not asked`() {
        final class Counter { var count = 0 }
        let counter = Counter()
        let engine = ClosureEngine { _ in
            counter.count += 1
            return allowed
        }
        for mode in Mode.allCases {
            var (world, requests) = Self.prepared(engine, mode: mode)
            world.broker.auditAvailable = false
            for request in requests {
                let reply = world.call("S", request)
                #expect(reply.retcode == .securityDisallow)
                #expect(reply.decisions.first?.decision == Decision(.deny, .auditUnavailable))
                #expect(reply.decisions.first?.enforced == true)
            }
            let start = world.broker.startProcess("X", at: .zero)
            #expect(start.retcode == .securityDisallow)
            #expect(counter.count == 0)
            world.broker.auditAvailable = true
            #expect(world.call("S", .create).retcode == .ok)
            counter.count = 0
        }
    }

    @Test
    func `a decision record carries policy, generation, mode and call`() {
        let label = PolicyLabel(name: "p", digest: Digest([UInt8](repeating: 7, count: 32)))
        var world = World(engine: ClosureEngine(label: label) { _ in allowed })
        let record = world.call("S", .listen(ms(0))).decisions.first
        #expect(record?.policy == label)
        #expect(record?.generation == 0)
        #expect(record?.mode == .enforce)
        #expect(record?.call == CallID(rawValue: 1))
        #expect(record?.retcode == .timeout)
        #expect(world.call("S", .listen()).decisions.first?.call == CallID(rawValue: 2))
    }

    @Test
    func `after a reload the new engine decides, and waiting calls keep their decision`() {
        var world = World()
        let connect = world.call("A", .connect(to: "S"))
        let label = PolicyLabel(name: "new", digest: .zero)
        var deny = ClosureEngine.denying { $0.operation == .connect }
        deny.label = label
        let records = world.broker.reload(engine: deny, at: .zero).records
        #expect(records.map(\.kind) == [.reload])
        #expect(records.first?.generation == 1)
        #expect(records.first?.policy == label)
        let refused = world.call("A", .connect(to: "S"))
        #expect(refused.retcode == .securityDisallow)
        #expect(refused.decisions.first?.generation == 1)
        let accept = world.call("S", .accept("A"))
        #expect(accept.decisions.first?.policy == label)
        let completed = accept.completions.first { $0.call == connect.call }
        #expect(completed?.retcode == .ok)
        #expect(completed?.decision == allowed)
    }

    @Test
    func `an accept is decided anew`() {
        var world = World()
        world.call("A", .connect(to: "S"))
        _ = world.broker.reload(engine: ClosureEngine.denying(.accept), at: .zero)
        let reply = world.call("S", .accept("A"))
        #expect(reply.retcode == .securityDisallow)
        #expect(world.broker.pendingCount == 1)
    }

    @Test
    func `nothing about other processes is looked at before the decision`() {
        var world = World()
        let ns = world.connection(of: "A")
        let engine = ClosureEngine.denying { $0.operation != .nsCreate }
        _ = world.broker.reload(engine: engine, at: .zero)
        let requests: [(Request, Request)] = [
            (.connect(to: "S"), .connect(to: "Nobody")),
            (.publish(ns, server: "S"), .publish(ns, server: "Nobody")),
            (.unpublish(ns, server: "S"), .unpublish(ns, server: "Nobody")),
            (.accept("B"), .accept("Nobody")),
            (.drop("B"), .drop("Nobody")),
            (.create, .create("Nobody")),
        ]
        for (known, unknown) in requests {
            #expect(world.call("A", known).retcode == world.call("A", unknown).retcode)
            #expect(world.call("A", unknown).retcode == .securityDisallow)
        }
    }

    @Test
    func `mode, stop and lost records have records of their own`() {
        var world = World()
        let mode = world.broker.setMode(.permissive, at: .zero).records
        #expect(mode.map(\.kind) == [.mode])
        #expect(mode.first?.mode == .permissive)
        #expect(world.broker.setMode(.permissive, at: .zero).isEmpty)
        #expect(world.broker.stop(at: .zero).records.map(\.kind) == [.stop])
        let lost = ChannelBroker.auditLost(3, at: .zero)
        #expect(lost.kind == .auditLost)
        #expect(lost.lost == 3)
    }
}
