/// Who connects to whom, by number, for finding the cycles that no start order can satisfy.
struct ConnectionGraph {
    /// For each client its servers, never itself, in the order of its connections.
    let servers: [[Int]]

    /// A cycle in a group of processes that all reach each other.
    struct Cycle {
        /// The shortest through the lowest number of the group, with which it starts.
        let path: [Int]
        let groupSize: Int
    }

    /// One cycle for each group of processes that reach each other, in ascending order.
    var cycles: [Cycle] {
        var groups: [Int: [Int]] = [:]
        let groupOf = strongComponents()
        for node in servers.indices { groups[groupOf[node], default: []].append(node) }
        var search = CycleSearch(servers: servers, groupOf: groupOf)
        return groups.values.filter { $0.count > 1 }
            .sorted { $0[0] < $1[0] }
            .map { Cycle(path: search.shortestCycle(through: $0[0]), groupSize: $0.count) }
    }

    /// For each node the number of its strongly connected component (Tarjan's algorithm, with its
    /// own stack, since chains may be long).
    private func strongComponents() -> [Int] {
        var component = Array(repeating: -1, count: servers.count)
        var entered = Array(repeating: -1, count: servers.count)
        var lowest = entered
        var (time, componentCount) = (0, 0)
        var open: [Int] = []
        var path: [(node: Int, next: Int)] = []

        func enter(_ node: Int) {
            entered[node] = time
            lowest[node] = time
            time += 1
            open.append(node)
            path.append((node, 0))
        }
        func leave(_ node: Int) {
            path.removeLast()
            if let parent = path.last?.node { lowest[parent] = min(lowest[parent], lowest[node]) }
            guard lowest[node] == entered[node] else { return }
            while let member = open.popLast() {
                component[member] = componentCount
                if member == node { break }
            }
            componentCount += 1
        }

        for root in servers.indices where entered[root] < 0 {
            enter(root)
            while let (node, next) = path.last {
                guard next < servers[node].count else {
                    leave(node)
                    continue
                }
                path[path.count - 1].next += 1
                let server = servers[node][next]
                if entered[server] < 0 {
                    enter(server)
                } else if component[server] < 0 {
                    lowest[node] = min(lowest[node], entered[server])
                }
            }
        }
        return component
    }
}

/// Breadth-first search inside one strongly connected component; each node is reached once, so
/// that the searches of all components together are linear.
private struct CycleSearch {
    let servers: [[Int]]
    let groupOf: [Int]
    private var reachedFrom: [Int?]

    init(servers: [[Int]], groupOf: [Int]) {
        self.servers = servers
        self.groupOf = groupOf
        reachedFrom = Array(repeating: nil, count: servers.count)
    }

    mutating func shortestCycle(through start: Int) -> [Int] {
        var queue = [start]
        var position = 0
        while position < queue.count {
            let node = queue[position]
            position += 1
            for server in servers[node] where groupOf[server] == groupOf[start] {
                if server == start { return path(from: start, to: node) }
                guard reachedFrom[server] == nil else { continue }
                reachedFrom[server] = node
                queue.append(server)
            }
        }
        preconditionFailure("a strongly connected component has a cycle through each of its nodes")
    }

    private func path(from start: Int, to end: Int) -> [Int] {
        var path = [end]
        var node = end
        while node != start, let previous = reachedFrom[node] {
            path.append(previous)
            node = previous
        }
        return path.reversed()
    }
}
