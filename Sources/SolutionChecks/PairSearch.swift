import BrokerCore
import SecurityEvents
import SecurityPolicy

/// Finds who may connect to whom at run time, each pair once with an endpoint that shows it.
///
/// Only rules that allow a connection are followed, to the processes that they speak of: a policy that
/// names its clients and servers is asked about as often as it has rules. The endpoints that can make a
/// difference are the literals of the policy and a fresh name under each of its prefixes and under none:
/// no rule can tell other names from these.
struct PairSearch {
    private struct Key: Hashable {
        var client: ProcessName
        var server: ProcessName
    }

    private let policy: Policy
    private let declared: Set<Key>
    private let endpoints: EndpointSamples
    /// The deny rules that do not look at the endpoint: where one matches, no other endpoint helps.
    private let sweepingDenials: Set<RuleID>
    private var processes: ProcessMatches
    private var found: [Key: PolicyTable.Pair] = [:]
    private var refused: Set<Key> = []
    /// How often the policy was asked.
    private(set) var decisions = 0

    init(_ solution: Solution, _ policy: Policy) {
        self.policy = policy
        declared = Set(solution.channels.map { Key(client: $0.client, server: $0.server) })
        endpoints = EndpointSamples(policy)
        processes = ProcessMatches(solution.processes.map(\.identity), policy)
        sweepingDenials = Set(
            policy.rules.filter { rule in
                rule.effect == .deny && !rule.conditions.contains { $0.field == .endpoint }
            }.map(\.id)
        )
    }

    /// By client, then by server, in byte order.
    mutating func pairs(_ engine: inout RuleEngine) -> [PolicyTable.Pair] {
        for rule in policy.rules
        where rule.effect == .allow && rule.operations.contains(.connect)
            && !isAboutItself(rule)
        {
            let samples = endpoints.samples(for: rule, policy)
            let clients = processes.matches(rule, [.client, .process])
            let servers = processes.matches(rule, [.server])
            for client in clients {
                for server in servers where client.name != server.name {
                    ask(client, server, samples, &engine)
                }
            }
        }
        return found.values.sorted { ($0.client, $0.server) < ($1.client, $1.server) }
    }

    /// Whether the rule is about a process that connects to itself.
    private func isAboutItself(_ rule: Rule) -> Bool {
        rule.conditions.contains { $0.field == .server && $0.subject == .caller }
    }

    private mutating func ask(
        _ client: ProcessIdentity,
        _ server: ProcessIdentity,
        _ samples: [EndpointSamples.Sample],
        _ engine: inout RuleEngine
    ) {
        let key = Key(client: client.name, server: server.name)
        guard found[key] == nil, !refused.contains(key) else { return }
        for sample in samples {
            let event = SecurityEvent(
                .connect,
                by: client,
                client: client,
                server: server,
                endpoint: sample.name
            )
            decisions += 1
            let explanation = engine.explain(event)
            if explanation.decision.verdict == .allow, let id = explanation.decision.cause.rule {
                found[key] = PolicyTable.Pair(
                    client: client.name,
                    server: server.name,
                    endpoint: sample.name,
                    endpoints: sample.pattern.text,
                    rule: id,
                    isDeclared: declared.contains(key)
                )
                return
            }
            if explanation.matches.contains(where: { sweepingDenials.contains($0.rule) }) {
                refused.insert(key)
                return
            }
        }
    }
}
