package import BrokerCore
package import Diagnostics
import SecurityEvents
package import SecurityPolicy
import SolutionTests

extension PolicyTable {
    /// What can be found only where a policy is at hand.
    static let findingIDs = [
        "denied-process", "denied-channel", "no-name-server", "name-server-denied",
        "dynamic-fallback", "rule-never-fires",
    ]

    /// What is wrong where a solution meets its policy.
    package func findings(_ policy: Policy, solution: Solution) -> [Diagnostic] {
        declared.compactMap(\.finding) + nameServerUsers.compactMap(\.finding)
            + RuleReach(policy: policy, solution: solution).findings
    }
}

extension PolicyTable.Declared {
    /// A process or a channel that the description declares and the policy denies.
    ///
    /// The SDK's Einit would exit there, so that nothing of the solution runs.
    fileprivate var finding: Diagnostic? {
        guard explanation.decision.verdict == .deny else { return nil }
        let isProcess = event.operation == .execute
        let what =
            isProcess
            ? "the policy does not let Einit start `\(event.target?.name.description ?? "")`"
            : "the policy does not let Einit make the channel "
                + "`\(event.connection?.description ?? "")` from "
                + "`\(event.client?.name.description ?? "")` to "
                + "`\(event.server?.name.description ?? "")`"
        return Diagnostic(
            isProcess ? "denied-process" : "denied-channel",
            at: place,
            "\(what): \(explanation.decision.text)",
            hint: explanation.shortHint
        )
    }
}

extension PolicyTable.NameServerUser {
    /// A process that the policy expects at the name server and that does not get there, or gets
    /// there by another way than the reader of the description would think.
    fileprivate var finding: Diagnostic? {
        guard hasNameServer else {
            return Diagnostic(
                "no-name-server",
                .warning,
                at: place,
                "the policy has rules for `\(process)` at the name server, and there is none",
                hint: "declare a process of class kl.core.NameServer, or give --name-server"
            )
        }
        if explanation.decision.verdict == .deny {
            return Diagnostic(
                "name-server-denied",
                .warning,
                at: place,
                "`NsCreate` of `\(process)` takes the \(path.rawValue) path, and is "
                    + explanation.decision.text,
                hint: path == .dynamic
                    ? "a static channel with the id kl.core.NameServer is the other way"
                    : explanation.shortHint
            )
        }
        guard path == .dynamic else { return nil }
        return Diagnostic(
            "dynamic-fallback",
            .note,
            at: place,
            "`\(process)` has no static channel called kl.core.NameServer: its `NsCreate` takes "
                + "the dynamic path, which is \(explanation.decision.text)"
        )
    }
}

extension Explanation {
    /// The nearest rule and what differs, in a line.
    fileprivate var shortHint: String? {
        guard let nearest = nearMiss?.rules.first else {
            return place.map { "the rule stands at \($0)" }
        }
        let differences = nearest.unmet.map {
            "\($0.field.rawValue) is \($0.event), the rule says \($0.rule)"
        }
        return "nearest is `\(nearest.id)` (\(nearest.place)): "
            + differences.joined(separator: "; ")
    }
}

/// Rules that cannot fire in this solution.
private struct RuleReach {
    let policy: Policy
    let solution: Solution

    var findings: [Diagnostic] {
        var processes = ProcessMatches(
            solution.declared + ProcessIdentity.predefined + [ProcessIdentity.nameServer],
            policy
        )
        let connections = Set(solution.channels.map(\.connection))
        return policy.rules.compactMap { rule in
            let idle = rule.conditions.first { !canHold($0, &processes, connections) }
            guard let condition = idle else { return nil }
            return Diagnostic(
                "rule-never-fires",
                rule.effect == .allow ? .warning : .note,
                at: rule.place,
                "`\(rule.id)` can never fire in this solution: nothing in it is "
                    + "`\(condition.field.rawValue): \(condition.text)`"
            )
        }
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
            !processes.matches(condition).isEmpty || isSpelledOut(condition)
        case (.connection, .name(let set)):
            connections.contains { policy.sets[set.index].matches($0.bytes) }
        default: true
        }
    }

    /// Whether the condition is made of names alone, each of which is reported where it is unknown.
    private func isSpelledOut(_ condition: Condition) -> Bool {
        let set: PatternSet.ID
        switch condition.subject {
        case .name(let id), .className(let id): set = id
        case .caller, .path: return false
        }
        let patterns = policy.sets[set.index].patterns
        return !condition.isNegated && !patterns.isEmpty
            && patterns.allSatisfy { if case .literal = $0 { true } else { false } }
    }
}
