public import SecurityEvents

/// Decides events by the rules of a policy: denied if any deny rule matches, else allowed if any allow
/// rule matches, else denied with cause `no-rule`.
public struct RuleEngine: PolicyEngine {
    /// The name that the policy gives itself, and the digest of its canonical form.
    public let label: PolicyLabel
    /// The policy, for explanations.
    package let policy: Policy
    let rules: CompiledRules
    private var indexes: [PatternIndex]
    /// What the event at hand holds, a field each; kept so that deciding allocates nothing.
    var held = HeldTokens()

    /// Compiles `policy`.
    package init(_ policy: Policy, hash: HashFunction) {
        self.policy = policy
        label = PolicyLabel(name: policy.name, digest: hash(policy.canonicalForm[...]))
        let tokens = TokenTable(policy)
        rules = CompiledRules(policy, tokens: tokens)
        indexes = NameSort.allCases.map { PatternIndex(tokens.nameSets[$0.rawValue]) }
    }

    /// Decides `event`; of the matching rules, the least identifier is the cause.
    public mutating func decide(_ event: SecurityEvent) -> Decision {
        let trie = rules.trie(of: event.operation)
        hold(event, trie)
        var first = FirstMatches()
        walk(trie, from: trie.root, depth: 0) { number in
            first.note(number, rules.effects[Int(number)])
        }
        return decision(first)
    }

    /// Decides `event`, and lists every matching rule, or those that came nearest.
    public mutating func explain(_ event: SecurityEvent) -> Explanation {
        let trie = rules.trie(of: event.operation)
        hold(event, trie)
        var first = FirstMatches()
        var matches: [Int32] = []
        walk(trie, from: trie.root, depth: 0) { number in
            matches.append(number)
            first.note(number, rules.effects[Int(number)])
        }
        let decision = decision(first)
        return Explanation(
            decision,
            place: first.winner.map { policy.rules[Int($0)].place },
            matches: matches.sorted().map {
                RuleMatch(policy.rules[Int($0)].id, rules.effects[Int($0)])
            },
            nearMiss: decision.cause == .noRule ? nearMiss(event, trie) : nil
        )
    }

    private func decision(_ first: FirstMatches) -> Decision {
        guard let winner = first.winner else { return Decision(.deny, .noRule) }
        return Decision(rules.effects[Int(winner)], .rule(policy.rules[Int(winner)].id))
    }
}

/// The matching rule of each effect whose identifier is least; rules are numbered in that order.
private struct FirstMatches {
    var deny = Int32.max
    var allow = Int32.max

    mutating func note(_ number: Int32, _ effect: Verdict) {
        switch effect {
        case .deny: deny = min(deny, number)
        case .allow: allow = min(allow, number)
        }
    }

    var winner: Int32? {
        if deny != .max { return deny }
        return allow != .max ? allow : nil
    }
}

extension RuleEngine {
    /// Looks up what the rules of the operation ask for.
    private mutating func hold(_ event: SecurityEvent, _ trie: CompiledRules.Trie) {
        for field in trie.asked {
            held[field].names.removeAll(keepingCapacity: true)
            held[field].classNames.removeAll(keepingCapacity: true)
            held[field].fixed = FixedToken.any
            switch field {
            case .process, .client, .server, .target:
                guard let process = event.processField(field) else { continue }
                lookUp(process.name.bytes, .processName, into: \.names, field)
                lookUp(process.className.bytes, .className, into: \.classNames, field)
                if process.name == event.process.name { held[field].fixed = FixedToken.caller }
            case .path:
                held[field].fixed =
                    event.path == .static ? FixedToken.pathStatic : FixedToken.pathDynamic
            case .interface:
                lookUp(event.interface?.bytes ?? [], .interface, into: \.names, field)
            case .endpoint:
                lookUp(event.endpoint?.bytes ?? [], .endpoint, into: \.names, field)
            case .connection:
                lookUp(event.connection?.bytes ?? [], .connection, into: \.names, field)
            }
        }
    }

    private mutating func lookUp(
        _ name: [UInt8],
        _ sort: NameSort,
        into list: WritableKeyPath<HeldTokens.Field, [Token]>,
        _ field: EventField
    ) {
        let range = indexes[sort.rawValue].lookUp(name)
        held[field][keyPath: list].append(contentsOf: indexes[sort.rawValue].tokens[range])
    }

    /// Visits every rule that the event meets.
    private func walk(
        _ trie: CompiledRules.Trie,
        from node: Int32,
        depth: Int,
        _ visit: (Int32) -> Void
    ) {
        if depth == trie.levels.count {
            let leaf = depth == 0 ? rules.edges.child(of: node, FixedToken.any) : node
            guard let leaf else { return }
            for number in rules.leaves[Int(leaf)] where complementsHold(number) { visit(number) }
            return
        }
        let field = held[trie.levels[depth]]
        let edges = rules.children.edges(of: node)
        if edges.count <= field.names.count + field.classNames.count {
            for edge in edges where field.holds(rules.children.token(edge)) {
                walk(trie, from: rules.children.child(edge), depth: depth + 1, visit)
            }
            return
        }
        func follow(_ token: Token) {
            guard let child = rules.edges.child(of: node, token) else { return }
            walk(trie, from: child, depth: depth + 1, visit)
        }
        follow(FixedToken.any)
        if field.fixed != FixedToken.any { follow(field.fixed) }
        for token in field.names { follow(token) }
        for token in field.classNames { follow(token) }
    }

    private func complementsHold(_ number: Int32) -> Bool {
        rules.tests[Int(number)].allSatisfy { test in
            !test.isNegated || !held.holds(test.field, test.token)
        }
    }
}
