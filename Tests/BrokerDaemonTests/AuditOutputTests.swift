import AuditLog
import BrokerCore
import BrokerDaemon
import Glibc
import SecurityEvents
import TestSupport
import Testing
import WireProtocol

/// Records leave before the answers do, or nothing goes on.
struct AuditOutputTests {
    @Test
    func `the records of a call are written before its answer leaves`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let before = world.lines.count
        #expect(try client.call(.connect, "X", "e", ms: .max)?.retcode == .resourceNotFound)
        #expect(world.lines.count == before + 1)
        #expect(world.lines.last?.contains(#""operation":"cm.connect""#) == true)
    }

    @Test
    func `answers are held back until their records can be written`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        client.send(.connect, "S", "e", ms: .max)
        try world.settle()
        world.output.failures = 2
        #expect(try server.call(.accept, "A", "e") == nil)
        #expect(!world.daemon.broker.auditAvailable)
        #expect(client.receive() == nil)
        _ = try world.daemon.turn(timeout: .zero)
        #expect(client.receive() == nil)
        _ = try world.daemon.turn(timeout: .zero)
        let accepted = try #require(server.receive())
        let connected = try #require(client.receive())
        connected.end?.send([1])
        #expect(accepted.end?.receive()?.bytes == [1])
        #expect(world.daemon.broker.auditAvailable)
        #expect(!world.kinds.contains(.auditLost))
        #expect(world.lines.count(where: { $0.contains("channel.created") }) == 1)
    }

    @Test
    func `meanwhile everything is denied, and the lost records are counted first`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let other = try world.process("B")
        world.output.failures = 4
        #expect(try client.call(.connect, "X", "e") == nil)
        let lines = world.lines.count
        for _ in 0..<3 {
            let denied = try other.call(.connect, "S", "e", ms: .max)
            #expect(denied?.retcode == .securityDisallow)
        }
        #expect(world.lines.count == lines)
        #expect(try other.call(.connect, "X", "e")?.retcode == .resourceNotFound)
        #expect(client.receive()?.retcode == .resourceNotFound)
        let written = world.lines[lines...]
        #expect(written.count == 3)
        #expect(written[lines].contains(#""process":"A""#))
        #expect(written[lines + 1].contains(#""kind":"audit.lost""#))
        #expect(written[lines + 1].contains(#""lost":3"#))
        #expect(written[lines + 2].contains(#""process":"B""#))
        let numbers = (1...world.lines.count).map { #"{"v":1,"seq":\#($0),"# }
        #expect(zip(world.lines, numbers).allSatisfy { $0.hasPrefix($1) })
    }

    @Test
    func `processes may end while the log cannot be written`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        world.output.failures = 2
        #expect(try link.client.call(.connect, "S", "f", ms: .max) == nil)
        link.client.exit()
        _ = try world.daemon.turn(timeout: .zero)
        #expect(link.serverEnd.isAtEnd)
        #expect(world.kinds.suffix(2) == [.processEnded, .outcome])
        _ = try world.daemon.turn(timeout: .zero)
        #expect(world.daemon.broker.auditAvailable)
        #expect(world.lines.last?.contains(#""lost":2"#) == true)
    }

    @Test
    func `a daemon without a log works`() throws {
        let broker = ChannelBroker(
            solution: Solution(processes: [Solution.Process(ProcessIdentity(undeclared: "A"))]),
            engine: ClosureEngine.denying()
        )
        let daemon = try Daemon(broker: broker, audit: nil, clock: .manual)
        daemon.start()
        let client = try WireProcess(try daemon.attach("A"), in: daemon)
        #expect(try client.call(.connect, "X", "e")?.retcode == .resourceNotFound)
    }
}
