import SecurityEvents

extension RuleEngine {
    /// How many near rules are reported.
    private static let reportedRules = 8

    /// The allow rules of the operation that the event misses by the fewest conditions.
    func nearMiss(_ event: SecurityEvent, _ trie: CompiledRules.Trie) -> NearMiss {
        var least = Int.max
        var nearest: [Int32] = []
        for number in trie.allowRules {
            let unmet = rules.tests[Int(number)].count { !isMet($0) }
            guard unmet <= least else { continue }
            if unmet < least {
                least = unmet
                nearest.removeAll(keepingCapacity: true)
            }
            nearest.append(number)
        }
        let reported =
            nearest
            .sorted { (-rules.tests[Int($0)].count, $0) < (-rules.tests[Int($1)].count, $1) }
            .prefix(Self.reportedRules)
        return NearMiss(
            rules: reported.map { missedRule($0, event) },
            nearest: nearest.map { policy.rules[Int($0)].id }
        )
    }

    private func isMet(_ test: CompiledRules.Test) -> Bool {
        held.holds(test.field, test.token) != test.isNegated
    }

    private func missedRule(_ number: Int32, _ event: SecurityEvent) -> NearMiss.Rule {
        let rule = policy.rules[Int(number)]
        let unmet = zip(rule.conditions, rules.tests[Int(number)]).filter { !isMet($0.1) }
        return NearMiss.Rule(
            id: rule.id,
            place: rule.place,
            unmet: unmet.map { condition, _ in
                NearMiss.Condition(
                    field: condition.field,
                    rule: condition.text,
                    event: event.value(for: condition)
                )
            }
        )
    }
}

extension SecurityEvent {
    /// What the event holds where `condition` looks.
    fileprivate func value(for condition: Condition) -> String {
        if case .className = condition.subject {
            return processField(condition.field)?.className.description ?? ""
        }
        return bytes(of: condition.field).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
