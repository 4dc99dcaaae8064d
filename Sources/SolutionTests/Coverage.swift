import SecurityEvents
package import SecurityPolicy

/// Which rules the events of a suite met.
package struct Coverage: Sendable {
    package enum Level: String, Sendable {
        /// No event met its conditions.
        case neverReached = "never reached"
        /// Events met its conditions, and rules of the other effect decided them.
        case matched
        /// It was among the rules that decided.
        case decisive
    }

    /// A rule and how far the suite reaches it.
    package struct Entry: Sendable {
        package var rule: Rule
        package var level: Level
    }

    package private(set) var entries: [Entry]
    private let positions: [RuleID: Int]

    init(_ policy: Policy) {
        entries = policy.rules.map { Entry(rule: $0, level: .neverReached) }
        positions = Dictionary(
            policy.rules.enumerated().map { ($0.element.id, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    mutating func add(_ explanation: Explanation) {
        for match in explanation.matches {
            guard let position = positions[match.rule] else { continue }
            if match.effect == explanation.decision.verdict {
                entries[position].level = .decisive
            } else if entries[position].level == .neverReached {
                entries[position].level = .matched
            }
        }
    }

    /// How many rules have this level.
    package func count(_ level: Level) -> Int { entries.count { $0.level == level } }
}
