/// The edges of a trie by the node that they leave.
///
/// A name that very many rules list among others holds as many tokens. To look each of them up at each
/// node would take quadratic time; where a node has fewer edges than that, the edges are gone through
/// instead. So no decision takes more steps than there are edges.
struct ChildTable {
    struct Edge {
        var node: Int32
        var token: Token
        var child: Int32
    }

    /// Where the edges of each node end in the two lists below.
    private var ends: [Int32]
    private var tokens: [Token]
    private var children: [Int32]

    /// Sorts `edges` of nodes that count from 0 by their nodes.
    init(_ edges: [Edge], nodes: Int) {
        ends = Array(repeating: 0, count: nodes + 1)
        tokens = Array(repeating: FixedToken.any, count: edges.count)
        children = Array(repeating: 0, count: edges.count)
        for edge in edges { ends[Int(edge.node) + 1] += 1 }
        for node in 0..<nodes { ends[node + 1] += ends[node] }
        // What begins a node's edges moves on with each of them, until it is their end.
        for edge in edges {
            let slot = Int(ends[Int(edge.node)])
            tokens[slot] = edge.token
            children[slot] = edge.child
            ends[Int(edge.node)] += 1
        }
    }

    /// The numbers of the edges that leave `node`.
    func edges(of node: Int32) -> Range<Int> {
        let start = node == 0 ? 0 : ends[Int(node) - 1]
        return Int(start)..<Int(ends[Int(node)])
    }

    func token(_ edge: Int) -> Token { tokens[edge] }

    func child(_ edge: Int) -> Int32 { children[edge] }
}
