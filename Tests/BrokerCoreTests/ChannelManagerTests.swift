import BrokerCore
import SecurityEvents
import Testing

/// semantics.md section 7: the queue, accept and drop.
struct ChannelManagerTests {
    @Test
    func `a connect waits until its request is accepted, with the endpoint ID of the accept`() {
        var world = World()
        let connect = world.call("A", .connect(to: "S"))
        #expect(connect.retcode == nil)
        #expect(connect.decisions.map(\.retcode) == [nil])
        #expect(world.broker.isPending(connect.call))
        let accept = world.call("S", .accept("A", riid: 7))
        #expect(accept.retcode == .ok)
        let completed = accept.completions.last
        #expect(completed?.call == connect.call)
        #expect(completed?.process == "A")
        #expect(completed?.retcode == .ok)
        #expect(completed?.outputs.riid == RIID(rawValue: 7))
        #expect(completed?.outputs.handle != accept.outputs?.handle)
        #expect(world.broker.pendingCount == 0)
    }

    @Test
    func `a dropped request is rcAbort for its client`() {
        var world = World()
        let connect = world.call("A", .connect(to: "S"))
        let drop = world.call("S", .drop("A"))
        #expect(drop.retcode == .ok)
        #expect(drop.kinds == [.decision, .outcome])
        #expect(drop.outcomes.first?.retcode == .abort)
        #expect(drop.completions.map(\.call) == [drop.call, connect.call])
        #expect(world.call("S", .drop("A")).retcode == .resourceNotFound)
    }

    @Test
    func `a drop removes exactly one request`() {
        var world = World()
        let calls = (0...2).map { _ in world.call("A", .connect(to: "S")).call }
        #expect(world.call("S", .drop("A")).completions.last?.call == calls[0])
        #expect(world.broker.pendingCalls == Array(calls[1...]))
    }

    @Test
    func `a listen hands out the first request and moves it to the end`() {
        var world = World()
        world.call("A", .connect(to: "S", "one"))
        world.call("B", .connect(to: "S", "two"))
        world.call("A", .connect(to: "S", "three"))
        let seen = (0...3).map { _ in world.call("S", .listen()).outputs }
        #expect(
            seen == [
                .request("A", "one", of: 3), .request("B", "two", of: 3),
                .request("A", "three", of: 3), .request("A", "one", of: 3),
            ]
        )
    }

    @Test
    func `with one request a listen returns the same again`() {
        var world = World()
        world.call("A", .connect(to: "S"))
        for _ in 0...2 {
            #expect(world.call("S", .listen()).outputs == .request("A", "e", of: 1))
        }
    }

    @Test
    func `accept and drop take the oldest by arrival, whatever listens did`() {
        var world = World()
        let calls = (0...3).map { _ in world.call("A", .connect(to: "S")).call }
        world.call("S", .listen())
        #expect(world.call("S", .accept("A")).completions.last?.call == calls[0])
        world.call("S", .listen())
        world.call("S", .listen())
        #expect(world.call("S", .drop("A")).completions.last?.call == calls[1])
        #expect(world.call("S", .accept("A")).completions.last?.call == calls[2])
    }

    @Test
    func `accept and drop take a request of that client for that endpoint only`() {
        var world = World()
        world.call("A", .connect(to: "S", "e"))
        for request in [Request.accept("A", "f"), .accept("B", "e"), .drop("A", "f"), .drop("B")] {
            let reply = world.call("S", request)
            #expect(reply.retcode == .resourceNotFound)
            #expect(reply.decisions.first?.retcode == .resourceNotFound)
        }
        #expect(world.call("T", .accept("A")).retcode == .resourceNotFound)
        #expect(world.call("S", .accept("Nobody")).retcode == .resourceNotFound)
        #expect(world.broker.pendingCount == 1)
    }

    @Test
    func `a new request completes every waiting listen of that process, in order of arrival`() {
        var world = World()
        let listens = (0...2).map { _ in world.call("S", .listen()).call }
        let other = world.call("T", .listen()).call
        let connect = world.call("A", .connect(to: "S"))
        #expect(connect.completions.map(\.call) == listens)
        #expect(connect.completions.allSatisfy { $0.outputs == .request("A", "e", of: 1) })
        #expect(connect.outcomes.map(\.call) == listens)
        #expect(connect.kinds == [.decision, .outcome, .outcome, .outcome])
        #expect(connect.outcomes.first?.client?.name == "A")
        #expect(connect.outcomes.first?.endpoint == "e")
        #expect(world.broker.pendingCalls == [other, connect.call])
    }

    @Test
    func `no listen is needed before an accept or a drop, no publication before a connect`() {
        var world = World(nameServer: nil)
        #expect(world.channel().server != .invalid)
    }

    @Test
    func `a connect to a process that is not there is rcResourceNotFound`() {
        var world = World()
        world.end("S")
        for server: ProcessName in ["S", "Nobody"] {
            let reply = world.call("A", .connect(to: server))
            #expect(reply.retcode == .resourceNotFound)
            #expect(reply.decisions.first?.retcode == .resourceNotFound)
        }
    }

    @Test
    func `a timeout of 0 never waits`() {
        var world = World()
        let listen = world.call("S", .listen()).call
        let before = world.broker.state
        let connect = world.call("A", .connect(to: "S", "e", ms(0)))
        #expect(connect.retcode == .timeout)
        #expect(connect.completions.count == 1)
        #expect(world.broker.state == before)
        #expect(world.broker.isPending(listen))
        #expect(world.call("T", .listen(ms(0))).retcode == .timeout)
        #expect(world.call("A", .connect(to: "Nobody", "e", ms(0))).retcode == .resourceNotFound)
        world.call("A", .connect(to: "T"))
        #expect(world.call("T", .listen(ms(0))).outputs?.client == "A")
    }

    @Test
    func `a process may connect to itself`() {
        var world = World()
        let connect = world.call("A", .connect(to: "A"))
        let accept = world.call("A", .accept("A"))
        #expect(accept.completions.map(\.call) == [accept.call, connect.call])
        #expect(world.end("A").kinds == [.processEnded, .channelDeleted])
        _ = world.broker.startProcess("A", at: .zero)
        world.call("A", .connect(to: "A"))
        #expect(world.end("A").kinds == [.processEnded, .outcome])
    }

    @Test
    func `an accept's records: decision, channel, outcome of the connect, then the completions`() {
        var world = World()
        let connect = world.call("A", .connect(to: "S"))
        let accept = world.call("S", .accept("A", riid: 3))
        #expect(accept.kinds == [.decision, .channelCreated, .outcome])
        #expect(accept.records.map(\.call) == [accept.call, accept.call, connect.call])
        #expect(accept.records[0].retcode == .ok)
        let created = accept.records[1]
        #expect(created.client?.name == "A")
        #expect(created.server?.name == "S")
        #expect(created.endpoint == "e")
        #expect(created.riid == RIID(rawValue: 3))
        #expect(created.decision == nil)
        let outcome = accept.records[2]
        #expect(outcome.operation == .connect)
        #expect(outcome.process?.name == "A")
        #expect(outcome.riid == RIID(rawValue: 3))
        #expect(outcome.retcode == .ok)
        #expect(outcome.decision == nil)
        #expect(accept.completions.map(\.call) == [accept.call, connect.call])
    }
}
