import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// Identity sockets and lanes.
struct LaneTests {
    private func options(waiting: Int) -> Options {
        var limits = Limits()
        limits.waiting = waiting
        return Options(limits: limits)
    }

    @Test
    func `each lane has calls of its own`() throws {
        let world = try LiveWorld()
        let server = try world.process("S")
        let lane = try #require(try server.openLane())
        #expect(try server.call(.listen, nil, ms: .max, lane: 0) == nil)
        #expect(try server.call(.createListener, lane: lane)?.retcode == .ok)
        #expect(try server.call(.listen, nil, ms: .max, lane: lane) == nil)
        let client = try world.process("A")
        client.send(.connect, "S", "e", ms: .max)
        try world.settle()
        #expect(server.receive(lane: 0)?.names == ["A", "e"])
        #expect(server.receive(lane: lane)?.names == ["A", "e"])
    }

    @Test
    func `a process has as many lanes as calls may wait, and sixteen`() throws {
        let world = try LiveWorld(options: options(waiting: 2))
        let process = try world.process("A")
        #expect(process.welcome.header.number == 18)
        for _ in 1..<18 { #expect(try process.openLane() != nil) }
        #expect(world.kinds == [])
        #expect(try process.openLane() == nil)
        #expect(world.misuses == ["the limit of 18 lanes is reached"])
        #expect(try process.call(.createListener, lane: 17)?.retcode == .ok)
    }

    @Test
    func `calls that do not wait find a lane when all that may wait do`() throws {
        let world = try LiveWorld(options: options(waiting: 3))
        let process = try world.process("A")
        for lane in 0..<3 {
            if lane > 0 { _ = try process.openLane() }
            #expect(try process.call(.listen, nil, ms: .max, lane: lane) == nil)
        }
        let lane = try #require(try process.openLane())
        let refused = try process.call(.listen, nil, ms: .max, lane: lane)
        #expect(refused?.retcode == .quotaExceeded)
        #expect(try process.call(.createListener, lane: lane)?.retcode == .ok)
    }

    @Test
    func `sixteen calls of a lane may be unanswered, not more`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        for _ in 0..<16 { process.send(.listen, nil, ms: .max) }
        try world.settle()
        #expect(world.daemon.broker.pendingCount == 16)
        process.send(.listen, nil, ms: .max)
        try world.settle()
        #expect(world.misuses == ["more than 16 calls of one lane are unanswered"])
        #expect(!world.daemon.broker.isThere("A"))
    }

    @Test
    func `an identity socket opens lanes and a lane does not`() throws {
        let world = try LiveWorld()
        let first = try world.process("A")
        first.identity.send(WireProcess.frame(RequestHeader(.createListener)))
        let second = try world.process("B")
        second.lanes[0].send(WireProcess.frame(RequestHeader(.openLane)))
        try world.settle()
        #expect(world.misuses == Array(repeating: "frame is not for this socket", count: 2))
        #expect(Set(world.ends.map { $0.prefix(1) }) == ["A", "B"])
    }

    @Test
    func `one frame of each socket is handled in a turn`() throws {
        let world = try LiveWorld()
        let busy = try world.process("A")
        let other = try world.process("B")
        for _ in 0..<10 { busy.send(.createListener) }
        #expect(try other.call(.createListener)?.retcode == .ok)
        #expect(world.daemon.frameCount == 2)
    }
}
