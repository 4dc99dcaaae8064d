import Diagnostics
import LocatedYAML
import SecurityEvents

/// Reads rules and invariants, whose grammar differs only in their first key.
struct RuleReader {
    var groups: GroupTable
    /// The distinct pattern sets met so far, and where each stands.
    var sets: [PatternSet] = []
    var setNumbers: [PatternSet: Int] = [:]
    /// Every pattern of the conditions; those of a group once for each way in which it is used.
    var mentions: [Policy.Mention] = []
    /// The sets of the groups that stand alone in a condition: a group that all rules use is
    /// expanded once.
    var groupSets: [GroupUse: PatternSet.ID] = [:]
    /// Every identifier with its place, also of rules that have other faults.
    private var ids: [RuleID: SourceLocation] = [:]

    init(groups: GroupTable) {
        self.groups = groups
    }

    /// A way in which a group is used.
    struct GroupUse: Hashable {
        var group: String
        var sort: Policy.Mention.Sort
        var failsOpen: Bool
    }

    /// What rules and invariants have in common.
    struct Box {
        var id: RuleID
        var effect: String
        var operations: [Operation]
        var conditions: [Condition]
        var why: String?
    }

    /// Reads a rule; nil and errors where it is not one.
    mutating func rule(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Rule? {
        guard let box = box(node, "a rule", ["allow", "deny"], &diagnostics),
            let effect = Verdict(rawValue: box.effect)
        else { return nil }
        return Rule(
            id: box.id,
            effect: effect,
            operations: box.operations,
            conditions: box.conditions,
            why: box.why,
            place: node.place
        )
    }

    /// Reads an invariant; nil and errors where it is not one.
    mutating func invariant(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Invariant? {
        guard let box = box(node, "an invariant", ["never", "must"], &diagnostics),
            let kind = Invariant.Kind(rawValue: box.effect)
        else { return nil }
        return Invariant(
            id: box.id,
            kind: kind,
            operations: box.operations,
            conditions: box.conditions,
            why: box.why,
            place: node.place
        )
    }

    private mutating func box(
        _ node: YAMLNode,
        _ what: String,
        _ effects: [String],
        _ diagnostics: inout [Diagnostic]
    ) -> Box? {
        guard var reader = MappingReader(node, what, &diagnostics) else { return nil }
        let id = reader.required("id", &diagnostics).flatMap { ruleID($0, &diagnostics) }
        var listed = ListedOperations()
        var given: [String] = []
        for name in effects {
            guard let value = reader.optional(name) else { continue }
            given.append(name)
            listed = operations(value, name, &diagnostics)
        }
        let why = reader.text("why", &diagnostics)
        // Where the effect is not clear, that alone is reported.
        let permits = given == ["allow"] || given == ["must"]
        let context = Context(restricts: !permits, operations: listed.operations)
        var conditions: [Condition] = []
        var isWhole = listed.isWhole
        for field in EventField.allCases {
            guard let value = reader.optional(field.rawValue) else { continue }
            if let condition = condition(field, value, context, &diagnostics) {
                conditions.append(condition)
            } else {
                isWhole = false
            }
        }
        reader.finish(&diagnostics)
        guard given.count == 1 else {
            diagnostics.append(effectError(node, what, effects, given))
            return nil
        }
        guard let id, isWhole else { return nil }
        return Box(
            id: id,
            effect: given[0],
            operations: listed.operations,
            conditions: conditions,
            why: why
        )
    }

    private func effectError(
        _ node: YAMLNode,
        _ what: String,
        _ effects: [String],
        _ given: [String]
    ) -> Diagnostic {
        let names = effects.map { "`\($0)`" }
        return Diagnostic(
            given.isEmpty ? "missing-key" : "conflicting-keys",
            at: node.place,
            given.isEmpty
                ? "\(what) needs the key \(names.joined(separator: " or "))"
                : "\(what) has \(names.joined(separator: " and ")), and must have exactly one"
        )
    }

    /// Reads an identifier; they are one namespace over all files, rules and invariants together.
    private mutating func ruleID(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> RuleID? {
        guard let text = node.scalarText("`id`", &diagnostics) else { return nil }
        guard let id = RuleID(text) else {
            diagnostics.append(
                Diagnostic(
                    "invalid-id",
                    at: node.place,
                    text.isEmpty
                        ? "`id` is empty" : "\(Excerpt.quoted(node.bytes)) is no identifier",
                    hint: "1–100 letters, digits, `.`, `_` or `-`"
                )
            )
            return nil
        }
        if let first = ids[id] {
            diagnostics.append(
                Diagnostic(
                    "duplicate-id",
                    at: node.place,
                    "`\(id)` is used twice, first at \(first)"
                )
            )
        } else {
            ids[id] = node.place
        }
        return id
    }

    /// What `allow` and its kin list.
    private struct ListedOperations {
        /// Those that are there, for what else can be said of the rule.
        var operations: [Operation] = []
        /// Whether nothing else is listed.
        var isWhole = false
    }

    private func operations(
        _ node: YAMLNode,
        _ key: String,
        _ diagnostics: inout [Diagnostic]
    ) -> ListedOperations {
        if node.kind == .scalar {
            guard let text = node.scalarText("`\(key)`", &diagnostics) else { return .init() }
            if text == "all" { return .init(operations: Operation.allCases, isWhole: true) }
            guard let operation = operation(node, &diagnostics) else { return .init() }
            return .init(operations: [operation], isWhole: true)
        }
        guard node.expect(.sequence, "`\(key)`", &diagnostics) else { return .init() }
        guard !node.items.isEmpty else {
            diagnostics.append(.emptyList(node, "`\(key)`", "name an operation, or `all`"))
            return .init()
        }
        var listed: Set<Operation> = []
        var isWhole = true
        for item in node.items where !diagnostics.isUnbearable {
            guard let operation = operation(item, &diagnostics) else {
                isWhole = false
                continue
            }
            if !listed.insert(operation).inserted {
                diagnostics.append(
                    Diagnostic(
                        "duplicate-operation",
                        .warning,
                        at: item.place,
                        "`\(operation.rawValue)` is listed twice"
                    )
                )
            }
        }
        return .init(operations: Operation.allCases.filter(listed.contains), isWhole: isWhole)
    }

    private func operation(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> Operation? {
        guard let text = node.scalarText("an operation", &diagnostics) else { return nil }
        if let operation = Operation(rawValue: text) { return operation }
        let names = Operation.allCases.map(\.rawValue)
        let hint: String? =
            text == "all"
            ? "`all` stands alone, without a list"
            : Suggestion.didYouMean(text, among: names)
        diagnostics.append(
            Diagnostic(
                "unknown-operation",
                at: node.place,
                "no operation is called \(Excerpt.quoted(node.bytes))",
                hint: hint ?? "operations: " + names.joined(separator: ", ")
            )
        )
        return nil
    }
}
