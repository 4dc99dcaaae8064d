import CoreServices
import Glibc
import Testing
import WireProtocol

/// The end of either side, at each moment.
@Suite struct ChannelEndTests {
    @Test func `a call after the server's end finds nobody`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        close(ends.server)
        #expect(client.call(Message()).retcode == ResultCode.notConnected)
        #expect(client.call(Message(), milliseconds: 5).retcode == ResultCode.notConnected)
    }

    @Test func `a reply sent before the server's end is received`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let server = RunningThread {
            guard let first = receiveRaw(ends.server) else { return }
            // One request stays unread, which the system tells the client before the reply.
            _ = isReadable(ends.server)
            sendRaw(ends.server, rawMessage(.reply, id: first.header.id, constant: [5]))
            close(ends.server)
        }
        #expect(client.call(Message()).reply.constant == [5])
        server.join()
        #expect(client.call(Message()).retcode == ResultCode.notConnected)
    }

    @Test func `the server's end wakes every thread in a call`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let callers = (0..<6).map { _ in
            RunningThread { #expect(client.call(Message()).retcode == ResultCode.notConnected) }
        }
        for _ in 0..<3 { _ = receiveRaw(ends.server) }
        close(ends.server)
        for caller in callers { caller.join() }
    }

    @Test(arguments: 0..<50)
    func `the close of a client IPC handle wakes every thread in a call`(round: Int) throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let callers = (0..<3).map { _ in
            RunningThread { #expect(client.call(Message()).retcode == ResultCode.notConnected) }
        }
        if round.isMultiple(of: 2) { for caller in callers { caller.awaitSleep() } }
        client.close()
        for caller in callers { caller.join() }
        #expect(client.call(Message()).retcode == ResultCode.notConnected)
        close(ends.server)
    }

    @Test func `the close of a client IPC handle wakes a thread that cannot send`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let request = Message(constant: Array(repeating: 0, count: 65536))
        while isWritable(ends.client) { _ = client.call(request, milliseconds: 0) }
        let caller = RunningThread {
            #expect(client.call(request).retcode == ResultCode.notConnected)
        }
        caller.awaitSleep()
        client.close()
        caller.join()
        close(ends.server)
    }

    @Test func `a closed client IPC handle is the end for the server`() throws {
        let ends = try channelEnds()
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        do {
            let client = ClientChannel(descriptor: ends.client)
            client.close()
        }
        #expect(listener.receive().retcode == ResultCode.notConnected)
        channel.close()
    }

    @Test(arguments: [1, 4], [false, true])
    func `every thread is told once that the last channel has ended`(
        threads: Int,
        later: Bool
    ) throws {
        let ends = try channelEnds()
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let told = Shared(0)
        let servers = (0..<threads).map { _ in
            RunningThread {
                if listener.receive().retcode == ResultCode.notConnected {
                    told.change { $0 += 1 }
                }
                // The second time there is nothing to tell.
                if listener.receive(milliseconds: 3).retcode == ResultCode.timeout {
                    told.change { $0 += 1 }
                }
            }
        }
        if !later { for server in servers { server.awaitSleep() } }
        close(ends.client)
        for server in servers { server.join() }
        #expect(told.value == 2 * threads)
        channel.close()
    }

    @Test func `after the end of the last channel the next one is received from`() throws {
        let listener = Listener()
        for round in 0..<5 {
            let ends = try channelEnds()
            let server = RunningThread {
                // What a thread is told does not concern the next one, which is new to the listener.
                while true {
                    let (retcode, request) = listener.receive()
                    if retcode == ResultCode.ok {
                        listener.reply(request.echo)
                        return
                    }
                }
            }
            if round > 0 { server.awaitSleep() }
            let channel = listener.add(descriptor: ends.server, riid: 7)
            let client = ClientChannel(descriptor: ends.client)
            #expect(client.call(Message(constant: [1, 2])).reply.constant == [2, 1])
            server.join()
            client.close()
            channel.close()
        }
    }

    @Test(arguments: [1, 3], [1, 2])
    func `the close of a server IPC handle wakes threads that receive`(
        threads: Int,
        channels: Int
    ) throws {
        let listener = Listener()
        var clients: [Int32] = []
        var added: [ServerChannel] = []
        for _ in 0..<channels {
            let ends = try channelEnds()
            clients.append(ends.client)
            added.append(listener.add(descriptor: ends.server, riid: 7))
        }
        let servers = (0..<threads).map { _ in
            RunningThread { #expect(listener.receive().retcode == ResultCode.notConnected) }
        }
        for server in servers { server.awaitSleep() }
        for channel in added { channel.close() }
        for server in servers { server.join() }
        for client in clients {
            #expect(receiveRaw(client) == nil)
            close(client)
        }
    }

    @Test func `the close of a listener without channels wakes threads that receive`() {
        let listener = Listener()
        let servers = (0..<3).map { _ in
            RunningThread { #expect(listener.receive().retcode == ResultCode.notConnected) }
        }
        for server in servers { server.awaitSleep() }
        listener.close()
        for server in servers { server.join() }
    }

    @Test func `a request whose server closes its handle is not answered any more`() throws {
        let ends = try channelEnds()
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let client = ClientChannel(descriptor: ends.client)
        let caller = RunningThread {
            #expect(client.call(Message()).retcode == ResultCode.notConnected)
        }
        #expect(listener.receive().retcode == ResultCode.ok)
        channel.close()
        caller.join()
        #expect(listener.reply(Message()) == ResultCode.notConnected)
    }

    @Test func `descriptors do not pile up`() throws {
        let before = openDescriptors
        for _ in 0..<200 {
            let listener = Listener()
            for _ in 0..<3 {
                let ends = try channelEnds()
                let channel = listener.add(descriptor: ends.server, riid: 7)
                let client = ClientChannel(descriptor: ends.client)
                #expect(client.call(Message(), milliseconds: 0).retcode == ResultCode.timeout)
                #expect(listener.receive().retcode == ResultCode.ok)
                listener.reply(Message())
                client.close()
                channel.close()
            }
        }
        // Other tests run at the same time.
        #expect(openDescriptors < before + 300)
    }

    private var openDescriptors: Int {
        (0..<4096).count { fcntl($0, F_GETFD) >= 0 }
    }
}
