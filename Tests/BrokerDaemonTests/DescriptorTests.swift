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
    func `a daemon closes every socket that it had`() async {
        await #expect(processExitsWith: .success) {
            try useDescriptors()
            let before = countSockets()
            for _ in 0..<3 { try useDescriptors() }
            #expect(countSockets() == before)
        }
    }

    @Test
    func `what the daemon says it has open is what it has open`() async {
        await #expect(processExitsWith: .success) {
            let before = countSockets()
            let world = try LiveWorld()
            let link = try Link(in: world)
            let other = try Link(try world.process("B"), link.server, in: world)
            let held = [link.client, link.server, other.client].map { $0.lanes.count + 1 }
            let own = held.reduce(4, +)
            // It has one more, to wait with.
            #expect(countSockets() - before - own == world.daemon.openDescriptors - 1)
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

/// How many sockets this process has open; what runs the tests opens files, pipes and timers when it
/// likes.
private func countSockets() -> Int {
    (0..<1000).count { descriptor in
        var status = stat()
        return unsafe fstat(Int32(descriptor), &status) == 0 && status.st_mode & S_IFMT == S_IFSOCK
    }
}
