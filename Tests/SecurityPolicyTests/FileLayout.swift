import TestSupport

/// Spreads a policy over files that include one another.
struct FileLayout {
    private var random: SeededGenerator
    /// How many files are reached on more than one way.
    private(set) var extraIncludes = 0

    private static let folders = ["", "policies/", "policies/deep/", "other/"]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed &+ 77)
    }

    /// The documents by path, and the paths that are handed to the loader; the first document calls
    /// itself `file-0`.
    mutating func split(
        _ policy: NaivePolicy
    ) -> (documents: [String: String], roots: [String]) {
        let count = random.number(1...6)
        let paths = (0..<count).map { "\(random.pick(Self.folders))file-\($0).yaml" }
        var parts = Array(repeating: NaivePolicy(), count: count)
        for rule in policy.rules { parts[random.number(0...count - 1)].rules.append(rule) }
        for rule in policy.invariants {
            parts[random.number(0...count - 1)].invariants.append(rule)
        }
        for group in policy.groups { parts[random.number(0...count - 1)].groups.append(group) }

        var roots = [paths[0]]
        var includes: [[String]] = Array(repeating: [], count: count)
        for file in paths.indices.dropFirst() {
            // Files include only later ones, so that no cycle arises; some are roots instead.
            if random.chance(20) {
                roots.append(paths[file])
            } else {
                includes[random.number(0...file - 1)].append(paths[file])
            }
            for earlier in 0..<file where random.chance(25) {
                includes[earlier].append(paths[file])
                extraIncludes += 1
            }
        }
        var printer = PolicyPrinter(seed: random.next(), isFree: true)
        var documents: [String: String] = [:]
        for file in paths.indices {
            let targets = includes[file].shuffled(using: &random)
            documents[paths[file]] = printer.document(
                parts[file],
                name: "file-\(file)",
                includes: targets.map { spelling(of: $0, from: paths[file]) },
                requires: random.chance(30) ? Array(policy.groups.map(\.name).prefix(1)) : []
            )
        }
        return (documents, roots)
    }

    /// `target` as the file at `path` may write it.
    private mutating func spelling(of target: String, from path: String) -> String {
        let depth = path.split(separator: "/").count - 1
        let up = String(repeating: "../", count: depth)
        return random.pick(["", "./", "x/../"]) + up + target
    }
}

extension NaivePolicy {
    /// Writes some groups out where they are used.
    mutating func inlineSomeGroups(_ random: inout SeededGenerator) {
        let whole = self
        for rule in rules.indices {
            for condition in rules[rule].conditions.indices {
                func inline(_ items: [Item], _ random: inout SeededGenerator) -> [Item] {
                    let inlined = random.chance(50) ? whole.expand(items) : items
                    // An empty group is an empty set; an empty list is an error.
                    return inlined.isEmpty ? items : inlined
                }
                switch rules[rule].conditions[condition].subject {
                case .name(let items):
                    rules[rule].conditions[condition].subject = .name(inline(items, &random))
                case .className(let items):
                    rules[rule].conditions[condition].subject = .className(inline(items, &random))
                case .caller, .path: break
                }
            }
        }
    }
}

extension PolicyGenerator {
    /// `policy` with one thing changed, which may come to the same.
    mutating func change(_ policy: NaivePolicy) -> NaivePolicy {
        var changed = policy
        let index = random.number(0...policy.rules.count - 1)
        var rule = policy.rules[index]
        let hasNegation = rule.conditions.contains(where: \.isNegated)
        switch random.number(0...6) {
        case 0: rule.id = "changed"
        case 1 where !hasNegation: rule.effect = rule.effect == "allow" ? "deny" : "allow"
        case 2 where rule.operations.count > 1: rule.operations.removeLast()
        case 3: changed.rules.append(self.rule("added", "allow"))
        case 4 where !policy.groups.isEmpty:
            changed.groups[0].items.append(.literal("added"))
        case 5 where !rule.conditions.isEmpty:
            rule.conditions.remove(at: random.number(0...rule.conditions.count - 1))
        default:
            guard let condition = rule.conditions.indices.randomElement(using: &random) else {
                rule.operations = operationNames
                break
            }
            rule.conditions[condition] = self.condition(
                rule.conditions[condition].field,
                rule.effect,
                rule.operations
            )
        }
        changed.rules[index] = rule
        return changed
    }
}
