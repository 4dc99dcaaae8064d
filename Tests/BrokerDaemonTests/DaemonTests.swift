import BrokerCore
import BrokerDaemon
import SecurityEvents
import Testing
import WireProtocol

/// What each call answers, over real sockets.
struct DaemonTests {
    @Test
    func `a welcome names the process, its class and the lanes it may have`() throws {
        let world = try LiveWorld()
        let process = try world.process("A")
        #expect(process.welcome.header.kind == .welcome)
        #expect(process.welcome.names == ["A", "A"])
        #expect(process.welcome.header.number == 64 + 16)
        #expect(process.lanes.count == 1)
    }

    @Test
    func `connect, listen and accept give both sides a working end`() throws {
        let world = try LiveWorld()
        let client = try world.process("A")
        let server = try world.process("S")
        #expect(try client.call(.connect, "S", "e", ms: .max) == nil)
        let request = try #require(try server.call(.listen, nil, ms: .max))
        #expect(request.retcode == .ok)
        #expect(request.names == ["A", "e"])
        #expect(request.header.number == 1)
        let accepted = try #require(try server.call(.accept, "A", "e", number: 7))
        #expect(accepted.retcode == .ok)
        let connected = try #require(client.receive())
        #expect(connected.retcode == .ok)
        #expect(connected.header.number == 7)
        #expect(connected.handle != accepted.handle)
        let clientEnd = try #require(connected.end)
        let serverEnd = try #require(accepted.end)
        let frames = world.daemon.frameCount
        clientEnd.send([1, 2, 3])
        #expect(serverEnd.receive()?.bytes == [1, 2, 3])
        serverEnd.send([4])
        #expect(clientEnd.receive()?.bytes == [4])
        try world.settle()
        #expect(world.daemon.frameCount == frames)
    }
}
