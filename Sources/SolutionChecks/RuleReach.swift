import BrokerCore
import Diagnostics
import SecurityEvents
import SecurityPolicy
import SolutionTests

/// Rules that cannot fire in a solution.
struct RuleReach {
    let policy: Policy
    let solution: Solution
    let unknown: UnknownParts
    /// The rules that a declared process or channel meets.
    let matched: Set<RuleID>

    var findings: [Diagnostic] {
        var processes = ProcessMatches(
            solution.declared + ProcessIdentity.predefined + [.nameServer],
            policy
        )
        let connections = Set(solution.channels.map(\.connection))
        return policy.rules.compactMap { rule in
            let idle = rule.conditions.first { !canHold($0, &processes, connections) }
            if let idle { return finding(rule, [idle]) }
            return isAboutNoChannel(rule, &processes) ? finding(rule, rule.conditions) : nil
        }
    }

    private func finding(_ rule: Rule, _ conditions: [Condition]) -> Diagnostic {
        let texts = conditions.filter { $0.field != .process || conditions.count == 1 }.map {
            "`\($0.field.rawValue): \($0.text)`"
        }
        let what = conditions.count == 1 ? "nothing in it" : "no static channel in it"
        return Diagnostic(
            "rule-never-fires",
            rule.effect == .allow ? .warning : .note,
            at: rule.place,
            "`\(rule.id)` can never fire in this solution: \(what) is "
                + texts.joined(separator: ", ")
        )
    }

    /// Whether anything in the solution meets the condition.
    ///
    /// Endpoints, interfaces and paths are no part of an init description; a name that is not declared
    /// is a finding of its own.
    private func canHold(
        _ condition: Condition,
        _ processes: inout ProcessMatches,
        _ connections: Set<ConnectionName>
    ) -> Bool {
        switch (condition.field, condition.subject) {
        case (.process, _), (.client, _), (.server, _), (.target, _):
            unknown.mayHaveMoreProcesses || !processes.matches(condition).isEmpty
                || isReported(condition)
        case (.connection, .name(let set)):
            unknown.mayHaveMoreChannels
                || connections.contains { policy.sets[set.index].matches($0.bytes) }
        default: true
        }
    }

    /// Whether the rule allows static channels alone, of which the solution has none such.
    ///
    /// Einit makes the declared channels and nobody makes others. A deny rule is different: it stands
    /// there so that nothing like it is ever declared.
    private func isAboutNoChannel(_ rule: Rule, _ processes: inout ProcessMatches) -> Bool {
        guard rule.effect == .allow, rule.operations == [.initConnect], rule.conditions.count > 1,
            !matched.contains(rule.id), !unknown.mayHaveMoreChannels
        else { return false }
        return !rule.conditions.contains { condition in
            condition.field.isProcess && processes.matches(condition).isEmpty
        }
    }

    /// Whether the condition is a finding already: made of names alone, each of which is reported where
    /// it is unknown, or a complement that leaves nothing.
    private func isReported(_ condition: Condition) -> Bool {
        let set: PatternSet.ID
        switch condition.subject {
        case .name(let id), .className(let id): set = id
        case .caller, .path: return false
        }
        let patterns = policy.sets[set.index].patterns
        if condition.isNegated { return patterns.contains(.any) }
        return !patterns.isEmpty
            && patterns.allSatisfy { if case .literal = $0 { true } else { false } }
    }
}
