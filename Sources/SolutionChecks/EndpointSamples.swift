import SecurityEvents
import SecurityPolicy

/// Endpoint names of which at least one stands for every name that the policy can tell apart.
struct EndpointSamples {
    /// A name, and the pattern that it stands for.
    struct Sample {
        var name: EndpointName
        var pattern: Pattern
    }

    private let all: [Sample]

    init(_ policy: Policy) {
        var literals: Set<[UInt8]> = []
        var prefixes: Set<[UInt8]> = []
        for mention in policy.mentions where mention.sort == .endpoint {
            switch mention.pattern {
            case .any: break
            case .literal(let name): literals.insert(name)
            case .prefix(let prefix): prefixes.insert(prefix)
            }
        }
        // A name that no rule knows comes first: where it will do, the others need not be tried.
        var samples = [(Self.freshName(under: [], literals), Pattern.any)]
        samples += literals.sorted { $0.lexicographicallyPrecedes($1) }.map { ($0, .literal($0)) }
        samples += prefixes.sorted { $0.lexicographicallyPrecedes($1) }
            .map { (Self.freshName(under: $0, literals), .prefix($0)) }
        all = samples.compactMap { bytes, pattern in
            (try? EndpointName(bytes)).map { Sample(name: $0, pattern: pattern) }
        }
    }

    /// Those of the names that the rule's condition on the endpoint holds for.
    func samples(for rule: Rule, _ policy: Policy) -> [Sample] {
        guard let condition = rule.conditions.first(where: { $0.field == .endpoint }),
            case .name(let set) = condition.subject
        else { return all }
        let patterns = policy.sets[set.index].patterns
        // Most rules name their endpoints; there is no need to look for them among all.
        let literals = patterns.compactMap { pattern -> Sample? in
            guard case .literal(let bytes) = pattern, let name = try? EndpointName(bytes) else {
                return nil
            }
            return Sample(name: name, pattern: pattern)
        }
        if literals.count == patterns.count { return literals }
        return all.filter { policy.sets[set.index].matches($0.name.bytes) }
    }

    private static func freshName(under prefix: [UInt8], _ taken: Set<[UInt8]>) -> [UInt8] {
        for number in 1... {
            let name = prefix + Array("any-other-\(number)".utf8)
            if !taken.contains(name) { return name }
        }
        return prefix
    }
}
