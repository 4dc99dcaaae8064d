import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// The ends of processes, however they are noticed.
struct ProcessEndTests {
    @Test
    func `the end of the identity or of any lane ends the process`() throws {
        for closesIdentity in [true, false] {
            let world = try LiveWorld()
            let process = try world.process("A")
            let lane = try #require(try process.openLane())
            if closesIdentity { process.identity.close() } else { process.lanes[lane].close() }
            try world.settle()
            #expect(world.ends == ["A closed"])
            #expect(world.kinds == [.processEnded])
            #expect(process.lanes[0].isAtEnd)
            #expect(closesIdentity || process.identity.isAtEnd)
        }
    }

    @Test
    func `whichever signal comes first, there is one end and one record`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        process.exit()
        world.daemon.endProcess("A")
        try world.settle()
        world.daemon.endProcess("A")
        #expect(world.ends == ["A exited"])
        let other = try world.process("B")
        other.exit()
        try world.settle()
        world.daemon.endProcess("B")
        #expect(world.ends == ["A exited", "B closed"])
        #expect(world.kinds == [.processEnded, .processEnded])
    }

    @Test
    func `an end completes the calls of others and closes their channels' other sides`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        let waiting = try world.process("B")
        #expect(try waiting.call(.connect, "S", "e", ms: .max) == nil)
        link.server.exit()
        try world.settle()
        #expect(waiting.receive()?.retcode == .notConnected)
        #expect(link.clientEnd.isAtEnd)
        let again = try waiting.call(.connect, "S", "e", ms: .max)
        #expect(again?.retcode == .resourceNotFound)
        #expect(world.daemon.broker.pendingCount == 0)
    }

    @Test
    func `what a process sent before its end is done before its end`() throws {
        for isTold in [true, false] {
            let world = try LiveWorld()
            let link = try Link(in: world)
            let lane = try #require(try link.client.openLane())
            link.server.send(.close, handle: link.serverHandle, flags: .oneWay)
            try world.settle()
            world.forgetRecords()
            link.client.send(.createListener, lane: lane)
            link.client.send(.close, handle: link.clientHandle, flags: .oneWay, lane: lane)
            link.client.exit()
            if isTold { world.daemon.endProcess("A") }
            try world.settle()
            #expect(world.kinds == [.channelDeleted, .processEnded])
        }
    }

    @Test
    func `the end of a process that has a call waiting leaves no call behind`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        client.send(.connect, "S", "e", ms: .max)
        server.send(.listen, nil, ms: .max)
        try world.settle()
        client.exit()
        try world.settle()
        #expect(world.daemon.broker.pendingCount == 0)
        #expect(server.receive()?.names == ["A", "e"])
        #expect(try server.call(.accept, "A", "e")?.retcode == .resourceNotFound)
    }

    @Test
    func `a process may be started again from where its end is told`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        world.daemon.onEnd = { [unowned world] name, _ in
            #expect(world.daemon.startProcess(name).retcode == .ok)
        }
        process.exit()
        try world.settle()
        #expect(world.kinds == [.processEnded, .decision, .processStarted])
        #expect(try world.process("A").call(.createListener)?.retcode == .ok)
    }
}
