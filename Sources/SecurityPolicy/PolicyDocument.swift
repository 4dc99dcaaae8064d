import Diagnostics
import LocatedYAML
import SecurityEvents

/// One policy file, taken apart but not yet resolved against the others.
struct PolicyDocument {
    struct Reference {
        var text: String
        var place: SourceLocation
    }

    var file: String
    var name: String?
    var includes: [Reference] = []
    var requires: [Reference] = []
    var groups: [(name: Reference, items: [PatternItem])] = []
    var rules: [YAMLNode] = []
    var invariants: [YAMLNode] = []

    /// Takes `root` apart and reports every fault of the document's frame; rules and invariants are
    /// read when all groups are known.
    init(file: String, root: YAMLNode?, _ diagnostics: inout [Diagnostic]) {
        self.file = file
        guard let root else {
            let place = SourceLocation(file: file, line: 1, column: 1)
            diagnostics.append(
                Diagnostic(
                    "empty-document",
                    at: place,
                    "the policy is empty",
                    hint: "a policy that denies all is `policy: NAME`"
                )
            )
            return
        }
        guard var reader = MappingReader(root, "a policy", &diagnostics) else { return }
        name = reader.required("policy", &diagnostics).flatMap { Self.name($0, &diagnostics) }
        includes =
            reader.optional("include").map { references($0, "`include`", &diagnostics) } ?? []
        requires =
            reader.optional("requires").map { groupNames($0, &diagnostics) } ?? []
        groups = reader.optional("groups").map { readGroups($0, &diagnostics) } ?? []
        rules = reader.optional("rules").map { list($0, "`rules`", &diagnostics) } ?? []
        invariants =
            reader.optional("invariants").map { list($0, "`invariants`", &diagnostics) } ?? []
        reader.finish(&diagnostics)
    }

    /// Forgets the rule or the invariant in which the reading of the document ended.
    mutating func forgetLast(of root: YAMLNode?) {
        switch root?.entries.last?.key.text {
        case "rules": rules = rules.dropLast()
        case "invariants": invariants = invariants.dropLast()
        default: break
        }
    }

    private static func name(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> String? {
        guard let text = node.scalarText("`policy`", &diagnostics) else { return nil }
        do throws(NameFault) {
            return try ProcessName(text).description
        } catch {
            diagnostics.append(
                Diagnostic("invalid-name", at: node.place, "the name of the policy \(error)")
            )
            return nil
        }
    }

    private func references(
        _ node: YAMLNode,
        _ what: String,
        _ diagnostics: inout [Diagnostic],
        where isValid: (YAMLNode, inout [Diagnostic]) -> Bool = { _, _ in true }
    ) -> [Reference] {
        let items = node.kind == .scalar ? [node] : list(node, what, &diagnostics)
        return items.compactMap { item in
            guard !diagnostics.isUnbearable else { return nil }
            let what = node.kind == .scalar ? what : "an entry of \(what)"
            guard let text = item.scalarText(what, &diagnostics) else { return nil }
            guard !text.isEmpty else {
                diagnostics.append(Diagnostic("empty-value", at: item.place, "\(what) is empty"))
                return nil
            }
            guard isValid(item, &diagnostics) else { return nil }
            return Reference(text: text, place: item.place)
        }
    }

    private func groupNames(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [Reference] {
        references(node, "`requires`", &diagnostics) { item, diagnostics in
            if RuleID(item.text) != nil { return true }
            diagnostics.append(.invalidGroupName(item))
            return false
        }
    }

    private func list(
        _ node: YAMLNode,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [YAMLNode] {
        guard node.expect(.sequence, what, &diagnostics) else { return [] }
        if node.items.isEmpty {
            diagnostics.append(.emptyList(node, what, "leave the key out"))
        }
        return node.items
    }

    private func readGroups(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [(Reference, [PatternItem])] {
        guard node.expect(.mapping, "`groups`", &diagnostics) else { return [] }
        var groups: [(Reference, [PatternItem])] = []
        for (key, value) in node.entries where !diagnostics.isUnbearable {
            guard RuleID(key.text) != nil else {
                diagnostics.append(.invalidGroupName(key))
                continue
            }
            let what = "the group `\(key.text)`"
            // What a group may hold depends on where it is used.
            let items = readPatternItems(value, what, isProcess: false, &diagnostics) ?? []
            groups.append((Reference(text: key.text, place: key.place), items))
        }
        return groups
    }
}
