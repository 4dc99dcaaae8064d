import SecurityEvents
import SecurityPolicy

/// Which processes of a solution meet the conditions of a policy.
///
/// Rules share their pattern sets: each set is compared with the processes once.
struct ProcessMatches {
    let processes: [ProcessIdentity]
    private let policy: Policy
    private var known: [Condition.Subject: [ProcessIdentity]] = [:]

    init(_ processes: [ProcessIdentity], _ policy: Policy) {
        self.processes = processes
        self.policy = policy
    }

    /// The processes that meet `condition`; for `self` any may.
    mutating func matches(_ condition: Condition) -> [ProcessIdentity] {
        let subject = condition.subject
        let matching: [ProcessIdentity]
        if let found = known[subject] {
            matching = found
        } else {
            matching = processes.filter { process in
                switch subject {
                case .name(let set): policy.sets[set.index].matches(process.name.bytes)
                case .className(let set): policy.sets[set.index].matches(process.className.bytes)
                case .caller, .path: true
                }
            }
            known[subject] = matching
        }
        guard condition.isNegated, subject != .caller else { return matching }
        let excluded = Set(matching)
        return processes.filter { !excluded.contains($0) }
    }

    /// The processes that meet all conditions of `rule` on these fields.
    mutating func matches(_ rule: Rule, _ fields: [EventField]) -> [ProcessIdentity] {
        var result: [ProcessIdentity]?
        for condition in rule.conditions where fields.contains(condition.field) {
            let matching = matches(condition)
            guard let found = result else {
                result = matching
                continue
            }
            let both = Set(matching)
            result = found.filter(both.contains)
        }
        return result ?? processes
    }
}

extension Policy {
    /// Whether every process meets the condition.
    func isAny(_ condition: Condition) -> Bool {
        switch condition.subject {
        case .name(let set), .className(let set):
            !condition.isNegated && sets[set.index].patterns.contains(.any)
        case .caller, .path: false
        }
    }
}
