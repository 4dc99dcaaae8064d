import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// Deadlines, with a clock that tests set and with the system's.
struct DeadlineTests {
    @Test
    func `a call times out at its deadline and not a moment before`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        #expect(try client.call(.connect, "S", "e", ms: 500) == nil)
        world.advance(499)
        #expect(client.receive() == nil)
        _ = try world.daemon.turn(timeout: .zero)
        #expect(client.receive() == nil)
        world.advance(1)
        #expect(client.receive()?.retcode == .timeout)
        #expect(world.records.last?.time == Instant(nanoseconds: 500_000_000))
    }

    @Test
    func `a frame that comes with a deadline finds the call expired`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        #expect(try client.call(.connect, "S", "e", ms: 500) == nil)
        server.send(.accept, "A", "e")
        world.advance(500)
        try world.settle()
        #expect(client.receive()?.retcode == .timeout)
        #expect(server.receive()?.retcode == .resourceNotFound)
    }

    @Test
    func `with the system's clock a turn waits for the deadline itself`() throws {
        let broker = ChannelBroker(
            solution: Solution(processes: [
                Solution.Process(ProcessIdentity(undeclared: "A")),
                Solution.Process(ProcessIdentity(undeclared: "S")),
            ]),
            engine: ClosureEngine.denying()
        )
        let daemon = try Daemon(broker: broker, audit: nil)
        daemon.start()
        let client = try WireProcess(try daemon.attach("A"), in: daemon)
        #expect(try client.call(.connect, "S", "e", ms: 20) == nil)
        let start = daemon.now
        let clock = ContinuousClock()
        let waited = try clock.measure { _ = try daemon.turn(timeout: nil) }
        #expect(client.receive()?.retcode == .timeout)
        #expect(daemon.now >= start.advanced(byMilliseconds: 20))
        #expect(waited < .seconds(5))
    }

    @Test
    func `a turn waits no longer than it is told`() throws {
        let broker = ChannelBroker(
            solution: Solution(processes: []),
            engine: ClosureEngine.denying()
        )
        let daemon = try Daemon(broker: broker, audit: nil)
        let clock = ContinuousClock()
        let start = clock.now
        #expect(try daemon.turn(timeout: .microseconds(1500)) == [])
        let waited = clock.now - start
        #expect(waited >= .microseconds(1500))
        #expect(waited < .seconds(5))
    }
}
