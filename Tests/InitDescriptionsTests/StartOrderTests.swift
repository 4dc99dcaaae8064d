import InitDescriptions
import SecurityEvents
import TestSupport
import Testing

@Suite struct `Start order` {
    /// A description in short: each client with its servers.
    private typealias Graph = [String: [String]]

    private func order(_ graph: Graph) throws -> [String] {
        let names = Set(graph.keys).union(graph.values.joined())
        let channels = try graph.flatMap { client, servers in
            try servers.map { (client: try ProcessName(client), server: try ProcessName($0)) }
        }
        return startOrder(of: try names.map { try ProcessName($0) }, channels: channels)
            .map(\.description)
    }

    @Test func `unconnected processes start in descending byte order`() throws {
        #expect(try order(["a": [], "B": [], "b": [], "é": []]) == ["é", "b", "a", "B"])
    }

    @Test func `a server starts before its clients`() throws {
        #expect(try order(["a": ["b"], "b": ["c"]]) == ["c", "b", "a"])
        #expect(try order(["c": ["b"], "b": ["a"]]) == ["a", "b", "c"])
    }

    @Test func `clients of one server start in ascending order`() throws {
        #expect(try order(["x": ["s"], "y": ["s"], "z": ["s"]]) == ["s", "x", "y", "z"])
    }

    @Test func `a repeated channel and a self-connection change nothing`() throws {
        #expect(try order(["a": ["b", "b", "a"], "b": ["b"]]) == ["b", "a"])
    }

    @Test func `processes of a cycle all start`() throws {
        #expect(try order(["a": ["b"], "b": ["c"], "c": ["a"]]) == ["a", "c", "b"])
    }

    @Test func `channels to processes that are not declared do not count`() throws {
        let declared = try ProcessName("a")
        let order = startOrder(
            of: [declared],
            channels: [(client: declared, server: try ProcessName("kl.VfsNet"))]
        )
        #expect(order == [declared])
    }

    @Test func `a chain of 10,000 processes needs no deep stack`() throws {
        let names = try (10_000..<20_000).map { try ProcessName("p\($0)") }
        let channels = zip(names, names.dropFirst()).map { (client: $0, server: $1) }
        #expect(startOrder(of: names, channels: channels) == names.reversed())
        let upwards = zip(names.dropFirst(), names).map { (client: $0, server: $1) }
        #expect(startOrder(of: names, channels: upwards) == names)
    }

    @Test func `without cycles every server starts before all of its clients`() throws {
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed: seed)
            // Whoever comes later in a shuffled list may be a server of whoever comes earlier.
            let names = try (0..<Int.random(in: 1...20, using: &random))
                .map { try ProcessName("p\($0)") }.shuffled(using: &random)
            let channels = randomPairs(of: names, &random).map {
                (client: names[min($0, $1)], server: names[max($0, $1)])
            }.filter { $0.client != $0.server }
            let order = startOrder(of: names, channels: channels)
            let position = Dictionary(
                uniqueKeysWithValues: order.enumerated().map { ($1, $0) }
            )
            #expect(Set(order) == Set(names), "seed \(seed)")
            for (client, server) in channels {
                let (first, second) = (position[server] ?? .max, position[client] ?? .max)
                #expect(first < second, "seed \(seed): \(server) before \(client)")
            }
        }
    }

    @Test func `the order in the file never matters, not even with cycles`() throws {
        for seed in UInt64(0)..<300 {
            var random = SeededGenerator(seed: seed)
            let names = try (0..<Int.random(in: 1...12, using: &random))
                .map { try ProcessName("p\($0)") }
            let channels = randomPairs(of: names, &random).map {
                (client: names[$0], server: names[$1])
            }
            let shuffled = startOrder(
                of: names.shuffled(using: &random),
                channels: channels.shuffled(using: &random)
            )
            #expect(shuffled == startOrder(of: names, channels: channels), "seed \(seed)")
        }
    }

    private func randomPairs(
        of names: [ProcessName],
        _ random: inout SeededGenerator
    ) -> [(Int, Int)] {
        (0..<Int.random(in: 0...30, using: &random)).map { _ in
            (
                Int.random(in: names.indices, using: &random),
                Int.random(in: names.indices, using: &random)
            )
        }
    }
}
