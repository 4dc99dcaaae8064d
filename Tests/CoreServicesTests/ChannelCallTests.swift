import CoreServices
import Glibc
import TestSupport
import Testing
import WireProtocol

@Suite struct ChannelCallTests {
    /// Bytes that no other call of the same test sends.
    private static func request(
        _ thread: Int,
        _ call: Int,
        _ generator: inout SeededGenerator
    )
        -> Message
    {
        let tag = [UInt8(thread), UInt8(call & 0xFF), UInt8(call >> 8 & 0xFF)]
        let filling = (0..<generator.number(0...40)).map { _ in UInt8(generator.number(0...255)) }
        let arena = (0..<generator.number(0...40)).map { _ in UInt8(generator.number(0...255)) }
        return Message(constant: tag + filling, arena: arena)
    }

    private static func callers(_ client: ClientChannel, threads: Int, calls: Int) -> Int {
        let wrong = Shared(0)
        let threads = (0..<threads).map { thread in
            RunningThread {
                var generator = SeededGenerator(seed: UInt64(thread))
                for call in 0..<calls {
                    let request = request(thread, call, &generator)
                    // Buffers of every size, so that replies are put right in every way.
                    let room = Message.room(
                        request.constant.count + generator.number(0...3) * 20,
                        request.arena.count + generator.number(0...20)
                    )
                    let (retcode, reply) = client.call(request, room: room)
                    if retcode != ResultCode.ok || !request.isAnswered(by: reply) {
                        wrong.change { $0 += 1 }
                    }
                }
            }
        }
        for thread in threads { thread.join() }
        return wrong.value
    }

    @Test(arguments: [1, 4])
    func `every thread gets the reply to its own request`(servers: Int) throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let servers = (0..<servers).map { _ in RunningThread { listener.serve() } }
        #expect(Self.callers(client, threads: 8, calls: 2000) == 0)
        client.close()
        channel.close()
        for server in servers { server.join() }
    }

    @Test func `replies may come in any order`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let server = RunningThread {
            var generator = SeededGenerator(seed: 1)
            var waiting: [[UInt8]] = []
            // Never more than the eight callers can have sent.
            while let (header, contents) = receiveRaw(ends.server) {
                let constant = Array(contents.prefix(Int(header.constantSize)).reversed())
                let arena = Array(contents.dropFirst(Int(header.constantSize)))
                waiting.append(
                    rawMessage(.reply, id: header.id, constant: constant, arena: arena)
                )
                let more = waiting.count < generator.number(1...8) && isReadable(ends.server)
                if more { continue }
                waiting.shuffle(using: &generator)
                for reply in waiting { sendRaw(ends.server, reply) }
                waiting = []
            }
        }
        #expect(Self.callers(client, threads: 8, calls: 2000) == 0)
        shutdown(ends.server, Int32(SHUT_RDWR))
        server.join()
        close(ends.server)
    }

    @Test func `a reply to a thread that another one reads for may be of any size`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let reader = RunningThread {
            let (retcode, reply) = client.call(Message(constant: [1]), room: .room(3, 2))
            #expect(retcode == ResultCode.ok)
            #expect(reply.constant == [9, 9])
            #expect(reply.arena == [8])
        }
        let first = try #require(receiveRaw(ends.server))
        reader.awaitSleep()
        let large = (0..<60000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let other = RunningThread {
            let (retcode, reply) = client.call(Message(constant: [2]), room: .room(60000, 5000))
            #expect(retcode == ResultCode.ok)
            #expect(reply.constant == large)
            #expect(reply.arena == [4, 5, 6])
        }
        let second = try #require(receiveRaw(ends.server))
        sendRaw(
            ends.server,
            rawMessage(.reply, id: second.header.id, constant: large, arena: [4, 5, 6])
        )
        other.join()
        sendRaw(
            ends.server,
            rawMessage(.reply, id: first.header.id, constant: [9, 9], arena: [8])
        )
        reader.join()
        close(ends.server)
    }

    @Test func `a message may have 64 KiB and not a byte more`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let room = Message.room(65536, 65536)
        let server = RunningThread { listener.serve(room: room) }
        for constant in [0, 1, 32768, 65535, 65536] {
            let request = Message(
                constant: Array(repeating: 1, count: constant),
                arena: Array(repeating: 2, count: 65536 - constant)
            )
            let (retcode, reply) = client.call(request, room: room)
            #expect(retcode == ResultCode.ok)
            #expect(request.isAnswered(by: reply))
            var longer = request
            longer.arena.append(3)
            #expect(client.call(longer, room: room).retcode == ResultCode.bufferTooLarge)
        }
        channel.close()
        server.join()
    }

    @Test func `a reply that does not fit leaves sizes and channel as they are`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let server = RunningThread { listener.serve() }
        let request = Message(constant: [1, 2, 3], arena: [4, 5])
        for room in [Message.room(2, 10), .room(10, 1), .room(0, 0), .room(3, 1)] {
            let (retcode, reply) = client.call(request, room: room)
            #expect(retcode == ResultCode.bufferTooSmall)
            #expect(reply.constant.count == room.constant.count)
            #expect(reply.arena.count == room.arena.count)
        }
        #expect(client.call(request, room: .room(3, 2)).retcode == ResultCode.ok)
        channel.close()
        server.join()
    }

    @Test func `a call ends at its deadline, and its late reply is dropped`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        for milliseconds in [0, 1, 20] as [UInt32] {
            let (retcode, _) = client.call(Message(constant: [1]), milliseconds: milliseconds)
            #expect(retcode == ResultCode.timeout)
            let late = try #require(receiveRaw(ends.server))
            sendRaw(ends.server, rawMessage(.reply, id: late.header.id, constant: [66]))
        }
        let server = RunningThread {
            guard let next = receiveRaw(ends.server) else { return }
            sendRaw(ends.server, rawMessage(.reply, id: next.header.id, constant: [2]))
        }
        let (retcode, reply) = client.call(Message(constant: [3]))
        #expect(retcode == ResultCode.ok)
        #expect(reply.constant == [2])
        server.join()
        close(ends.server)
    }

    @Test func `a thread that only waits for another one to read has a deadline too`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let reader = RunningThread {
            #expect(client.call(Message(constant: [1])).reply.constant == [9])
        }
        let first = try #require(receiveRaw(ends.server))
        reader.awaitSleep()
        #expect(client.call(Message(), milliseconds: 5).retcode == ResultCode.timeout)
        sendRaw(ends.server, rawMessage(.reply, id: first.header.id, constant: [9]))
        reader.join()
        close(ends.server)
    }

    @Test func `a reader whose deadline passes hands over to a thread that waits on`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let reader = RunningThread {
            let (retcode, _) = client.call(Message(constant: [1]), milliseconds: 50)
            #expect(retcode == ResultCode.timeout)
        }
        _ = try #require(receiveRaw(ends.server))
        let other = RunningThread {
            #expect(client.call(Message(constant: [2])).reply.constant == [8])
        }
        let second = try #require(receiveRaw(ends.server))
        reader.join()
        sendRaw(ends.server, rawMessage(.reply, id: second.header.id, constant: [8]))
        other.join()
        close(ends.server)
    }

    @Test func `a call to a server that does not receive ends at its deadline`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let request = Message(constant: Array(repeating: 0, count: 65536))
        for _ in 0..<20 {
            #expect(client.call(request, milliseconds: 1).retcode == ResultCode.timeout)
        }
        close(ends.server)
        #expect(client.call(request).retcode == ResultCode.notConnected)
    }

    @Test func `a server that sends other replies for ever does not outlast the deadline`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let done = Shared(false)
        let server = RunningThread {
            while !done.value { sendRaw(ends.server, rawMessage(.reply, id: 77)) }
        }
        #expect(client.call(Message(), milliseconds: 5).retcode == ResultCode.timeout)
        done.change { $0 = true }
        client.close()
        shutdown(ends.server, Int32(SHUT_RDWR))
        server.join()
        close(ends.server)
    }

    @Test(arguments: [1, 4])
    func `threads may have large replies at once`(servers: Int) throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        let room = Message.room(0, 65536)
        let servers = (0..<servers).map { _ in RunningThread { listener.serve(room: room) } }
        let callers = (0..<8).map { thread in
            RunningThread {
                let request = Message(arena: Array(repeating: UInt8(thread), count: 65536))
                for _ in 0..<10 {
                    let (retcode, reply) = client.call(request, room: room)
                    #expect(retcode == ResultCode.ok && request.isAnswered(by: reply))
                }
            }
        }
        for caller in callers { caller.join() }
        channel.close()
        for server in servers { server.join() }
    }

    @Test func `a failure carries its retcode, if servers have that`() throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        let codes = [
            (ResultCode.securityDisallow, ResultCode.securityDisallow),
            (ResultCode.bufferTooSmall, ResultCode.bufferTooSmall),
            (ResultCode.bufferTooLarge, ResultCode.bufferTooLarge),
            (ResultCode.fail, ResultCode.fail), (ResultCode.ok, ResultCode.fail),
            (ResultCode.timeout, ResultCode.fail), (ResultCode.notConnected, ResultCode.fail),
            (-5, ResultCode.fail), (17, ResultCode.fail),
        ]
        let server = RunningThread {
            for (sent, _) in codes {
                guard let next = receiveRaw(ends.server) else { return }
                let riid = UInt32(bitPattern: sent)
                sendRaw(ends.server, rawMessage(.failure, id: next.header.id, riid: riid))
            }
        }
        for (_, seen) in codes { #expect(client.call(Message()).retcode == seen) }
        server.join()
        close(ends.server)
    }
}
