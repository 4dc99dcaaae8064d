package import BrokerCore
package import Diagnostics
import InitDescriptions
import SecurityEvents
package import SecurityPolicy
import SolutionTests

extension PolicyTable {
    /// What can be found only where a policy is at hand.
    static let findingIDs = [
        "denied-process", "denied-channel", "no-name-server", "name-server-denied",
        "dynamic-fallback", "rule-never-fires",
    ]

    /// What can be found in a policy only where an init description is put to it.
    static let policyFindingIDs = [
        "class-not-process", "inert-deny", "rule-never-fires", "unknown-name",
    ]

    /// What is wrong where a solution meets its policy.
    ///
    /// - Parameters:
    ///   - policy: what the table was made with.
    ///   - solution: the same.
    ///   - unknown: what the build may add to the solution.
    /// - Returns: findings at the description and at the rules of the policy.
    package func findings(
        _ policy: Policy,
        solution: Solution,
        unknown: UnknownParts
    ) -> [Diagnostic] {
        let reach = RuleReach(
            policy: policy,
            solution: solution,
            unknown: unknown,
            matched: Set(declared.flatMap { $0.explanation.matches.map(\.rule) })
        )
        return declared.compactMap(\.finding) + missingNameServer
            + nameServerUsers.compactMap(\.finding) + reach.findings
    }

    /// That there is no name server, said once for all that need one.
    private var missingNameServer: [Diagnostic] {
        let users = nameServerUsers.filter {
            !$0.hasNameServer && $0.isCertain && $0.channel == nil
        }
        guard let first = users.first else { return [] }
        var names = users.map { "`\($0.process)`" }
        if names.count > 4 { names = names.prefix(3) + ["\(names.count - 3) others"] }
        let last = names.removeLast()
        let all = names.isEmpty ? last : names.joined(separator: ", ") + " and " + last
        return [
            Diagnostic(
                "no-name-server",
                .warning,
                at: first.place,
                "the policy has rules for \(all) at the name server, and there is none",
                hint: "declare a process of class kl.core.NameServer, or give --name-server"
            )
        ]
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
        guard isCertain else { return nil }
        guard hasNameServer else {
            guard let channel else { return nil }
            return Diagnostic(
                "no-name-server",
                .warning,
                at: place,
                "the channel `\(channel.id)` of `\(process)` leads to `\(channel.target)`, which is "
                    + "no name server",
                hint: "a name server has the class kl.core.NameServer"
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
