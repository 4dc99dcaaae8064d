import BrokerCore
import SecurityEvents
import Testing

/// semantics.md section 7: handles, listeners, static channels.
struct HandleTests {
    @Test
    func `accepting without a listener makes one, which is the server IPC handle`() {
        var world = World()
        let channel = world.channel()
        world.call("B", .connect(to: "S"))
        let reply = world.call("S", .accept("B", listener: channel.server))
        #expect(reply.retcode == .ok)
        #expect(reply.outputs?.handle != channel.server)
        #expect(reply.effects.created.first?.listener == channel.server)
        #expect(reply.effects.created.first?.serverHandle == reply.outputs?.handle)
    }

    @Test
    func `a listener that was created or registered serves as well`() {
        var world = World(channels: [link("B", "S", "c")])
        let created = world.call("S", .createListener).outputs?.handle ?? .invalid
        let name = Array("c".utf8)
        let registered = world.call("S", .serviceLocatorRegister(channel: name)).outputs?.handle
        for listener in [created, registered ?? .invalid] {
            #expect(listener != .invalid)
            let channel = world.channel(listener: listener)
            #expect(channel.server != .invalid)
            #expect(channel.server != listener)
        }
    }

    @Test
    func `a channel is deleted when both of its sides are closed, in whatever order`() {
        for clientFirst in [true, false] {
            var world = World()
            let channel = world.channel()
            let first = world.call(
                clientFirst ? "A" : "S",
                .close(clientFirst ? channel.client : channel.server)
            )
            #expect(first.records.isEmpty)
            #expect(
                first.effects.first
                    == .sideClosed(ChannelNumber(rawValue: 1), clientFirst ? .client : .server)
            )
            let second = world.call(
                clientFirst ? "S" : "A",
                .close(clientFirst ? channel.server : channel.client)
            )
            #expect(second.kinds == [.channelDeleted])
            #expect(second.records.first?.call == second.call)
            #expect(second.effects.contains(.channelDeleted(ChannelNumber(rawValue: 1))))
        }
    }

    @Test
    func `closing a listener closes that channel's side only; its other channels live on`() {
        var world = World()
        let first = world.channel()
        let second = world.channel(from: "B", listener: first.server)
        world.call("S", .close(first.server))
        world.call("A", .connect(to: "S"))
        #expect(world.call("S", .accept("A", listener: first.server)).retcode == .invalidArgument)
        #expect(world.call("B", .close(second.client)).records.isEmpty)
        #expect(world.call("S", .close(second.server)).kinds == [.channelDeleted])
        #expect(world.call("A", .close(first.client)).kinds == [.channelDeleted])
    }

    @Test
    func `handle values are unique in the whole broker and never come back`() {
        var world = World()
        var seen: Set<Handle> = []
        for _ in 0..<5 {
            let channel = world.channel()
            let ns = world.connection(of: "A")
            let listener = world.call("B", .createListener).outputs?.handle ?? .invalid
            for handle in [channel.client, channel.server, ns, listener] {
                #expect(seen.insert(handle).inserted)
            }
            world.call("A", .close(channel.client))
            world.call("S", .close(channel.server))
            world.end("A")
            _ = world.broker.startProcess("A", at: .zero)
        }
    }

    @Test
    func `a handle of one process never works for another`() {
        var world = World()
        let channel = world.channel()
        let ns = world.connection(of: "S")
        for handle in [channel.server, ns] {
            #expect(world.call("A", .close(handle)).retcode == .invalidArgument)
            #expect(world.call("A", .publish(handle)).retcode == .invalidArgument)
            let accept = world.call("A", .accept("B", listener: handle))
            #expect(accept.retcode == .invalidArgument)
        }
    }

    @Test
    func `a static channel's client handle is made when asked for, the same while it is open`() {
        var world = World(channels: [link("A", "S", "c")])
        let name = Array("c".utf8)
        let first = world.call("A", .serviceLocatorConnect(channel: name))
        let handle = first.outputs?.handle ?? .invalid
        #expect(
            first.effects.first
                == .sideOpened(ChannelNumber(rawValue: 1), .client, by: "A", handle)
        )
        #expect(world.call("A", .serviceLocatorConnect(channel: name)).outputs?.handle == handle)
        #expect(world.call("A", .close(handle)).retcode == .ok)
        let gone = world.call("A", .serviceLocatorConnect(channel: name))
        #expect(gone.retcode == .resourceNotFound)
    }

    @Test
    func `only the ends of a static channel find it`() {
        var world = World(channels: [link("A", "S", "c")])
        let name = Array("c".utf8)
        for process: ProcessName in ["B", "S"] {
            let reply = world.call(process, .serviceLocatorConnect(channel: name))
            #expect(reply.retcode == .resourceNotFound)
        }
        let register = world.call("A", .serviceLocatorRegister(channel: name))
        #expect(register.retcode == .resourceNotFound)
    }

    @Test
    func `one listener registers all static channels of that name, and closes them together`() {
        var world = World(channels: [link("A", "S", "c"), link("B", "S", "c"), link("A", "S", "d")])
        let name = Array("c".utf8)
        let reply = world.call("S", .serviceLocatorRegister(channel: name))
        let handle = reply.outputs?.handle ?? .invalid
        #expect(
            reply.effects.dropLast() == [
                .sideOpened(ChannelNumber(rawValue: 1), .server, by: "S", handle),
                .sideOpened(ChannelNumber(rawValue: 2), .server, by: "S", handle),
            ]
        )
        #expect(world.call("S", .serviceLocatorRegister(channel: name)).outputs?.handle == handle)
        let client = world.call("A", .serviceLocatorConnect(channel: name)).outputs?.handle
        world.call("A", .close(client ?? .invalid))
        #expect(world.call("S", .close(handle)).kinds == [.channelDeleted])
        let gone = world.call("S", .serviceLocatorRegister(channel: name))
        #expect(gone.retcode == .resourceNotFound)
        let other = world.call("S", .serviceLocatorRegister(channel: Array("d".utf8)))
        #expect(other.retcode == .ok)
    }

    @Test
    func `a static channel is deleted when both processes closed it or ended`() {
        var world = World(channels: [link("A", "S", "c"), link("A", "S", "d")])
        let connect = world.call("A", .serviceLocatorConnect(channel: Array("c".utf8)))
        let handle = connect.outputs?.handle ?? .invalid
        #expect(world.call("A", .close(handle)).records.isEmpty)
        let ended = world.end("S")
        #expect(ended.kinds == [.processEnded, .channelDeleted])
        #expect(ended.records.last?.connection == "c")
        #expect(world.end("A").records.last?.connection == "d")
    }

    @Test
    func `the shell learns both ends of a channel before the completions`() {
        var world = World()
        world.call("A", .connect(to: "S"))
        let reply = world.call("S", .accept("A"))
        guard case .channelCreated(let channel) = reply.effects[2] else {
            Issue.record("the third effect creates the channel")
            return
        }
        #expect(channel.client == "A")
        #expect(channel.server == "S")
        #expect(channel.clientHandle == reply.completions.last?.outputs.handle)
        #expect(channel.serverHandle == reply.outputs?.handle)
        #expect(channel.listener == channel.serverHandle)
    }
}
