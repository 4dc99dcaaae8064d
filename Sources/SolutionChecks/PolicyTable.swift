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
        /// The static channel called kl.core.NameServer, and where it leads.
        package var channel: Connection?
        /// Whether there is a name server to reach.
        package var hasNameServer: Bool
        /// Whether the build can bring neither a static channel nor a name server.
        package var isCertain: Bool
    }

    /// Two processes that the policy lets connect, with one endpoint for which it does.
    package struct Pair: Hashable, Sendable {
        package var client: ProcessName
        package var server: ProcessName
        package var endpoint: EndpointName
        /// The pattern that the endpoint is a sample of, as in a policy.
        package var endpoints: String
        package var rule: RuleID
        /// Whether the description has a static channel between them as well.
        package var isDeclared: Bool
    }

    package var declared: [Declared]
    package var nameServerUsers: [NameServerUser]
    /// By client, then by server, in byte order.
    package var pairs: [Pair]
    /// How often the policy was asked.
    package var decisions: Int
}

extension PolicyTable {
    /// Puts `description`, as far as it is known, to `engine`.
    ///
    /// - Parameters:
    ///   - description: the processes and channels whose names are known.
    ///   - solution: the same, with what was said about a name server.
    ///   - unknown: what the build may add to them.
    ///   - engine: the policy.
    package init(
        _ description: InitDescription,
        solution: Solution,
        unknown: UnknownParts,
        engine: inout RuleEngine
    ) {
        let builder = PolicyTableBuilder(
            description: description,
            solution: solution,
            unknown: unknown
        )
        let declared = builder.declared(&engine)
        let users = builder.nameServerUsers(&engine)
        var search = PairSearch(solution, engine.policy)
        let pairs = search.pairs(&engine)
        self.init(
            declared: declared,
            nameServerUsers: users,
            pairs: pairs,
            decisions: declared.count + users.count + search.decisions
        )
    }
}

private struct PolicyTableBuilder {
    let description: InitDescription
    let solution: Solution
    let unknown: UnknownParts
    private let identities: [ProcessName: ProcessIdentity]

    init(description: InitDescription, solution: Solution, unknown: UnknownParts) {
        self.description = description
        self.solution = solution
        self.unknown = unknown
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
        var users: [PolicyTable.NameServerUser] = []
        for entity in description.startOrder where !entity.identity.isNameServer {
            guard rules.contains(where: { expects(entity.identity, $0, engine.policy) }) else {
                continue
            }
            let channel = entity.channels.first {
                $0.id.bytes == ProcessIdentity.nameServer.name.bytes
            }
            users.append(
                PolicyTable.NameServerUser(
                    process: entity.task,
                    path: channel == nil ? .dynamic : .static,
                    explanation: explain(entity.identity, over: channel, &engine),
                    place: channel?.places.connection ?? entity.places.process,
                    channel: channel,
                    hasNameServer: hasNameServer(behind: channel),
                    isCertain: isCertain(entity, channel)
                )
            )
        }
        return users
    }

    /// Whether a channel leads to a name server; without a channel, whether there is any.
    private func hasNameServer(behind channel: Connection?) -> Bool {
        if let channel { return identity(channel.target).isNameServer }
        return solution.processes.contains { $0.identity.isNameServer }
    }

    /// Whether the build cannot give `entity` another way to a name server than is seen here.
    private func isCertain(_ entity: Entity, _ channel: Connection?) -> Bool {
        guard let channel else {
            return !unknown.mayHaveMoreProcesses && !unknown.mayHaveMoreChannels(entity.task)
        }
        // The class of a process that nothing declares is assumed.
        return description.entities.contains { $0.task == channel.target }
    }

    /// Whether a rule about the name server names this process or its class, rather than any.
    ///
    /// Of a process that any rule lets in, nobody knows whether it goes there.
    private func expects(
        _ process: ProcessIdentity,
        _ rule: Rule,
        _ policy: Policy
    ) -> Bool {
        guard let condition = rule.conditions.first(where: { $0.field == .process }),
            !policy.isAny(condition)
        else { return false }
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
}

extension ProcessIdentity {
    fileprivate var isNameServer: Bool { className == Self.nameServer.className }
}
