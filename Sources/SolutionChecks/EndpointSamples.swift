import SecurityEvents
import SecurityPolicy

/// Endpoint names of which at least one stands for every name that the policy can tell apart.
struct EndpointSamples {
    private let all: [EndpointName]

    init(_ policy: Policy) {
        var literals: Set<[UInt8]> = []
        var prefixes: Set<[UInt8]> = [[]]
        for mention in policy.mentions where mention.sort == .endpoint {
            switch mention.pattern {
            case .any: break
            case .literal(let name): literals.insert(name)
            case .prefix(let prefix): prefixes.insert(prefix)
            }
        }
        var names = literals.sorted { $0.lexicographicallyPrecedes($1) }
        for prefix in prefixes.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
            names.append(Self.freshName(under: prefix, literals))
        }
        all = names.compactMap { try? EndpointName($0) }
    }

    /// Those of the names that the rule's condition on the endpoint holds for.
    func samples(for rule: Rule, _ policy: Policy) -> [EndpointName] {
        guard let condition = rule.conditions.first(where: { $0.field == .endpoint }),
            case .name(let set) = condition.subject
        else { return all }
        let patterns = policy.sets[set.index].patterns
        // Most rules name their endpoints; there is no need to look for them among all.
        let literals = patterns.compactMap { pattern in
            if case .literal(let name) = pattern { try? EndpointName(name) } else { nil }
        }
        if literals.count == patterns.count { return literals }
        return all.filter { policy.sets[set.index].matches($0.bytes) }
    }

    private static func freshName(under prefix: [UInt8], _ taken: Set<[UInt8]>) -> [UInt8] {
        for number in 1... {
            let name = prefix + Array("any-other-\(number)".utf8)
            if !taken.contains(name) { return name }
        }
        return prefix
    }
}
