import CoreServices
import Glibc
import TestSupport
import Testing
import WireProtocol

/// Messages that no library sends, from either side.
@Suite struct ChannelFuzzTests {
    /// A message that is right, nearly right, or nothing at all.
    private static func message(_ generator: inout SeededGenerator) -> [UInt8] {
        let kinds: [MessageHeader.Kind] = [.request, .reply, .failure, .kick]
        let contents = { (generator: inout SeededGenerator) in
            (0..<generator.number(0...50)).map { _ in UInt8(generator.number(0...255)) }
        }
        var bytes = rawMessage(
            generator.pick(kinds),
            id: UInt32(generator.number(0...6)),
            riid: generator.pick([7, 7, 7, 0, .max]),
            constant: contents(&generator),
            arena: contents(&generator)
        )
        switch generator.number(0...9) {
        case 0: bytes[generator.number(0...23)] = UInt8(generator.number(0...255))
        case 1: bytes.removeLast(generator.number(0...bytes.count - 1))
        case 2: bytes += contents(&generator)
        case 3: bytes = contents(&generator)
        case 4:
            for offset in 16..<24 { bytes[offset] = generator.pick([0, 0x80, 0xFF]) }
        case 5: bytes = Array(repeating: 0xFF, count: generator.pick([65560, 65561, 100_000]))
        default: break
        }
        return bytes
    }

    @Test func `garbage from a client costs it its channel and nobody else's`() throws {
        let listener = Listener()
        let good = try channelEnds()
        let channel = listener.add(descriptor: good.server, riid: 7)
        let client = ClientChannel(descriptor: good.client)
        let server = RunningThread { listener.serve() }
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let ends = try channelEnds()
            let hostile = listener.add(descriptor: ends.server, riid: 7)
            var left = generator.number(1...20)
            while left > 0, sendRaw(ends.client, Self.message(&generator)) { left -= 1 }
            let request = Message(constant: [UInt8(seed & 0xFF), 1])
            let (retcode, reply) = client.call(request)
            #expect(retcode == ResultCode.ok && request.isAnswered(by: reply), "seed \(seed)")
            hostile.close()
            close(ends.client)
        }
        channel.close()
        server.join()
    }

    @Test(arguments: [
        [1] as [UInt8], rawMessage(.reply), rawMessage(.failure), rawMessage(.kick, constant: [1]),
        Array(rawMessage(.request).dropLast()), rawMessage(.request) + [0],
        Array(repeating: 0, count: 24), Array(repeating: 0xFF, count: 100_000), [],
    ])
    func `what is no request ends the channel`(bytes: [UInt8]) throws {
        let ends = try channelEnds()
        let listener = Listener()
        let channel = listener.add(descriptor: ends.server, riid: 7)
        sendRaw(ends.client, bytes)
        #expect(listener.receive().retcode == ResultCode.notConnected)
        #expect(receiveRaw(ends.client) == nil)
        channel.close()
        close(ends.client)
    }

    @Test func `garbage from a server ends the channel, and every call has a result`() throws {
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let ends = try channelEnds()
            let client = ClientChannel(descriptor: ends.client)
            let callers = (0..<2).map { _ in
                RunningThread {
                    for _ in 0..<3 { _ = client.call(Message(constant: [1]), room: .room(20, 20)) }
                }
            }
            var left = generator.number(1...20)
            while left > 0, sendRaw(ends.server, Self.message(&generator)) { left -= 1 }
            close(ends.server)
            for caller in callers { caller.join() }
            #expect(client.call(Message()).retcode == ResultCode.notConnected, "seed \(seed)")
        }
    }

    @Test(arguments: [
        [1] as [UInt8], rawMessage(.request), rawMessage(.kick),
        rawMessage(.failure, constant: [1]),
        Array(rawMessage(.reply).dropLast()), Array(repeating: 0xFF, count: 100_000), [],
    ])
    func `what is no reply ends the channel`(bytes: [UInt8]) throws {
        let ends = try channelEnds()
        let client = ClientChannel(descriptor: ends.client)
        sendRaw(ends.server, bytes)
        #expect(client.call(Message()).retcode == ResultCode.notConnected)
        // The server learns it too.
        _ = receiveRaw(ends.server)
        #expect(receiveRaw(ends.server) == nil)
        close(ends.server)
    }
}
