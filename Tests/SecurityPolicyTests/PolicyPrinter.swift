import TestSupport

/// Prints policies as YAML, in one of the many ways in which one policy can be written.
struct PolicyPrinter {
    var random: SeededGenerator
    /// Whether to shuffle lists, to repeat entries and to write one thing in several ways.
    var isFree = false

    init(seed: UInt64, isFree: Bool = false) {
        random = SeededGenerator(seed: seed)
        self.isFree = isFree
    }

    /// One document with all of `policy`; `includes` and `requires` as they are given.
    mutating func document(
        _ policy: NaivePolicy,
        name: String = "generated",
        includes: [String] = [],
        requires: [String] = []
    ) -> String {
        var sections = [["policy: \(quoted(name))"]]
        if !includes.isEmpty {
            sections.append(["include: " + flowList(includes.map { quoted($0) })])
        }
        if !requires.isEmpty {
            sections.append(["requires: " + flowList(requires.map { quoted($0) })])
        }
        if !policy.groups.isEmpty { sections.append(groups(policy.groups)) }
        if !policy.rules.isEmpty { sections.append(["rules:"] + policy.rules.flatMap { rule($0) }) }
        if !policy.invariants.isEmpty {
            sections.append(["invariants:"] + policy.invariants.flatMap { rule($0) })
        }
        if isFree { sections.shuffle(using: &random) }
        return sections.joined().map { $0 + "\n" }.joined()
    }

    private mutating func groups(_ groups: [NaivePolicy.Group]) -> [String] {
        ["groups:"]
            + groups.map { group in
                let isList = group.items.count != 1 || random.chance(50)
                let value = isList ? flowList(texts(group.items)) : texts(group.items)[0]
                return "  \(quoted(group.name)): \(value)"
            }
    }

    /// The lines of a rule or an invariant.
    private mutating func rule(_ rule: NaivePolicy.Rule) -> [String] {
        var entries = [["id: \(quoted(rule.id))"], operations(rule)]
        entries += rule.conditions.map { condition($0) }
        if random.chance(10) { entries.append(["why: \(quoted("because of \(rule.id)"))"]) }
        if isFree { entries.shuffle(using: &random) }
        let lines = entries.joined()
        return lines.enumerated().map { ($0.offset == 0 ? "  - " : "    ") + $0.element }
    }

    private mutating func operations(_ rule: NaivePolicy.Rule) -> [String] {
        let isAll = Set(rule.operations) == Set(operationNames)
        if isAll, !isFree || random.chance(50) { return ["\(rule.effect): all"] }
        var names = rule.operations
        if isFree { names.shuffle(using: &random) }
        if names.count == 1, random.chance(70) { return ["\(rule.effect): \(quoted(names[0]))"] }
        return block(rule.effect, names.map { quoted($0) })
    }

    private mutating func condition(_ condition: NaivePolicy.Condition) -> [String] {
        switch condition.subject {
        case .name(let items) where !condition.isNegated && items.count > 1:
            return block(condition.field, texts(items))
        case .name(let items): return [entry(condition, list(items))]
        case .className(let items): return [entry(condition, "{class: \(list(items))}")]
        case .caller: return [entry(condition, "self")]
        case .path(let path): return [entry(condition, path)]
        }
    }

    private func entry(_ condition: NaivePolicy.Condition, _ value: String) -> String {
        "\(condition.field): " + (condition.isNegated ? "{not: \(value)}" : value)
    }

    /// A list in one line or in several.
    private mutating func block(_ key: String, _ values: [String]) -> [String] {
        if random.chance(70) { return ["\(key): \(flowList(values))"] }
        return ["\(key):"] + values.map { "  - \($0)" }
    }

    private mutating func list(_ items: [NaivePolicy.Item]) -> String {
        let texts = texts(items)
        return texts.count == 1 && !(isFree && random.chance(50)) ? texts[0] : flowList(texts)
    }

    /// The items as scalars; where the printer is free, shuffled and with repeats.
    private mutating func texts(_ items: [NaivePolicy.Item]) -> [String] {
        var items = items
        if isFree, items.count > 1 || random.chance(20), let first = items.first {
            if random.chance(40) { items.append(first) }
            items.shuffle(using: &random)
        }
        return items.map { quoted($0.text) }
    }

    private func flowList(_ values: [String]) -> String {
        "[" + values.joined(separator: ", ") + "]"
    }

    /// A scalar: plain where that is safe, else in one of the two quotes.
    private mutating func quoted(_ text: String) -> String {
        let isHarmless = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || $0.properties.numericType != nil
                || "._$~*".contains(Character($0))
        }
        if isHarmless, !text.hasPrefix("*"), text != "~" || random.chance(50), random.chance(80) {
            return text
        }
        if random.chance(50) { return "'" + text.replacing("'", with: "''") + "'" }
        return "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
    }
}
