import SecurityEvents

/// Rules in the form in which they are decided by.
///
/// Theory of operation. Every condition compares one field with one pattern set, or asks for the
/// caller or a path: it has a *token*. An event holds, in each field, the tokens of the sets that its
/// name is in. For each operation the rules form a trie with one level a field: an edge is the token
/// of the rule's condition on that field, or "any". Walking the trie along the tokens that the event
/// holds ends in just the leaves whose positive conditions are met, without a look at any other rule.
/// Complements would put nearly every name in nearly every set, so they are no edges: they are asked
/// at the leaf.
struct CompiledRules {
    /// A condition by its token.
    struct Test {
        var field: EventField
        var token: Token
        var isNegated: Bool
    }

    /// The rules of one operation.
    struct Trie {
        /// The fields that any rule of the operation speaks of: the levels, in walking order.
        var levels: [EventField] = []
        /// Behind each of these fields, also those that only complements speak of.
        var asked: [EventField] = []
        var root: Int32 = 0
        /// Every allow rule that lists the operation, for the search for near misses.
        var allowRules: [Int32] = []
    }

    let edges: EdgeTable
    let children: ChildTable
    let tries: [Trie]
    /// The rules of each leaf, by number, ascending.
    let leaves: [[Int32]]
    /// Each rule's conditions as tests.
    let tests: [[Test]]
    let effects: [Verdict]

    /// Compiles the rules of `policy`; numbers are positions in `policy.rules`.
    init(_ policy: Policy, tokens: TokenTable) {
        tests = policy.rules.map { rule in
            rule.conditions.map {
                Test(field: $0.field, token: tokens.token(of: $0), isNegated: $0.isNegated)
            }
        }
        effects = policy.rules.map(\.effect)
        var builder = TrieBuilder(tests: tests, effects: effects)
        tries = Operation.allCases.map { operation in
            builder.trie(
                of: policy.rules.indices.filter {
                    policy.rules[$0].operations.contains(operation)
                }
            )
        }
        edges = builder.edges
        children = ChildTable(builder.allEdges, nodes: Int(builder.nodes))
        leaves = builder.leaves
    }

    func trie(of operation: Operation) -> Trie { tries[operation.number] }
}

/// Builds the tries of all operations over shared tables.
private struct TrieBuilder {
    let tests: [[CompiledRules.Test]]
    let effects: [Verdict]
    var edges = EdgeTable()
    var allEdges: [ChildTable.Edge] = []
    var leaves: [[Int32]] = []
    private(set) var nodes: Int32 = 0

    init(tests: [[CompiledRules.Test]], effects: [Verdict]) {
        self.tests = tests
        self.effects = effects
    }

    /// The order in which fields are walked: those first that keep most rules away.
    private static let walkingOrder: [EventField] = [
        .client, .process, .server, .target, .endpoint, .interface, .connection, .path,
    ]

    /// The trie of the rules with these numbers, which ascend.
    mutating func trie(of numbers: [Int]) -> CompiledRules.Trie {
        var trie = CompiledRules.Trie()
        var asked: Set<EventField> = []
        var positive: Set<EventField> = []
        for number in numbers {
            for test in tests[number] {
                asked.insert(test.field)
                if !test.isNegated { positive.insert(test.field) }
            }
        }
        trie.asked = Self.walkingOrder.filter(asked.contains)
        trie.levels = Self.walkingOrder.filter(positive.contains)
        trie.root = makeNode()
        trie.allowRules = numbers.filter { effects[$0] == .allow }.map(Int32.init)
        for number in numbers {
            var tokens = trie.levels.map { field in
                tests[number].first { $0.field == field && !$0.isNegated }?.token ?? FixedToken.any
            }
            // Without a level the leaf hangs from the root by one edge.
            if tokens.isEmpty { tokens = [FixedToken.any] }
            leaves[leaf(under: trie.root, tokens)].append(Int32(number))
        }
        return trie
    }

    /// The leaf at the end of the path, which is made where it is missing.
    private mutating func leaf(under root: Int32, _ tokens: [Token]) -> Int {
        var node = root
        for (depth, token) in tokens.enumerated() {
            if let child = edges.child(of: node, token) {
                node = child
            } else {
                let child = depth == tokens.count - 1 ? makeLeaf() : makeNode()
                edges.insert(child, under: node, token)
                allEdges.append(ChildTable.Edge(node: node, token: token, child: child))
                node = child
            }
        }
        return Int(node)
    }

    private mutating func makeNode() -> Int32 {
        nodes += 1
        return nodes - 1
    }

    private mutating func makeLeaf() -> Int32 {
        leaves.append([])
        return Int32(leaves.count - 1)
    }
}

extension Operation {
    /// The position among all operations.
    var number: Int {
        switch self {
        case .execute: 0
        case .initConnect: 1
        case .nsCreate: 2
        case .publish: 3
        case .unpublish: 4
        case .enumerate: 5
        case .connect: 6
        case .listen: 7
        case .accept: 8
        case .drop: 9
        }
    }
}
