package import SecurityEvents

/// The order in which Einit starts processes, as the programs that the SDK generates show it.
///
/// Number the tasks in byte order of their names; in the graph from servers to clients visit the
/// clients of each in descending number; the order is the reverse of the depth-first post-order
/// over 0..<n. Without cycles every server comes before its clients. For cycles the order follows
/// from the same rule, but no generated program was seen that confirms it.
///
/// - Parameters:
///   - tasks: all names, each once, in any order.
///   - channels: who connects to whom; names that are not in `tasks` do not count.
/// - Returns: `tasks` in start order. The order of the parameters never matters.
package func startOrder(
    of tasks: [ProcessName],
    channels: some Sequence<(client: ProcessName, server: ProcessName)>
) -> [ProcessName] {
    let sorted = tasks.sorted()
    let numbers = Dictionary(
        sorted.enumerated().map { ($0.element, $0.offset) },
        uniquingKeysWith: { first, _ in first }
    )
    var servers: [[Int]] = Array(repeating: [], count: sorted.count)
    for channel in channels {
        guard let client = numbers[channel.client], let server = numbers[channel.server] else {
            continue
        }
        servers[client].append(server)
    }
    // Handing clients out from the last to the first leaves every list in descending order.
    var clients: [[Int]] = Array(repeating: [], count: sorted.count)
    for client in sorted.indices.reversed() {
        for server in servers[client] where clients[server].last != client {
            clients[server].append(client)
        }
    }
    return depthFirstPostOrder(clients).reversed().map { sorted[$0] }
}

/// Depth-first post-order over all nodes.
///
/// It keeps its own stack, since a chain of channels may be longer than the thread's stack is deep.
private func depthFirstPostOrder(_ successors: [[Int]]) -> [Int] {
    var order: [Int] = []
    var isVisited = Array(repeating: false, count: successors.count)
    var path: [(node: Int, next: Int)] = []
    for root in successors.indices where !isVisited[root] {
        isVisited[root] = true
        path.append((root, 0))
        while let (node, next) = path.last {
            guard next < successors[node].count else {
                order.append(node)
                path.removeLast()
                continue
            }
            path[path.count - 1].next += 1
            let successor = successors[node][next]
            guard !isVisited[successor] else { continue }
            isVisited[successor] = true
            path.append((successor, 0))
        }
    }
    return order
}
