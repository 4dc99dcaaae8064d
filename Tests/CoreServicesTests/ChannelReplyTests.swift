import CoreServices
import Glibc
import Testing
import WireProtocol

/// Who replies, to what, and how often.
@Suite struct ChannelReplyTests {
    private let listener = Listener()
    private let client: Int32
    private let channel: ServerChannel

    init() throws {
        let ends = try channelEnds()
        client = ends.client
        channel = listener.add(descriptor: ends.server, riid: 7)
    }

    private func failure(of id: UInt32) throws -> Int32 {
        let (header, _) = try #require(receiveRaw(client))
        #expect(header.kind == .failure)
        #expect(header.id == id)
        return Int32(bitPattern: header.riid)
    }

    private func end() {
        channel.close()
        close(client)
    }

    @Test func `a request is replied to once`() throws {
        #expect(listener.reply(Message()) == ResultCode.invalidOperation)
        sendRaw(client, rawMessage(.request, id: 5))
        #expect(listener.receive().retcode == ResultCode.ok)
        #expect(listener.reply(Message(riid: 1, method: 2, constant: [3])) == ResultCode.ok)
        #expect(listener.reply(Message()) == ResultCode.invalidOperation)
        let (header, contents) = try #require(receiveRaw(client))
        #expect(header.kind == .reply && header.id == 5 && contents == [3])
        // What the caller's header says besides is nobody's business.
        #expect(header.riid == 0 && header.method == 0)
        #expect(!isReadable(client))
        end()
    }

    @Test func `a reply that is too long can be made shorter`() throws {
        sendRaw(client, rawMessage(.request, id: 5))
        #expect(listener.receive().retcode == ResultCode.ok)
        let long = Message(constant: Array(repeating: 0, count: 65537))
        #expect(listener.reply(long) == ResultCode.bufferTooLarge)
        #expect(listener.reply(Message(constant: [1])) == ResultCode.ok)
        #expect(try #require(receiveRaw(client)).contents == [1])
        end()
    }

    @Test func `receiving again without a reply fails the first request`() throws {
        sendRaw(client, rawMessage(.request, id: 5))
        sendRaw(client, rawMessage(.request, id: 6))
        #expect(listener.receive().retcode == ResultCode.ok)
        #expect(listener.receive().retcode == ResultCode.ok)
        #expect(try failure(of: 5) == ResultCode.fail)
        listener.reply(Message())
        #expect(try #require(receiveRaw(client)).header.id == 6)
        end()
    }

    @Test func `the end of a thread fails the request that it has not replied to`() throws {
        sendRaw(client, rawMessage(.request, id: 5))
        let server = RunningThread { _ = listener.receive() }
        server.join()
        #expect(try failure(of: 5) == ResultCode.fail)
        end()
    }

    @Test func `a thread cannot reply for another one`() throws {
        sendRaw(client, rawMessage(.request, id: 5))
        #expect(listener.receive().retcode == ResultCode.ok)
        RunningThread { #expect(listener.reply(Message()) == ResultCode.invalidOperation) }.join()
        #expect(listener.reply(Message()) == ResultCode.ok)
        end()
    }

    @Test func `a thread owes eight replies at most`() throws {
        var others: [(listener: Listener, channel: ServerChannel, client: Int32)] = []
        sendRaw(client, rawMessage(.request, id: 5))
        #expect(listener.receive().retcode == ResultCode.ok)
        for index in 0..<8 {
            let ends = try channelEnds()
            let other = Listener()
            let channel = other.add(descriptor: ends.server, riid: 7)
            others.append((other, channel, ends.client))
            sendRaw(ends.client, rawMessage(.request, id: UInt32(index)))
            #expect(other.receive().retcode == ResultCode.ok)
            #expect(isReadable(client) == (index == 7))
        }
        #expect(try failure(of: 5) == ResultCode.fail)
        for other in others {
            #expect(other.listener.reply(Message()) == ResultCode.ok)
            other.channel.close()
            close(other.client)
        }
        end()
    }

    @Test func `a request that does not fit is answered so, and received by nobody`() throws {
        sendRaw(client, rawMessage(.request, id: 5, constant: [1, 2, 3], arena: [4, 5]))
        sendRaw(client, rawMessage(.request, id: 6, constant: [1, 2, 3], arena: [4, 5]))
        sendRaw(client, rawMessage(.request, id: 7, constant: [1, 2, 3], arena: [4, 5]))
        let (retcode, request) = listener.receive(room: .room(2, 64))
        #expect(retcode == ResultCode.bufferTooSmall)
        #expect(request.constant.count == 2 && request.arena.count == 64)
        #expect(listener.receive(room: .room(64, 1)).retcode == ResultCode.bufferTooSmall)
        #expect(try failure(of: 5) == ResultCode.bufferTooSmall)
        #expect(try failure(of: 6) == ResultCode.bufferTooSmall)
        #expect(listener.reply(Message()) == ResultCode.invalidOperation)
        let last = listener.receive(room: .room(3, 2))
        #expect(last.retcode == ResultCode.ok)
        #expect(last.request.constant == [1, 2, 3] && last.request.arena == [4, 5])
        end()
    }

    @Test func `a client that does not read loses its channel`() throws {
        let reply = Message(constant: Array(repeating: 0, count: 60000))
        var sent = 0
        while true {
            sendRaw(client, rawMessage(.request))
            #expect(listener.receive().retcode == ResultCode.ok)
            let retcode = listener.reply(reply)
            if retcode != ResultCode.ok {
                #expect(retcode == ResultCode.notConnected)
                break
            }
            sent += 1
            try #require(sent < 1000)
        }
        #expect(listener.receive().retcode == ResultCode.notConnected)
        #expect(!sendRaw(client, rawMessage(.request)))
        end()
    }
}
