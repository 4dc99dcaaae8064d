/// What of a policy its digest covers, as plain data: two policies are the same exactly when these are.
struct NormalForm: Hashable {
    /// A condition with its groups expanded; a set has neither order nor repeats.
    struct Condition: Hashable {
        var field: String
        var isNegated: Bool
        var subject: String
        var patterns: Set<[UInt8]>
    }

    struct Rule: Hashable {
        var id: String
        var effect: String
        var operations: Set<String>
        var conditions: Set<Condition>
    }

    var rules: Set<Rule>

    init(_ policy: NaivePolicy) {
        rules = Set(
            (policy.rules + policy.invariants).map { rule in
                Rule(
                    id: rule.id,
                    effect: rule.effect,
                    operations: Set(rule.operations),
                    conditions: Set(rule.conditions.map { Self.condition($0, policy) })
                )
            }
        )
    }

    private static func condition(
        _ condition: NaivePolicy.Condition,
        _ policy: NaivePolicy
    ) -> Condition {
        let subject: String
        var items: [NaivePolicy.Item] = []
        switch condition.subject {
        case .name(let given): (subject, items) = ("name", given)
        case .className(let given): (subject, items) = ("class", given)
        case .caller: subject = "self"
        case .path(let path): subject = "path \(path)"
        }
        return Condition(
            field: condition.field,
            isNegated: condition.isNegated,
            subject: subject,
            patterns: Set(policy.expand(items).map { bytes($0.text) })
        )
    }
}

extension NaivePolicy {
    /// `items` without groups.
    func expand(_ items: [Item]) -> [Item] {
        items.flatMap { item -> [Item] in
            guard case .group(let name) = item else { return [item] }
            return groups.filter { $0.name == name }.flatMap { expand($0.items) }
        }
    }
}
