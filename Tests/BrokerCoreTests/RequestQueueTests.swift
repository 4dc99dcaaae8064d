import BrokerCore
import SecurityEvents
import TestSupport
import Testing

/// The queue against an array that does the same slowly.
struct RequestQueueTests {
    private struct Request: Equatable {
        var call: CallID
        var client: Int
        var endpoint: EndpointName
    }

    @Test
    func `the queue rotates and finds the oldest as an array would`() {
        var random = SeededGenerator(seed: 1)
        let endpoints: [EndpointName] = ["e", "f"]
        var queue = RequestQueue()
        var array: [Request] = []
        for number in 1...5000 {
            let client = Int.random(in: 0...2, using: &random)
            let endpoint = endpoints[Int.random(in: 0...1, using: &random)]
            switch Int.random(in: 0...4, using: &random) {
            case 0, 1:
                let call = CallID(rawValue: UInt64(number))
                queue.append(call, client: client, endpoint: endpoint)
                array.append(Request(call: call, client: client, endpoint: endpoint))
            case 2:
                let first = queue.rotate()
                #expect(first?.client == array.first?.client)
                #expect(first?.endpoint == array.first?.endpoint)
                if !array.isEmpty { array.append(array.removeFirst()) }
            default:
                let oldest = array.filter { $0.client == client && $0.endpoint == endpoint }
                    .min { $0.call < $1.call }
                #expect(queue.oldest(client: client, endpoint: endpoint) == oldest?.call)
                if let oldest {
                    queue.remove(oldest.call)
                    array.removeAll { $0 == oldest }
                }
            }
            #expect(queue.count == array.count)
            #expect(queue.isEmpty == array.isEmpty)
        }
        #expect(queue.calls == array.map(\.call).sorted())
    }

    @Test
    func `queues are equal by what they hold, in their order`() {
        let calls = (1...3).map { CallID(rawValue: $0) }
        var queue = RequestQueue()
        for call in calls { queue.append(call, client: 0, endpoint: "e") }
        var other = queue
        queue.remove(calls[0])
        #expect(queue != other)
        _ = other.rotate()
        other.remove(calls[0])
        #expect(queue == other)
        _ = queue.rotate()
        #expect(queue != other)
    }
}
