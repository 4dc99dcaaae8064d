import BrokerCore
import BrokerDaemon
import Glibc
import SecurityEvents
import Testing
import WireProtocol

/// Descriptors: all are closed, and having none left is an answer.
///
/// The tests that count the process's own run in a process of their own.
struct DescriptorTests {
    @Test
    func `a daemon closes every descriptor that it had`() async {
        await #expect(processExitsWith: .success) {
            try useDescriptors()
            let before = countDescriptors()
            for _ in 0..<3 { try useDescriptors() }
            #expect(countDescriptors() == before)
        }
    }

    @Test
    func `what the daemon says it has open is what it has open`() async {
        await #expect(processExitsWith: .success) {
            let before = countDescriptors()
            let world = try LiveWorld()
            let link = try Link(in: world)
            let other = try Link(try world.process("B"), link.server, in: world)
            let held = [link.client, link.server, other.client].map { $0.lanes.count + 1 }
            let own = held.reduce(4, +)
            #expect(countDescriptors() - before - own == world.daemon.openDescriptors)
        }
    }

    @Test
    func `without descriptors an accept is refused by that limit, and the rest goes on`() async {
        await #expect(processExitsWith: .success) {
            let world = try LiveWorld()
            let client = try world.process("A")
            let server = try world.process("S")
            client.send(.connect, "S", "e", ms: .max)
            try world.settle()
            // Nothing is left below the lowest number that is free.
            let free = dup(0)
            close(free)
            var limit = rlimit(rlim_cur: rlim_t(free), rlim_max: 4096)
            let descriptors = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
            #expect(unsafe setrlimit(descriptors, &limit) == 0)
            let refused = try server.call(.accept, "A", "e")
            #expect(refused?.retcode == .quotaExceeded)
            #expect(world.records.last?.decision?.cause == .limit(.descriptors))
            #expect(try server.openLane() == nil)
            #expect(world.misuses == ["no descriptors are left for a lane"])
            #expect(try server.call(.createListener)?.retcode == .ok)
            #expect(try raiseDescriptorLimit() == 4096)
            let accepted = try server.call(.accept, "A", "e")
            #expect(accepted?.retcode == .ok)
            #expect(client.receive()?.end != nil)
        }
    }

    @Test
    func `a descriptor that is taken is not closed`() {
        var ends: [Int32] = [0, 0]
        #expect(unsafe pipe(&ends) == 0)
        let raw = Descriptor(ends[0]).take()
        #expect(fcntl(raw, F_GETFD) >= 0)
        close(raw)
        close(ends[1])
    }
}

/// A daemon and all kinds of descriptors, for a while.
private func useDescriptors() throws {
    let world = try LiveWorld(channels: [
        Solution.Channel(client: "A", server: "S", connection: "c"),
        Solution.Channel(client: "B", server: "S", connection: "c"),
    ])
    let link = try Link(in: world)
    _ = try link.client.openLane()
    _ = try link.client.call(.serviceLocatorConnect, "c")
    _ = try Link(link.client, link.server, in: world, listener: link.serverHandle)
    link.client.send(.connect, "S", "e", ms: .max)
    link.client.exit()
    try world.settle()
    let misbehaved = try world.process("B")
    misbehaved.send(.openLane)
    try world.settle()
    #expect(world.ends.count == 2)
}

/// How many descriptors this process has open, the one that counts left out.
private func countDescriptors() -> Int {
    (0..<1000).count { fcntl(Int32($0), F_GETFD) >= 0 }
}
