import CoreServices
import Glibc
import Testing
import WireProtocol

@Suite struct ChannelListenerTests {
    @Test(arguments: [1, 4])
    func `several clients share a listener`(threads: Int) throws {
        let listener = Listener()
        let pairs = try (0..<6).map { _ in
            let ends = try channelEnds()
            return (
                ClientChannel(descriptor: ends.client),
                listener.add(descriptor: ends.server, riid: 7)
            )
        }
        let servers = (0..<threads).map { _ in RunningThread { listener.serve() } }
        let callers = pairs.enumerated().map { index, pair in
            RunningThread {
                for call in 0..<500 {
                    let request = Message(constant: [UInt8(index), UInt8(call & 0xFF)])
                    let (retcode, reply) = pair.0.call(request)
                    #expect(retcode == ResultCode.ok && request.isAnswered(by: reply))
                }
            }
        }
        for caller in callers { caller.join() }
        for (client, channel) in pairs {
            client.close()
            channel.close()
        }
        for server in servers { server.join() }
    }

    /// The broker's kick comes before the channel is added, or after it.
    @Test(arguments: [1, 3], [false, true])
    func `a client that joins later is heard though a thread reads the first channel`(
        threads: Int,
        early: Bool
    ) throws {
        let listener = Listener()
        let first = try channelEnds()
        let second = try channelEnds()
        let firstChannel = listener.add(descriptor: first.server, riid: 7)
        let servers = (0..<threads).map { _ in RunningThread { listener.serve() } }
        for server in servers { server.awaitSleep() }
        if early {
            sendRaw(first.client, rawMessage(.kick))
            // Woken, and asleep again.
            while isReadable(first.server) { sched_yield() }
            for server in servers { server.awaitSleep() }
        }
        let secondChannel = listener.add(descriptor: second.server, riid: 9)
        if !early { sendRaw(first.client, rawMessage(.kick)) }
        let request = Message(riid: 9, constant: [1, 2])
        let client = ClientChannel(descriptor: second.client)
        #expect(client.call(request).reply.constant == [2, 1])
        let other = ClientChannel(descriptor: first.client)
        #expect(other.call(Message(constant: [3, 4])).reply.constant == [4, 3])
        firstChannel.close()
        #expect(client.call(request).reply.constant == [2, 1])
        secondChannel.close()
        for server in servers { server.join() }
    }

    @Test func `kicks are nothing to the server`() throws {
        let ends = try channelEnds()
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        for _ in 0..<5 { sendRaw(ends.client, rawMessage(.kick)) }
        sendRaw(ends.client, rawMessage(.request, constant: [1]))
        let (retcode, request) = listener.receive()
        #expect(retcode == ResultCode.ok)
        #expect(request.constant == [1])
        #expect(listener.receive(milliseconds: 0).retcode == ResultCode.timeout)
        channel.close()
        close(ends.client)
    }

    @Test func `busy clients take turns`() throws {
        let listener = Listener()
        var clients: [Int32] = []
        for index in 0..<4 {
            let ends = try channelEnds()
            clients.append(ends.client)
            _ = listener.add(descriptor: ends.server, riid: UInt32(index))
            for _ in 0..<50 { sendRaw(ends.client, rawMessage(.request, riid: UInt32(index))) }
        }
        var counts = [0, 0, 0, 0]
        for _ in 0..<100 {
            let (retcode, request) = listener.receive()
            #expect(retcode == ResultCode.ok)
            counts[Int(request.riid)] += 1
        }
        #expect(counts == [25, 25, 25, 25])
        for client in clients { close(client) }
        while listener.receive().retcode != ResultCode.notConnected {}
    }

    @Test func `an end among several channels is silent`() throws {
        let listener = Listener()
        let first = try channelEnds()
        let second = try channelEnds()
        let channel = listener.add(descriptor: first.server, riid: 7)
        let other = listener.add(descriptor: second.server, riid: 7)
        close(first.client)
        #expect(listener.receive(milliseconds: 1).retcode == ResultCode.timeout)
        sendRaw(second.client, rawMessage(.request))
        #expect(listener.receive().retcode == ResultCode.ok)
        close(second.client)
        #expect(listener.receive().retcode == ResultCode.notConnected)
        channel.close()
        other.close()
    }

    @Test(arguments: [0, 1, 30] as [UInt32])
    func `receiving ends at its deadline`(milliseconds: UInt32) throws {
        let listener = Listener()
        let first = try channelEnds()
        let second = try channelEnds()
        // Without a channel, with one, with two.
        #expect(listener.receive(milliseconds: milliseconds).retcode == ResultCode.timeout)
        let channel = listener.add(descriptor: first.server, riid: 7)
        #expect(listener.receive(milliseconds: milliseconds).retcode == ResultCode.timeout)
        let other = listener.add(descriptor: second.server, riid: 7)
        #expect(listener.receive(milliseconds: milliseconds).retcode == ResultCode.timeout)
        channel.close()
        other.close()
        close(first.client)
        close(second.client)
    }

    @Test func `a client that asks for nothing valid does not outlast the deadline`() throws {
        let ends = try channelEnds()
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let done = Shared(false)
        let client = RunningThread {
            while !done.value { sendRaw(ends.client, rawMessage(.kick)) }
        }
        #expect(listener.receive(milliseconds: 5).retcode == ResultCode.timeout)
        done.change { $0 = true }
        channel.close()
        client.join()
        close(ends.client)
    }

    @Test func `a request for another endpoint is refused by the server's library`() throws {
        let listener = Listener()
        let ends = try channelEnds()
        let anyEnds = try channelEnds()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let anyChannel = listener.add(descriptor: anyEnds.server, riid: Listener.anyEndpoint)
        let server = RunningThread { listener.serve() }
        let client = ClientChannel(descriptor: ends.client)
        let anyClient = ClientChannel(descriptor: anyEnds.client)
        for riid in [0, 6, 8, UInt32.max] {
            #expect(client.call(Message(riid: riid)).retcode == ResultCode.securityDisallow)
            #expect(anyClient.call(Message(riid: riid)).retcode == ResultCode.ok)
        }
        #expect(client.call(Message(riid: 7)).retcode == ResultCode.ok)
        channel.close()
        anyChannel.close()
        server.join()
    }
}
