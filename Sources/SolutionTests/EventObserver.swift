package import SecurityEvents
import SecurityPolicy

/// Watches decided events for what concerns a whole suite: coverage, and what a candidate would say.
struct EventObserver {
    private var rules: RuleEngine?
    private(set) var coverage: Coverage?
    private(set) var candidateDifferences: [CandidateDifference] = []
    private var covered: Set<SecurityEvent> = []
    private var compared: Set<SecurityEvent> = []

    /// Whether it has a use for the records of tests.
    let wantsRecords: Bool

    init(rules: RuleEngine?, hasCandidate: Bool) {
        self.rules = rules
        wantsRecords = rules != nil || hasCandidate
        coverage = rules.map { Coverage($0.policy) }
    }

    mutating func observe(_ records: some Sequence<AuditRecord>) {
        for record in records where record.kind == .decision {
            if let event = record.event, let decision = record.decision {
                observe(event, decision)
            }
        }
    }

    mutating func observe(_ event: SecurityEvent, _ decision: Decision) {
        if rules != nil, covered.insert(event).inserted, let explanation = rules?.explain(event) {
            coverage?.add(explanation)
        }
        // What a limit refused says nothing about the policies; the next of its kind may.
        if case .limit = decision.cause { return }
        guard let candidate = decision.candidate, compared.insert(event).inserted else { return }
        if candidate.verdict != decision.verdict {
            candidateDifferences.append(
                CandidateDifference(event: event, live: decision, candidate: candidate)
            )
        }
    }
}

/// An event that live policy and candidate decide differently.
package struct CandidateDifference: Hashable, Sendable {
    package var event: SecurityEvent
    package var live: Decision
    package var candidate: CandidateDecision
}
