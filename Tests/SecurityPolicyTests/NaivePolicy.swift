/// A policy as plain data, and what it decides, with no thought of speed.
///
/// It follows sections 1 to 4 of the semantics word by word. Nothing here knows how the engine keeps
/// its rules.
struct NaivePolicy {
    /// A pattern, or a group that stands for patterns.
    enum Item: Hashable {
        case literal(String)
        /// With its dot: `a.b.` for `a.b.*`.
        case prefix(String)
        case any
        case group(String)
    }

    enum Subject: Hashable {
        case name([Item])
        case className([Item])
        case caller
        case path(String)
    }

    struct Condition: Hashable {
        var field: String
        var subject: Subject
        var isNegated = false
    }

    struct Rule: Hashable {
        var id: String
        /// `allow`, `deny`; `never` and `must` for invariants.
        var effect: String
        var operations: [String]
        var conditions: [Condition]
    }

    struct Group {
        var name: String
        var items: [Item]
    }

    var groups: [Group] = []
    var rules: [Rule] = []
    var invariants: [Rule] = []
}

/// An event as plain data.
struct NaiveEvent {
    var operation: String
    /// Name and class of each process, by key.
    var processes: [String: (name: String, className: String)]
    /// `interface`, `endpoint`, `connection`, `path`.
    var values: [String: String] = [:]
}

/// What operations carry besides `process`: the table of section 1.
let carriedFields: [String: [String]] = [
    "init.execute": ["target"],
    "init.connect": ["client", "server", "connection"],
    "ns.create": ["client", "server", "path"],
    "ns.publish": ["server", "interface", "endpoint"],
    "ns.unpublish": ["server", "interface", "endpoint"],
    "ns.enumerate": ["interface"],
    "cm.connect": ["client", "server", "endpoint"],
    "cm.listen": ["server"],
    "cm.accept": ["client", "server", "endpoint"],
    "cm.drop": ["client", "server", "endpoint"],
]
let operationNames = carriedFields.keys.sorted()
let processFields: Set<String> = ["process", "client", "server", "target"]

/// The bytes of a name: names are compared byte by byte, which String does not do.
func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

/// Byte order.
func precedes(_ left: String, _ right: String) -> Bool {
    bytes(left).lexicographicallyPrecedes(bytes(right))
}

extension NaivePolicy {
    func matches(_ item: Item, _ name: String) -> Bool {
        switch item {
        case .any: return true
        case .literal(let literal): return bytes(literal) == bytes(name)
        case .prefix(let prefix):
            return bytes(name).count > bytes(prefix).count
                && Array(bytes(name).prefix(bytes(prefix).count)) == bytes(prefix)
        case .group(let wanted):
            return groups.filter { $0.name == wanted }
                .contains { group in group.items.contains { matches($0, name) } }
        }
    }

    func holds(_ condition: Condition, _ event: NaiveEvent) -> Bool {
        let holds: Bool
        switch condition.subject {
        case .name(let items):
            let value = event.processes[condition.field]?.name ?? event.values[condition.field]
            holds = items.contains { item in value.map { matches(item, $0) } ?? false }
        case .className(let items):
            let value = event.processes[condition.field]?.className
            holds = items.contains { item in value.map { matches(item, $0) } ?? false }
        case .caller:
            holds =
                event.processes[condition.field].map { bytes($0.name) }
                == event.processes["process"].map { bytes($0.name) }
        case .path(let path): holds = event.values["path"] == path
        }
        return condition.isNegated ? !holds : holds
    }

    func unmet(_ rule: Rule, _ event: NaiveEvent) -> [Condition] {
        rule.conditions.filter { !holds($0, event) }
    }
}

/// What the policy says about an event.
struct NaiveAnswer {
    struct NearRule: Equatable {
        var id: String
        /// `key: rule / event` of each unmet condition, sorted.
        var unmet: [String]
    }

    var verdict: String
    /// The rule that is the cause; nil for `no-rule`.
    var rule: String?
    /// `effect id` of every matching rule, by id.
    var matches: [String]
    var near: [NearRule] = []
    var nearest: [String] = []
    var more = false

    init(_ policy: NaivePolicy, _ event: NaiveEvent) {
        let listing = policy.rules.filter { $0.operations.contains(event.operation) }
        let matching = listing.filter { policy.unmet($0, event).isEmpty }
            .sorted { precedes($0.id, $1.id) }
        matches = matching.map { "\($0.effect) \($0.id)" }
        let denying = matching.first { $0.effect == "deny" }
        let allowing = matching.first { $0.effect == "allow" }
        verdict = denying == nil && allowing != nil ? "allow" : "deny"
        rule = (denying ?? allowing)?.id
        guard rule == nil else { return }

        let missed = listing.filter { $0.effect == "allow" }
            .map { (rule: $0, unmet: policy.unmet($0, event)) }
        let least = missed.map(\.unmet.count).min()
        let tied = missed.filter { $0.unmet.count == least }.sorted {
            let (met, other) = (
                $0.rule.conditions.count - $0.unmet.count,
                $1.rule.conditions.count - $1.unmet.count
            )
            return met != other ? met > other : precedes($0.rule.id, $1.rule.id)
        }
        near = tied.prefix(8).map { miss in
            NearRule(
                id: miss.rule.id,
                unmet: miss.unmet.map { "\($0.field): \($0.text) / \(event.value(for: $0))" }
                    .sorted()
            )
        }
        nearest = tied.map(\.rule.id).sorted(by: precedes)
        more = tied.count > 8
    }
}

extension NaiveEvent {
    func value(for condition: NaivePolicy.Condition) -> String {
        if case .className = condition.subject {
            return processes[condition.field]?.className ?? ""
        }
        return processes[condition.field]?.name ?? values[condition.field] ?? ""
    }
}

extension NaivePolicy.Item {
    /// As it is written, without quotes.
    var text: String {
        switch self {
        case .literal(let name): name
        case .prefix(let prefix): prefix + "*"
        case .any: "*"
        case .group(let name): "$" + name
        }
    }
}

extension NaivePolicy.Condition {
    /// As people read it; one pattern stands without brackets.
    var text: String {
        func list(_ items: [NaivePolicy.Item]) -> String {
            items.count == 1
                ? items[0].text : "[" + items.map(\.text).joined(separator: ", ") + "]"
        }
        let inner =
            switch subject {
            case .name(let items): list(items)
            case .className(let items): "{class: \(list(items))}"
            case .caller: "self"
            case .path(let path): path
            }
        return isNegated ? "{not: \(inner)}" : inner
    }
}
