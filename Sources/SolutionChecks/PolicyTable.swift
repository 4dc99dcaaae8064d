package import BrokerCore
package import Diagnostics
package import InitDescriptions
package import SecurityEvents
package import SecurityPolicy
import SolutionTests

/// A described solution put to a policy: every declared process and channel as the event that it is,
/// who reaches the name server how, and who may connect to whom at run time.
package struct PolicyTable: Sendable {
    /// A process or a channel of the description, and what the policy says to it.
    package struct Declared: Sendable {
        package var event: SecurityEvent
        package var explanation: Explanation
        /// Where the description declares it.
        package var place: SourceLocation
    }

    /// A process that the policy expects at the name server, and how it gets there.
    package struct NameServerUser: Sendable {
        package var process: ProcessName
        package var path: NameServerPath
        /// The decision about its `NsCreate`: its first denial, else the call's own.
        package var explanation: Explanation
        package var place: SourceLocation
        /// Whether there is a name server to reach.
        package var hasNameServer: Bool
    }

    /// Two processes that the policy lets connect, with one endpoint for which it does.
    package struct Pair: Hashable, Sendable {
        package var client: ProcessName
        package var server: ProcessName
        package var endpoint: EndpointName
        package var rule: RuleID
        /// Whether the description has a static channel between them as well.
        package var isDeclared: Bool
    }

    package var declared: [Declared]
    package var nameServerUsers: [NameServerUser]
    /// By client, then by server, in byte order.
    package var pairs: [Pair]
}

extension PolicyTable {
    /// Puts `description` to `engine`.
    package init(
        _ description: InitDescription,
        solution: Solution,
        engine: inout RuleEngine
    ) {
        let builder = PolicyTableBuilder(description: description, solution: solution)
        self.init(
            declared: builder.declared(&engine),
            nameServerUsers: builder.nameServerUsers(&engine),
            pairs: builder.pairs(&engine)
        )
    }
}

private struct PolicyTableBuilder {
    let description: InitDescription
    let solution: Solution
    private let identities: [ProcessName: ProcessIdentity]

    init(description: InitDescription, solution: Solution) {
        self.description = description
        self.solution = solution
        identities = Dictionary(
            (ProcessIdentity.predefined + solution.declared).map { ($0.name, $0) },
            uniquingKeysWith: { _, last in last }
        )
    }

    private func identity(_ name: ProcessName) -> ProcessIdentity {
        identities[name] ?? ProcessIdentity(undeclared: name)
    }

    // MARK: Declared processes and channels

    func declared(_ engine: inout RuleEngine) -> [PolicyTable.Declared] {
        var events: [(SecurityEvent, SourceLocation)] = []
        for entity in description.startOrder {
            let event = SecurityEvent(.execute, by: .einit, target: entity.identity)
            events.append((event, entity.places.process))
        }
        for entity in description.startOrder {
            for channel in entity.channels {
                let event = SecurityEvent(
                    .initConnect,
                    by: .einit,
                    client: entity.identity,
                    server: identity(channel.target),
                    connection: channel.id
                )
                events.append((event, channel.places.connection))
            }
        }
        return events.map { event, place in
            PolicyTable.Declared(event: event, explanation: engine.explain(event), place: place)
        }
    }

    // MARK: The name server

    func nameServerUsers(_ engine: inout RuleEngine) -> [PolicyTable.NameServerUser] {
        let rules = engine.policy.rules.filter { rule in
            rule.effect == .allow
                && rule.operations.contains { [.publish, .unpublish, .enumerate].contains($0) }
        }
        let hasNameServer = solution.processes.contains {
            $0.identity.className == ProcessIdentity.nameServer.className
        }
        var users: [PolicyTable.NameServerUser] = []
        for entity in description.startOrder
        where entity.className != ProcessIdentity.nameServer.className {
            guard rules.contains(where: { expects(entity.identity, $0, engine.policy) }) else {
                continue
            }
            let channel = entity.channels.first {
                $0.id.bytes == ProcessIdentity.nameServer.name.bytes
            }
            let explanation = explain(entity.identity, over: channel, &engine)
            users.append(
                PolicyTable.NameServerUser(
                    process: entity.task,
                    path: channel == nil ? .dynamic : .static,
                    explanation: explanation,
                    place: entity.places.process,
                    hasNameServer: hasNameServer
                )
            )
        }
        return users
    }

    /// Whether a rule about the name server names this process or its class, rather than any.
    private func expects(
        _ process: ProcessIdentity,
        _ rule: Rule,
        _ policy: Policy
    ) -> Bool {
        guard let condition = rule.conditions.first(where: { $0.field == .process }) else {
            return false
        }
        let event = SecurityEvent(.enumerate, by: process)
        return policy.holds(condition, for: event)
    }

    private func explain(
        _ process: ProcessIdentity,
        over channel: Connection?,
        _ engine: inout RuleEngine
    ) -> Explanation {
        let server = channel.map { identity($0.target) } ?? .nameServer
        let create = engine.explain(
            SecurityEvent(
                .nsCreate,
                by: process,
                client: process,
                server: server,
                path: channel == nil ? .dynamic : .static
            )
        )
        guard channel == nil, create.decision.verdict == .allow else { return create }
        let connect = engine.explain(
            SecurityEvent(
                .connect,
                by: process,
                client: process,
                server: server,
                endpoint: .nameServer
            )
        )
        return connect.decision.verdict == .deny ? connect : create
    }

    // MARK: Pairs

    /// Who may connect to whom at run time, each pair once with an endpoint that shows it.
    ///
    /// The endpoints that can make a difference are the literals of the policy and a fresh name
    /// under each of its prefixes and under none: no rule can tell other names from these.
    func pairs(_ engine: inout RuleEngine) -> [PolicyTable.Pair] {
        var processes = ProcessMatches(solution.processes.map(\.identity), engine.policy)
        let declared = Set(
            solution.channels.map { PairKey(client: $0.client, server: $0.server) }
        )
        let endpoints = EndpointSamples(engine.policy)
        var found: [PairKey: PolicyTable.Pair] = [:]
        for rule in engine.policy.rules
        where rule.effect == .allow && rule.operations.contains(.connect) {
            let samples = endpoints.samples(for: rule, engine.policy)
            let clients = processes.matches(rule, [.client, .process])
            let servers = processes.matches(rule, [.server])
            for client in clients {
                for server in servers where client.name != server.name {
                    let key = PairKey(client: client.name, server: server.name)
                    guard found[key] == nil else { continue }
                    for endpoint in samples {
                        let event = SecurityEvent(
                            .connect,
                            by: client,
                            client: client,
                            server: server,
                            endpoint: endpoint
                        )
                        guard case let decision = engine.decide(event), decision.verdict == .allow,
                            let id = decision.cause.rule
                        else { continue }
                        found[key] = PolicyTable.Pair(
                            client: client.name,
                            server: server.name,
                            endpoint: endpoint,
                            rule: id,
                            isDeclared: declared.contains(key)
                        )
                        break
                    }
                }
            }
        }
        return found.values.sorted { ($0.client, $0.server) < ($1.client, $1.server) }
    }
}

private struct PairKey: Hashable {
    var client: ProcessName
    var server: ProcessName
}
