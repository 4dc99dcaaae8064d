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
        var found: [Diagnostic] = []
        for mention in policy.mentions {
            guard case .literal(let name) = mention.pattern else { continue }
            switch mention.sort {
            case .interface: found += check(interface: name, at: mention.place)
            case .endpoint: found += check(endpoint: name, at: mention.place)
            case .processName, .className, .connection: break
            }
        }
        let classes = Dictionary(
            (description?.entities ?? []).map { ($0.task.bytes, $0.className) },
            uniquingKeysWith: { first, _ in first }
        )
        for rule in policy.rules { found += check(rule, policy, classes) }
        return found
    }

    /// Interfaces and endpoints that a suite speaks of.
    package func findings(in suite: Suite) -> [Diagnostic] {
        suite.mentionedNames.flatMap { mention in
            mention.isInterface
                ? check(interface: mention.name, at: mention.place)
                : check(endpoint: mention.name, at: mention.place)
        }
    }

    private func check(interface bytes: [UInt8], at place: SourceLocation) -> [Diagnostic] {
        guard let name = try? InterfaceName(bytes), !index.knowsInterface(name),
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

    private func check(endpoint bytes: [UInt8], at place: SourceLocation) -> [Diagnostic] {
        guard isComplete, let name = try? EndpointName(bytes), !knownEndpoints.contains(name),
            name != .nameServer
        else { return [] }
        return [
            Diagnostic(
                "unknown-endpoint",
                .warning,
                at: place,
                "no class in the specifications has an endpoint `\(name)`",
                hint: Suggestion.didYouMean(name.description, among: endpointNames)
            )
        ]
    }

    /// A rule that names server, endpoint and interface, where the endpoint offers another one, or
    /// the server has no such endpoint.
    private func check(
        _ rule: Rule,
        _ policy: Policy,
        _ classes: [[UInt8]: ClassName]
    ) -> [Diagnostic] {
        let servers = literals(.server, rule, policy).compactMap { classes[$0] }
        let endpoints = literals(.endpoint, rule, policy).compactMap { try? EndpointName($0) }
        let interfaces = literals(.interface, rule, policy).compactMap { try? InterfaceName($0) }
        guard let place = rule.conditions.first(where: { $0.field == .endpoint })?.place,
            !servers.isEmpty
        else { return [] }
        return endpoints.compactMap { endpoint in
            let answers = servers.map { index.endpoint(endpoint, ofClass: $0) }
            let offered = answers.compactMap { answer in
                if case .known(let interface, _) = answer { interface } else { nil }
            }
            if let other = offered.first, !interfaces.isEmpty,
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
            guard answers.allSatisfy({ $0 == .absent }), knownEndpoints.contains(endpoint) else {
                return nil
            }
            let owners = Set(servers).sorted().map { "`\($0)`" }.joined(separator: ", ")
            return Diagnostic(
                "endpoint-of-another",
                .warning,
                at: place,
                "the endpoint `\(endpoint)` is none of \(owners)"
            )
        }
    }

    /// The names that the rule's condition on `field` spells out; none where it says more.
    private func literals(_ field: EventField, _ rule: Rule, _ policy: Policy) -> [[UInt8]] {
        guard let condition = rule.conditions.first(where: { $0.field == field }),
            !condition.isNegated, case .name(let set) = condition.subject
        else { return [] }
        return policy.sets[set.index].patterns.compactMap { pattern in
            if case .literal(let name) = pattern { name } else { nil }
        }
    }
}
