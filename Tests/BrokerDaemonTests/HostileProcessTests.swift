import BrokerCore
import BrokerDaemon
import Glibc
import SecurityEvents
import TestSupport
import Testing
import WireProtocol

/// What hostile and broken processes do, and that it harms nobody else.
struct HostileProcessTests {
    @Test
    func `every way of being wrong ends that process alone, with a record`() throws {
        for (what, change) in Self.faults {
            let world = try LiveWorld()
            let link = try Link(try world.process("B"), try world.process("S"), in: world)
            let process = try world.process("A")
            var frame = WireProcess.frame(RequestHeader(.createListener))
            change(&frame)
            world.forgetRecords()
            process.lanes[0].send(frame)
            try world.settle()
            #expect(world.misuses.count == 1, "\(what)")
            #expect(world.kinds == [.misuse, .processEnded], "\(what)")
            #expect(world.ends == ["A misbehaved(\"\(world.misuses[0])\")"], "\(what)")
            #expect(process.lanes[0].isAtEnd, "\(what)")
            link.clientEnd.send([1])
            #expect(link.serverEnd.receive()?.bytes == [1])
            #expect(try link.client.call(.createListener)?.retcode == .ok)
        }
    }

    /// Changes of a frame that is right.
    private static let faults: [(String, @Sendable (inout [UInt8]) -> Void)] = [
        ("version", { $0[0] = 2 }),
        ("operation 0", { $0[1] = 0 }),
        ("unknown operation", { $0[1] = 15 }),
        ("unknown flag", { $0[2] = 8 }),
        ("a flag that the operation does not have", { $0[2] = 4 }),
        ("reserved byte", { $0[3] = 1 }),
        ("reserved number", { $0[36] = 1 }),
        ("milliseconds without use", { $0[8] = 1 }),
        ("handle without use", { $0[12] = 1 }),
        ("number without use", { $0[16] = 1 }),
        ("size without use", { $0[28] = 1 }),
        ("name without use", { ($0[20], $0[21]) = (0xFF, 0xFF) }),
        ("name that is not there", { ($0[1], $0[20]) = (1, 1) }),
        ("length above all names", { ($0[1], $0[20], $0[21]) = (1, 1, 4) }),
        ("bytes behind", { $0.append(0) }),
        ("header cut", { $0.removeLast() }),
        ("one byte", { $0 = [1] }),
        ("too long", { $0 += [UInt8](repeating: 0, count: 5000) }),
        ("lane on a lane", { $0[1] = 14 }),
    ]

    @Test
    func `random bytes end at most the processes that send them`() throws {
        for seed in 0..<UInt64(40) {
            var random = SeededGenerator(seed: seed)
            let world = try LiveWorld()
            let link = try Link(try world.process("B"), try world.process("S"), in: world)
            var process = try world.process("A")
            for _ in 0..<50 {
                process.lanes[0].send(Self.noise(&random))
                try world.settle()
                if !world.daemon.broker.isThere("A") {
                    #expect(world.daemon.startProcess("A").retcode == .ok)
                    process = try world.process("A")
                }
                while process.receive() != nil {}
            }
            world.forgetRecords()
            #expect(try link.client.call(.createListener)?.retcode == .ok, "seed \(seed)")
            link.serverEnd.send([1])
            #expect(link.clientEnd.receive()?.bytes == [1], "seed \(seed)")
            #expect(!world.ends.contains { !$0.hasPrefix("A ") }, "seed \(seed)")
        }
    }

    /// A frame that is right with some bytes changed, or nothing but noise.
    private static func noise(_ random: inout SeededGenerator) -> [UInt8] {
        let operation = WireOperation(rawValue: UInt8(random.number(1...14))) ?? .drop
        var frame = WireProcess.frame(RequestHeader(operation), [Array("S".utf8), Array("e".utf8)])
        if random.chance(20) { frame = (0..<random.number(1...60)).map { _ in 0 } }
        for _ in 0..<random.number(0...3) {
            frame[random.number(0...frame.count - 1)] = UInt8(random.number(0...255))
        }
        return frame
    }

    @Test
    func `a process that never reads its answers is ended`() throws {
        var options = DaemonOptions()
        options.refusalsPerSecond = .max
        let world = try LiveWorld(daemonOptions: options)
        let client = try world.process("A")
        let other = try world.process("B")
        var sent = 0
        while world.daemon.broker.isThere("A"), sent < 10_000 {
            client.send(.createListener)
            sent += 1
            _ = try world.daemon.turn(timeout: .zero)
        }
        #expect(sent < 1000)
        #expect(world.ends == ["A misbehaved(\"answers are not read\")"])
        #expect(world.misuses == ["answers are not read"])
        #expect(try other.call(.createListener)?.retcode == .ok)
    }

    @Test
    func `a flood of refused calls is not read until the next second`() throws {
        let world = try LiveWorld()
        let flood = try world.process("A")
        let other = try world.process("B")
        func send(_ count: Int) throws -> Int {
            var answers = 0
            for _ in 0..<count {
                flood.send(.close, handle: Handle(rawValue: 12345))
                _ = try world.daemon.turn(timeout: .zero)
                if flood.receive() != nil { answers += 1 }
            }
            return answers
        }
        world.advance(300)
        #expect(try send(150) == 100)
        #expect(world.misuses.count == 100)
        #expect(try other.call(.createListener)?.retcode == .ok)
        world.advance(699)
        #expect(try send(1) == 0)
        world.advance(1)
        try world.settle()
        #expect(world.misuses.count == 151)
        // Its end is noticed all the same.
        _ = try send(200)
        #expect(world.misuses.count == 200)
        flood.exit()
        try world.settle()
        #expect(world.ends == ["A closed"])
        #expect(world.misuses.count == 200)
    }

    @Test
    func `denials of the policy are not throttled`() throws {
        let world = try LiveWorld(engine: ClosureEngine.denying(.connect))
        let client = try world.process("A")
        for _ in 0..<300 {
            #expect(try client.call(.connect, "S", "e")?.retcode == .securityDisallow)
        }
    }

    @Test
    func `handles of others, closed and guessed ones are refused`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        let spy = try world.process("B")
        for handle in [link.clientHandle, link.serverHandle, Handle(rawValue: 999)] {
            #expect(try spy.call(.close, handle: handle)?.retcode == .invalidArgument)
            let accept = try spy.call(.accept, "A", "e", handle: handle)
            #expect(accept?.retcode == .invalidArgument)
        }
        #expect(!link.clientEnd.isAtEnd)
    }

    @Test
    func `a process cannot pass us descriptors`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        let passed = try LiveWorld().process("B").identity
        let frame = WireProcess.frame(RequestHeader(.createListener))
        // A kernel that can forbid it does; another closes the descriptor unseen.
        let number = process.lanes[0].send(frame, descriptor: passed.raw)
        #expect(number == 0 || number == EPERM)
        let descriptors = world.daemon.openDescriptors
        if number == EPERM { process.lanes[0].send(frame) }
        try world.settle()
        #expect(process.receive()?.retcode == .ok)
        #expect(world.daemon.openDescriptors == descriptors)
    }

    @Test
    func `a server whose buffer is full of messages is still told the end`() throws {
        let world = try LiveWorld()
        let link = try Link(in: world)
        var sent = 0
        while link.clientEnd.send([UInt8](repeating: 1, count: 1000)) == 0 { sent += 1 }
        _ = try Link(link.client, link.server, in: world, listener: link.serverHandle)
        link.client.exit()
        try world.settle()
        for _ in 0..<sent { #expect(link.serverEnd.receive()?.bytes.count == 1000) }
        #expect(link.serverEnd.isAtEnd)
    }
}
