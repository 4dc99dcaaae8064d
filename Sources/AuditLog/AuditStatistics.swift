package import SecurityEvents

/// Counts of a log, in constant memory: whatever a log holds, a table has a fixed number of rows.
package struct AuditStatistics: Sendable {
    /// How many decisions allow and deny.
    package struct Verdicts: Hashable, Sendable {
        package var allowed: UInt64 = 0
        package var denied: UInt64 = 0

        package var count: UInt64 { allowed + denied }

        mutating func add(_ verdict: Verdict) {
            if verdict == .allow { allowed += 1 } else { denied += 1 }
        }
    }

    /// Who attempted something with whom.
    package struct Pair: Hashable, Comparable, Sendable {
        package var from: ProcessName
        package var to: ProcessName

        package static func < (left: Self, right: Self) -> Bool {
            (left.from, left.to) < (right.from, right.to)
        }
    }

    /// What does not fit into a table is counted together.
    package struct Table<Key: Hashable & Sendable>: Sendable {
        package internal(set) var rows: [Key: Verdicts] = [:]
        package internal(set) var rest = Verdicts()
        private let limit = 10_000

        mutating func add(_ key: Key, _ verdict: Verdict) {
            if rows[key] == nil, rows.count == limit {
                rest.add(verdict)
            } else {
                rows[key, default: Verdicts()].add(verdict)
            }
        }
    }

    package private(set) var records: UInt64 = 0
    package private(set) var decisions = Verdicts()
    /// Denials that did not keep the call from going on.
    package private(set) var notEnforced: UInt64 = 0
    package private(set) var lost: UInt64 = 0
    package private(set) var kinds: [AuditRecord.Kind: UInt64] = [:]
    package private(set) var operations = Table<Operation>()
    package private(set) var causes = Table<String>()
    package private(set) var rules = Table<RuleID>()
    package private(set) var pairs = Table<Pair>()
    package private(set) var callers = Table<ProcessName>()
    package private(set) var histogram = TimeHistogram()
    package private(set) var first: WallTime?
    package private(set) var last: WallTime?

    package init() {}

    package mutating func add(_ logged: LoggedRecord) {
        let record = logged.record
        records += 1
        kinds[record.kind, default: 0] += 1
        lost += record.lost ?? 0
        first = min(first ?? logged.wall, logged.wall)
        last = max(last ?? logged.wall, logged.wall)
        histogram.add(logged)
        guard let decision = record.decision, let operation = record.operation,
            let process = record.process
        else { return }
        decisions.add(decision.verdict)
        if record.enforced == false { notEnforced += 1 }
        operations.add(operation, decision.verdict)
        causes.add(decision.cause.word, decision.verdict)
        if let rule = decision.cause.rule { rules.add(rule, decision.verdict) }
        callers.add(process.name, decision.verdict)
        let other = record.target ?? record.server
        if let other {
            pairs.add(Pair(from: (record.client ?? process).name, to: other.name), decision.verdict)
        }
    }
}
