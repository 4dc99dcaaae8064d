import BrokerCore
package import Diagnostics
package import FormalSpecifications
package import InitDescriptions
import SecurityEvents
package import SecurityPolicy
package import SolutionTests

/// Names in a solution's documents that its formal specifications do not have.
///
/// What the specifications leave open – components whose CDL is not at hand – is unknown and no
/// finding. An endpoint may also have "any conditional name", so that these are warnings.
package struct SpecificationFindings {
    /// What can be found only where specifications are at hand.
    static let findingIDs = [
        "class-without-specification", "unknown-interface", "unknown-endpoint",
        "endpoint-interface", "endpoint-of-another",
    ]

    private let index: SpecificationIndex
    private let interfaceNames: [String]
    private let endpointNames: [String]
    private let knownEndpoints: Set<EndpointName>
    private let isComplete: Bool

    /// - Parameter index: the specifications that the names are compared with.
    package init(_ index: SpecificationIndex) {
        self.index = index
        interfaceNames = index.interfaceNames.map(\.description)
        endpointNames = index.endpointNames.map(\.description)
        knownEndpoints = Set(index.endpointNames)
        isComplete = index.classes.allSatisfy(\.isComplete)
    }

    /// Classes without a specification: einit cannot build them.
    ///
    /// System classes are passed over: they come with the SDK, whose specifications are seldom at hand.
    package func findings(in description: InitDescription) -> [Diagnostic] {
        let classes = index.classes.map(\.name.description)
        return description.entities.compactMap { entity in
            let name = entity.className
            guard !index.knowsClass(name), !name.description.hasPrefix("kl.") else { return nil }
            return Diagnostic(
                "class-without-specification",
                .warning,
                at: entity.places.name,
                "no EDL declares the class `\(name)`",
                hint: Suggestion.didYouMean(name.description, among: classes)
            )
        }
    }

    /// Interfaces and endpoints in rules.
    ///
    /// - Parameters:
    ///   - policy: the rules, in all documents of the policy.
    ///   - description: says which class a process named by a rule has; nil where unknown.
    /// - Returns: what no specification declares, and what the class in question does not provide.
    package func findings(
        in policy: Policy,
        _ description: InitDescription?
    ) -> [Diagnostic] {
        let rules = SpecifiedRules(policy, description)
        let all = description?.entities.map(\.className) ?? []
        let endpoints = Set(rules.all.filter { isOpen($0.servers, all) }.flatMap(\.endpoints))
        let interfaces = Set(
            rules.all.filter { isOpen($0.servers.ownOnly, all.ownOnly) }.flatMap(\.interfaces)
        )
        let servers = Dictionary(
            rules.all.flatMap { rule in rule.endpoints.map { ($0, rule.servers) } },
            uniquingKeysWith: { first, _ in first }
        )
        var found: [Diagnostic] = []
        for mention in policy.mentions {
            guard case .literal(let name) = mention.pattern else { continue }
            switch mention.sort {
            case .interface where !interfaces.contains(name):
                found += check(interface: name, at: mention.place)
            case .endpoint where !endpoints.contains(name):
                found += check(endpoint: name, of: servers[name] ?? [], at: mention.place)
            default: break
            }
        }
        return found + rules.all.flatMap(check)
    }

    /// Whether not everything is known of the servers that a rule is about: those that it spells out,
    /// else all that there are.
    private func isOpen(_ servers: [ClassName], _ all: [ClassName]) -> Bool {
        (servers.isEmpty ? all : servers).contains { name in
            name != ProcessIdentity.nameServer.className
                && !(index.processClass(name)?.isComplete ?? false)
        }
    }

    /// Interfaces and endpoints that a suite speaks of, but for those that it lists as strangers.
    package func findings(in loaded: LoadedSuite) -> [Diagnostic] {
        let all = loaded.solution.processes.map(\.identity.className)
        let mayHaveMoreEndpoints = isOpen([], all)
        let mayHaveMoreInterfaces = isOpen([], all.ownOnly)
        return loaded.suite.mentionedNames.flatMap { mention in
            if loaded.strangers.contains(mention.name) { return [] as [Diagnostic] }
            if mention.isInterface {
                return mayHaveMoreInterfaces
                    ? [] : check(interface: mention.name, at: mention.place)
            }
            return mayHaveMoreEndpoints ? [] : check(endpoint: mention.name, at: mention.place)
        }
    }

    private func check(interface bytes: [UInt8], at place: SourceLocation) -> [Diagnostic] {
        guard isComplete, let name = try? InterfaceName(bytes), !index.knowsInterface(name),
            !name.description.hasPrefix("kl.")
        else { return [] }
        return [
            Diagnostic(
                "unknown-interface",
                .warning,
                at: place,
                "the specifications have no interface `\(name)`",
                hint: Suggestion.didYouMean(name.description, among: interfaceNames)
            )
        ]
    }

    /// An endpoint that no class has; `servers` are the classes of which the rule speaks.
    private func check(
        endpoint bytes: [UInt8],
        of servers: [ClassName] = [],
        at place: SourceLocation
    ) -> [Diagnostic] {
        guard isComplete, let name = try? EndpointName(bytes), !knownEndpoints.contains(name),
            !name.description.hasPrefix("kl.")
        else { return [] }
        return [
            Diagnostic(
                "unknown-endpoint",
                .warning,
                at: place,
                "no class in the specifications has an endpoint `\(name)`",
                hint: Suggestion.didYouMean(name.description, among: endpointNames)
                    ?? endpoints(of: servers)
            )
        ]
    }

    /// A rule that names server, endpoint and interface, where the endpoint offers another one, or
    /// the server has no such endpoint.
    private func check(_ rule: SpecifiedRules.Rule) -> [Diagnostic] {
        guard let place = rule.place, !rule.servers.isEmpty else { return [] }
        let interfaces = rule.interfaces.compactMap { try? InterfaceName($0) }
        return rule.endpoints.compactMap { try? EndpointName($0) }.compactMap { endpoint in
            let answers = rule.servers.map { index.endpoint(endpoint, ofClass: $0) }
            let offered = answers.compactMap { answer in
                if case .known(let interface, _) = answer { interface } else { nil }
            }
            if let other = offered.first, !interfaces.isEmpty, !answers.contains(.unknown),
                !offered.contains(where: interfaces.contains)
            {
                return Diagnostic(
                    "endpoint-interface",
                    .warning,
                    at: place,
                    "the endpoint `\(endpoint)` offers the interface `\(other)`, not "
                        + interfaces.map { "`\($0)`" }.joined(separator: ", ")
                )
            }
            guard answers.allSatisfy({ $0 == .absent }) else { return nil }
            return absence(of: endpoint, from: rule.servers, at: place)
        }
    }

    /// An endpoint that none of these classes has, each of which is known in full.
    private func absence(
        of endpoint: EndpointName,
        from servers: [ClassName],
        at place: SourceLocation
    ) -> Diagnostic? {
        let isElsewhere = knownEndpoints.contains(endpoint)
        // That no class at all has it is reported where the name stands.
        guard isElsewhere || !isComplete else { return nil }
        let classes = Set(servers).sorted()
        let owners = classes.map { "`\($0)`" }.joined(separator: ", ")
        if isElsewhere {
            return Diagnostic(
                "endpoint-of-another",
                .warning,
                at: place,
                "the endpoint `\(endpoint)` is none of \(owners)",
                hint: holders(of: endpoint)
            )
        }
        let own = classes.flatMap { index.endpointNames(ofClass: $0) }.map(\.description)
        return Diagnostic(
            "unknown-endpoint",
            .warning,
            at: place,
            "\(owners) \(classes.count == 1 ? "has" : "have") no endpoint `\(endpoint)`",
            hint: Suggestion.didYouMean(endpoint.description, among: own) ?? endpoints(of: classes)
        )
    }

    /// The classes that have an endpoint of this name.
    private func holders(of endpoint: EndpointName) -> String? {
        let holders = index.classes.map(\.name).filter {
            if case .known = index.endpoint(endpoint, ofClass: $0) { true } else { false }
        }
        if holders.isEmpty { return nil }
        let names = holders.prefix(3).map { "`\($0)`" } + (holders.count > 3 ? ["others"] : [])
        return "it is one of " + names.joined(separator: ", ")
    }

    /// What a server offers, where that is soon said.
    private func endpoints(of servers: [ClassName]) -> String? {
        guard servers.count == 1, let server = servers.first,
            let known = index.processClass(server), known.isComplete, known.endpoints.count <= 6
        else { return nil }
        let names = known.endpoints.map { "`\($0.path)`" }.joined(separator: ", ")
        if names.isEmpty { return "`\(server)` has no endpoints" }
        return "`\(server)` has \(names)"
    }
}

extension [ClassName] {
    /// Without the classes of the SDK, whose interfaces have names of the SDK too.
    fileprivate var ownOnly: [ClassName] { filter { !$0.description.hasPrefix("kl.") } }
}
