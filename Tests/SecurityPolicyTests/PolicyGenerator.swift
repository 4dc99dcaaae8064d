import TestSupport

/// Makes random policies, and events that come near to their rules.
///
/// Names are few, so that rules and events meet often; among them are all the corners: prefixes of
/// prefixes, a name that is a prefix, the name before its dot, `é` written in two ways, words that mean
/// something in YAML.
struct PolicyGenerator {
    var random: SeededGenerator
    private var literals: [String] = []
    private var prefixes: [String] = []
    private var groupNames: [String] = []
    /// What the policy at hand speaks of, how much of it its rules ask, and how many of them deny.
    private var operations: [String] = operationNames
    private var density = 50
    private var denials = 35
    /// How many names of events are none that a rule names.
    private var strangers = 10

    private static let allLiterals = [
        "a", "a.", "a.b", "a.b.", "a.b.c", "a.b.c.d", "a.bc", "a.c", "ab", "b", "b.a", "b.a.b", "x",
        "kl.core.NameServer", "Einit", "\u{e9}.n", "e\u{301}.n", ".", "..", ".a", "a..b", "no",
        "1.0", "~", "-", "a b", "a: b", "#a", "'q'", "\"q\"", "\\", "&x", "!t", "@h", "%d",
        "a, [b]",
        "{not: a}", "null", "\u{1F511}",
    ]
    private static let allPrefixes = [
        "a.", "a.b.", "a.b.c.", "a.bc.", "b.", "b.a.", "b.a.b.", "kl.", ".", "..", "a..", "\u{e9}.",
        "e\u{301}.", "a b.", "\u{1F511}.",
    ]
    /// Names of events that no policy can write as a literal.
    private static let unwritable = ["*", "a.*", "$g0", "$", "self", "all", "none"]

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
    }

    /// A policy of at most `size` rules.
    mutating func policy(size: Int = 24) -> NaivePolicy {
        literals = (0..<random.number(2...7)).map { _ in random.pick(Self.allLiterals) }
        prefixes = (0..<random.number(1...4)).map { _ in random.pick(Self.allPrefixes) }
        groupNames = []
        operations = Array(
            operationNames.shuffled(using: &random).prefix(random.pick([1, 2, 4, 10]))
        )
        density = random.pick([25, 50, 75, 95])
        denials = random.pick([3, 15, 40])
        strangers = random.pick([5, 10, 80])
        var policy = NaivePolicy()
        for index in 0..<random.number(0...4) {
            // A group can hold those before it, so that no cycle arises.
            let items = (0..<random.number(0...3)).map { _ in item() }
            policy.groups.append(.init(name: "g\(index)", items: items))
            groupNames.append("g\(index)")
        }
        policy.groups.shuffle(using: &random)
        let count = random.number(1...size)
        let ids = self.ids(count + 3)
        policy.rules = ids.prefix(count).map { rule($0, random.chance(denials) ? "deny" : "allow") }
        policy.invariants = ids.suffix(random.number(0...3)).map {
            rule($0, random.chance(50) ? "never" : "must")
        }
        return policy
    }

    /// Different identifiers whose byte order has nothing to do with their lengths.
    private mutating func ids(_ count: Int) -> [String] {
        let letters = Array("aAzZ019._-").map(String.init)
        var ids: Set<String> = []
        while ids.count < count {
            ids.insert((0..<random.number(1...4)).map { _ in random.pick(letters) }.joined())
        }
        var sorted = ids.sorted()
        sorted.shuffle(using: &random)
        return sorted
    }

    mutating func rule(_ id: String, _ effect: String) -> NaivePolicy.Rule {
        let operations = someOperations()
        var fields = ["process"]
        fields +=
            carriedFields["cm.connect", default: []] + [
                "target", "interface", "connection", "path",
            ]
        fields.removeAll { field in
            field != "process"
                && !operations.allSatisfy { carriedFields[$0, default: []].contains(field) }
        }
        let conditions = fields.filter { _ in random.chance(density) }
            .map { condition($0, effect, operations) }
        return .init(id: id, effect: effect, operations: operations, conditions: conditions)
    }

    private mutating func someOperations() -> [String] {
        if random.chance(4) { return operationNames }
        return Array(operations.shuffled(using: &random).prefix(random.pick([1, 1, 1, 2, 3])))
    }

    mutating func condition(
        _ field: String,
        _ effect: String,
        _ operations: [String]
    ) -> NaivePolicy.Condition {
        if field == "path" {
            return .init(field: field, subject: .path(random.pick(["static", "dynamic"])))
        }
        guard processFields.contains(field) else {
            return .init(field: field, subject: .name(items()))
        }
        let mayBeSelf =
            ["client", "server"].contains(field) && !operations.contains { $0.hasPrefix("init.") }
        let subject: NaivePolicy.Subject
        if mayBeSelf, random.chance(35) {
            subject = .caller
        } else {
            subject = random.chance(30) ? .className(items()) : .name(items())
        }
        let mayBeNegated = effect == "deny" || effect == "never"
        return .init(
            field: field,
            subject: subject,
            isNegated: mayBeNegated && random.chance(30)
        )
    }

    private mutating func items() -> [NaivePolicy.Item] {
        (0..<random.pick([1, 1, 1, 2, 3, 4])).map { _ in item() }
    }

    mutating func item() -> NaivePolicy.Item {
        if !groupNames.isEmpty, random.chance(20) { return .group(random.pick(groupNames)) }
        if random.chance(4) { return .any }
        return random.chance(35) ? .prefix(random.pick(prefixes)) : .literal(random.pick(literals))
    }
}

extension PolicyGenerator {
    /// An event about the names of the last policy.
    mutating func event() -> NaiveEvent {
        let operation = random.pick(random.chance(80) ? operations : operationNames)
        let caller = process()
        var event = NaiveEvent(operation: operation, processes: ["process": caller])
        for field in carriedFields[operation, default: []] {
            switch field {
            case "path": event.values[field] = random.pick(["static", "dynamic"])
            case "interface", "endpoint", "connection": event.values[field] = name()
            default:
                event.processes[field] = random.chance(40) ? caller : process()
            }
        }
        return event
    }

    private mutating func process() -> (name: String, className: String) {
        let name = name()
        // The same name with another class is another thing than the same process.
        return (name, random.chance(60) ? name : self.name())
    }

    private mutating func name() -> String {
        if random.chance(strangers) { return random.pick(["fresh", "stranger", "z.z"]) }
        switch random.number(0...9) {
        case 0...4: return random.pick(literals)
        case 5: return random.pick(prefixes)
        case 6: return random.pick(prefixes) + random.pick(["fresh", "fresh.er", ".", "*", "a"])
        case 7: return random.pick(prefixes) + random.pick(literals)
        case 8:
            let name = String(random.pick(prefixes).dropLast())
            return name.isEmpty ? "fresh" : name
        default: return random.pick(Self.unwritable + Self.allLiterals)
        }
    }
}
