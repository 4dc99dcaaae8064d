import Diagnostics
import LocatedYAML
import SecurityEvents

extension RuleReader {
    /// What of the rule decides how its conditions may be written.
    struct Context {
        /// Whether complements are sayable: in `deny` and `never` only.
        var restricts: Bool
        var operations: [Operation]
    }

    mutating func condition(
        _ field: EventField,
        _ node: YAMLNode,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> Condition? {
        var isWhole = carries(field, node, context, &diagnostics)
        var inner = node
        var isNegated = false
        if field.isProcess, node.kind == .mapping, let complement = complement(of: node) {
            isNegated = true
            inner = complement.value
            if !context.restricts {
                diagnostics.append(
                    Diagnostic(
                        "complement-in-permission",
                        at: complement.key.place,
                        "`not` stands in `deny` rules and `never` invariants only",
                        hint: "name what is meant; a permission never covers names by complement"
                    )
                )
                isWhole = false
            }
        }
        guard
            let (subject, text) = subject(field, inner, context, &diagnostics), isWhole
        else { return nil }
        return Condition(
            field: field,
            subject: subject,
            isNegated: isNegated,
            text: isNegated ? "{not: \(text)}" : text,
            place: node.place
        )
    }

    private func carries(
        _ field: EventField,
        _ node: YAMLNode,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> Bool {
        let lacking = context.operations.filter { !$0.carries(field) }
        guard !lacking.isEmpty else { return true }
        let names = lacking.map { "`\($0.rawValue)`" }.joined(separator: ", ")
        let carrying = Operation.allCases.filter { $0.carries(field) }.map { "`\($0.rawValue)`" }
        diagnostics.append(
            Diagnostic(
                "field-not-carried",
                at: node.place,
                "\(names) \(lacking.count == 1 ? "carries" : "carry") no `\(field.rawValue)`",
                hint: "`\(field.rawValue)` is carried by " + carrying.joined(separator: ", ")
            )
        )
        return false
    }

    /// The only entry of `{not: …}`; other keys are reported where the mapping is read as a condition.
    private func complement(of node: YAMLNode) -> (key: YAMLNode, value: YAMLNode)? {
        let entries = node.entries
        guard entries.count == 1, entries[0].key.text == "not" else { return nil }
        return entries[0]
    }

    private mutating func subject(
        _ field: EventField,
        _ node: YAMLNode,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> (Condition.Subject, String)? {
        if field == .path { return path(node, &diagnostics) }
        guard field.isProcess else {
            return patterns(field, node, sort(of: field), context, &diagnostics)
                .map { (.name($0.set), $0.text) }
        }
        if node.kind == .mapping { return classSubject(field, node, context, &diagnostics) }
        if node.kind == .scalar, node.text == "self" {
            return caller(field, node, context, &diagnostics)
        }
        return patterns(field, node, .processName, context, &diagnostics)
            .map { (.name($0.set), $0.text) }
    }

    private func path(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> (Condition.Subject, String)? {
        guard let text = node.scalarText("`path`", &diagnostics) else { return nil }
        if let path = NameServerPath(rawValue: text) { return (.path(path), text) }
        diagnostics.append(
            Diagnostic(
                "invalid-path",
                at: node.place,
                "`path` is `static` or `dynamic`, not \(Excerpt.quoted(node.bytes))",
                hint: Suggestion.didYouMean(text, among: NameServerPath.allCases.map(\.rawValue))
                    ?? "leave the key out where both are meant"
            )
        )
        return nil
    }

    private func caller(
        _ field: EventField,
        _ node: YAMLNode,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> (Condition.Subject, String)? {
        let isCarriedByInit = context.operations.contains { $0 == .execute || $0 == .initConnect }
        if field == .client || field == .server, !isCarriedByInit { return (.caller, "self") }
        diagnostics.append(
            Diagnostic(
                "invalid-self",
                at: node.place,
                "`self` is the caller and stands for `client` or `server`, outside `init.*`",
                hint: isCarriedByInit ? "the caller of `init.*` is Einit" : nil
            )
        )
        return nil
    }

    private mutating func classSubject(
        _ field: EventField,
        _ node: YAMLNode,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> (Condition.Subject, String)? {
        let what = "a condition on a process"
        guard var reader = MappingReader(node, what, &diagnostics) else { return nil }
        let value = reader.optional("class")
        if reader.optional("not") != nil {
            diagnostics.append(
                Diagnostic(
                    "conflicting-keys",
                    at: node.place,
                    "`not` stands alone around a name, a class or `self`, once",
                    hint: "write {not: {class: …}}"
                )
            )
            return nil
        }
        reader.finish(&diagnostics)
        if node.entries.isEmpty {
            diagnostics.append(
                Diagnostic("missing-key", at: node.place, "\(what) needs the key `class` or `not`")
            )
        }
        return value.flatMap { patterns(field, $0, .className, context, &diagnostics) }
            .map { (.className($0.set), "{class: \($0.text)}") }
    }

    private func sort(of field: EventField) -> Policy.Mention.Sort {
        switch field {
        case .interface: .interface
        case .endpoint: .endpoint
        case .connection: .connection
        case .process, .client, .server, .target, .path: .processName
        }
    }
}

extension RuleReader {
    private mutating func patterns(
        _ field: EventField,
        _ node: YAMLNode,
        _ sort: Policy.Mention.Sort,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> (set: PatternSet.ID, text: String)? {
        let what = sort == .className ? "`class`" : "`\(field.rawValue)`"
        if node.kind == .sequence, node.items.isEmpty {
            diagnostics.append(.emptyList(node, what, "leave the key out where any is meant"))
            return nil
        }
        let isProcess = sort == .processName || sort == .className
        guard let items = readPatternItems(node, what, isProcess: isProcess, &diagnostics) else {
            return nil
        }
        let texts = items.map(\.text)
        let text = node.kind == .sequence ? "[\(texts.joined(separator: ", "))]" : texts[0]
        guard items.count == 1, case .group(let name) = items[0].content else {
            return set(of: items, at: node.place, sort, context, &diagnostics).map { ($0, text) }
        }
        let use = GroupUse(group: name, sort: sort, failsOpen: context.restricts)
        if let set = groupSets[use] { return (set, text) }
        groupSets[use] = set(of: items, at: node.place, sort, context, &diagnostics)
        return groupSets[use].map { ($0, text) }
    }

    /// The set of the patterns that `items` stand for, whose mentions are noted; nil and errors where a
    /// group is none.
    private mutating func set(
        of items: [PatternItem],
        at place: SourceLocation,
        _ sort: Policy.Mention.Sort,
        _ context: Context,
        _ diagnostics: inout [Diagnostic]
    ) -> PatternSet.ID? {
        let count = diagnostics.count
        let expansion = groups.expand(items, at: place, &diagnostics)
        if sort == .processName || sort == .className { reportReserved(expansion, &diagnostics) }
        guard diagnostics.count == count else { return nil }
        for named in expansion {
            mentions.append(
                Policy.Mention(
                    pattern: named.pattern,
                    sort: sort,
                    place: named.place,
                    failsOpen: context.restricts
                )
            )
        }
        return number(of: expansion.map(\.pattern))
    }

    /// Words that a group may hold for endpoints, and not for processes.
    private func reportReserved(_ patterns: [NamedPattern], _ diagnostics: inout [Diagnostic]) {
        for named in patterns {
            guard case .literal(let name) = named.pattern, name.count == 4 || name.count == 3,
                let fault = Diagnostic.reservedName(
                    String(decoding: name, as: UTF8.self),
                    at: named.place
                )
            else { continue }
            diagnostics.append(fault)
        }
    }

    private mutating func number(of patterns: [Pattern]) -> PatternSet.ID {
        let set = PatternSet(patterns: Array(Set(patterns)).sorted())
        if let number = setNumbers[set] { return PatternSet.ID(index: number) }
        sets.append(set)
        setNumbers[set] = sets.count - 1
        return PatternSet.ID(index: sets.count - 1)
    }
}
