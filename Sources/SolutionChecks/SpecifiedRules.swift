import Diagnostics
import InitDescriptions
import SecurityEvents
import SecurityPolicy

/// What rules say about endpoints of servers whose classes are known.
struct SpecifiedRules {
    struct Rule {
        /// The classes of the servers that the rule is about; none where it may be about others too.
        var servers: [ClassName]
        /// The endpoints that it spells out.
        var endpoints: [[UInt8]]
        /// The interfaces that it is about; none where it may be about others too.
        var interfaces: [[UInt8]]
        /// Where its condition on the endpoint stands.
        var place: SourceLocation?
    }

    private(set) var all: [Rule] = []

    private let policy: Policy
    /// The class of each declared process; nil without an init description.
    private let classes: [[UInt8]: ClassName]?

    init(_ policy: Policy, _ description: InitDescription?) {
        self.policy = policy
        classes = description.map { description in
            Dictionary(
                description.entities.map { ($0.task.bytes, $0.className) },
                uniquingKeysWith: { first, _ in first }
            )
        }
        all = policy.rules.map { rule in
            let endpoint = rule.conditions.first { $0.field == .endpoint }
            return Rule(
                servers: servers(of: rule.conditions),
                endpoints: endpoint.map { literals($0).names } ?? [],
                interfaces: spelledOut(.interface, rule.conditions) ?? [],
                place: endpoint?.place
            )
        }
    }

    /// The classes of the servers: of `server`, or of the caller where the server is `self`.
    private func servers(of conditions: [Condition]) -> [ClassName] {
        var field = EventField.server
        if conditions.contains(where: { $0.field == .server && $0.subject == .caller }) {
            field = .process
        }
        guard let condition = conditions.first(where: { $0.field == field }) else { return [] }
        if case .className = condition.subject {
            return (spelledOut(field, conditions) ?? []).compactMap { try? ClassName($0) }
        }
        guard let classes else { return [] }
        // A process that nothing declares has its name as its class.
        return (spelledOut(field, conditions) ?? []).compactMap {
            classes[$0] ?? (try? ClassName($0))
        }
    }

    /// The names that conditions on `field` allow; nil where these are not all spelled out.
    private func spelledOut(_ field: EventField, _ conditions: [Condition]) -> [[UInt8]]? {
        guard let condition = conditions.first(where: { $0.field == field }) else { return nil }
        let (names, areAll) = literals(condition)
        return areAll ? names : nil
    }

    private func literals(_ condition: Condition) -> (names: [[UInt8]], areAll: Bool) {
        let set: PatternSet.ID
        switch condition.subject {
        case .name(let id), .className(let id): set = id
        case .caller, .path: return ([], false)
        }
        guard !condition.isNegated else { return ([], false) }
        let patterns = policy.sets[set.index].patterns
        let names = patterns.compactMap { pattern in
            if case .literal(let name) = pattern { name } else { nil }
        }
        return (names, names.count == patterns.count)
    }
}
