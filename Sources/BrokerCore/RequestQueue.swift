package import SecurityEvents

/// The requests to one server, in the order in which `cm.listen` hands them out.
///
/// Two orders live side by side: listening moves the first request to the end, while accept and
/// drop take the oldest *by arrival*. Call numbers ascend with arrival, so the second order needs
/// no more than sorted numbers for each client and endpoint. A request that is removed leaves its
/// number behind in `order`; whoever comes across it there skips it, and the array is swept when
/// such numbers outweigh the rest, so that every operation stays cheap on average.
package struct RequestQueue: Sendable {
    /// What accept and drop look for.
    struct Key: Hashable, Sendable {
        var client: ProcessIndex
        var endpoint: EndpointName
    }

    /// The requests that are there.
    private var requests: [CallID: Key] = [:]
    /// Their numbers by arrival, for each client and endpoint; never an empty list.
    private var arrivals: [Key: [CallID]] = [:]
    /// The order of listening from `head` on, with numbers of requests that are gone.
    private var order: [CallID] = []
    private var head = 0

    package init() {}

    package var count: Int { requests.count }

    package var isEmpty: Bool { requests.isEmpty }

    /// Every request, by call number.
    package var calls: [CallID] { requests.keys.sorted() }

    /// Adds the request that `call` makes; calls come in ascending order.
    package mutating func append(_ call: CallID, client: ProcessIndex, endpoint: EndpointName) {
        let key = Key(client: client, endpoint: endpoint)
        requests[call] = key
        arrivals[key, default: []].append(call)
        order.append(call)
    }

    /// Hands out the first request and moves it to the end; nil if there is none.
    package mutating func rotate() -> (client: ProcessIndex, endpoint: EndpointName)? {
        while head < order.count {
            let call = order[head]
            head += 1
            guard let key = requests[call] else { continue }
            order.append(call)
            sweep()
            return (key.client, key.endpoint)
        }
        return nil
    }

    /// The oldest request of that client for that endpoint.
    package func oldest(client: ProcessIndex, endpoint: EndpointName) -> CallID? {
        arrivals[Key(client: client, endpoint: endpoint)]?.first
    }

    /// Removes the request that `call` made.
    package mutating func remove(_ call: CallID) {
        guard let key = requests.removeValue(forKey: call),
            let position = arrivals[key]?.firstIndex(of: call)
        else { return }
        if arrivals[key]?.count == 1 {
            arrivals[key] = nil
        } else {
            arrivals[key]?.remove(at: position)
        }
        sweep()
    }

    /// Forgets what was handed out or removed, once that is more than what is there.
    private mutating func sweep() {
        guard order.count > 2 * requests.count + 16 else { return }
        order = order[head...].filter { requests[$0] != nil }
        head = 0
    }
}

extension RequestQueue: Equatable {
    /// Whether both hold the same requests in the same order; what is left behind of removed ones
    /// makes no difference.
    package static func == (left: Self, right: Self) -> Bool {
        left.requests == right.requests && left.listening.elementsEqual(right.listening)
    }

    /// The requests in the order of listening.
    private var listening: some Sequence<CallID> {
        order[head...].lazy.filter { requests[$0] != nil }
    }
}
