import BrokerCore
import Diagnostics
import SecurityEvents
import SecurityPolicy

/// What a step had to bring, and the failure where it did not.
extension TestRunner {
    /// Whether a process can act; if not, the step fails and says what kept it from starting.
    mutating func isThere(_ process: ProcessName, _ step: Step) -> Bool {
        if broker.isThere(process) { return true }
        var came = "it is not there"
        if let refusal = refusals[process] {
            came += ": its init.execute was \(refusal.decision.text)"
        } else if ended.contains(process) {
            came += ": it has ended"
        }
        fail(
            step,
            "`\(process)` is there",
            came,
            refusals[process]?.event,
            refusals[process].map { rules.explanation(of: $0.decision, about: $0.event) }
        )
        return false
    }

    mutating func check(_ outcome: Outcome, _ expectation: Expectation, _ step: Step) {
        guard failures.isEmpty else { return }
        var explanation: Explanation?
        func explain() -> Explanation? {
            if explanation == nil, let event = outcome.event, let decision = outcome.decision {
                explanation = rules.explanation(of: decision, about: event)
            }
            return explanation
        }
        guard let (expected, came) = outcome.mismatch(with: expectation, explain: explain) else {
            return
        }
        _ = explain()
        var notes: [String] = []
        if let misuse = outcome.misuse { notes.append("misuse: \(misuse)") }
        if outcome.opensNameServer, let event = outcome.event, event.operation == .connect {
            notes.append("the dynamic path is an attempt to connect: \(event.summary)")
        }
        if let rule = expectation.rule, let event = outcome.event {
            notes += differences(of: rule, from: event, outcome.decision)
        }
        fail(step, expected, came, outcome.event, explanation, notes: notes)
    }

    /// What a process is told must be what the broker answered, whatever was expected of it.
    mutating func checkAgreement(_ call: CompletedCall, _ step: Step) {
        guard failures.isEmpty, let seen = call.seen else { return }
        let answer = ClientAnswer(call.completion)
        guard seen != answer else { return }
        fail(
            step,
            "the client sees what the broker answers",
            "the client saw \(seen.text), the broker answered \(answer.text)"
        )
    }

    /// Where the rule that was expected differs from what came.
    private func differences(
        of rule: String,
        from event: SecurityEvent,
        _ decision: Decision?
    ) -> [String] {
        guard let policy = rules?.policy else { return [] }
        guard let rule = policy.rules.first(where: { $0.id.text == rule }) else {
            let hint = Suggestion.didYouMean(rule, among: policy.rules.map(\.id.text))
            return ["no rule is called `\(rule)`" + (hint.map { "; \($0)" } ?? "")]
        }
        guard rule.operations.contains(event.operation) else {
            let names = rule.operations.map(\.rawValue).joined(separator: ", ")
            return ["`\(rule.id)` is about \(names), not \(event.operation.rawValue)"]
        }
        let unmet = rule.conditions.filter { !policy.holds($0, for: event) }.map { condition in
            "`\(rule.id)` says \(condition.field.rawValue): \(condition.text); "
                + "the event has \(event.text(of: condition.field) ?? "none")"
        }
        if unmet.isEmpty, let decision, decision.verdict != rule.effect {
            let effect = rule.effect == .allow ? "allows" : "denies"
            return ["`\(rule.id)` matches, but it \(effect), and the decision is another"]
        }
        return unmet
    }

    mutating func expectPending(_ names: [String], _ step: Step) {
        let wanted = Set(names.compactMap { savedCalls[$0] })
        let pending = broker.pendingCalls
        guard wanted != Set(pending) else { return }
        fail(
            step,
            "pending: " + (names.isEmpty ? "none" : names.joined(separator: ", ")),
            "pending: " + describe(pending),
            notes: list(pending)
        )
    }

    mutating func expectPending(_ count: Int, _ step: Step) {
        let pending = broker.pendingCalls
        guard pending.count != count else { return }
        fail(step, "\(count) pending", "\(pending.count) pending", notes: list(pending))
    }

    mutating func expectRefusal(of process: ProcessName, _ step: Step) {
        let expected = "`\(process)` was refused"
        if broker.isThere(process) {
            fail(step, expected, "it is there")
        } else if refusals[process] == nil {
            let came = ended.contains(process) ? "it has ended" : "nobody tried to start it"
            fail(step, expected, came)
        }
    }

    /// Pending calls by the names under which they were saved, the others as their steps.
    private func describe(_ pending: [CallID]) -> String {
        let texts = pending.map { call in
            let names = savedCalls.filter { $0.value == call }.keys.sorted()
            return names.first ?? waiting[call]?.step.summary ?? "a call"
        }
        return texts.isEmpty ? "none" : texts.joined(separator: ", ")
    }

    private func list(_ pending: [CallID]) -> [String] {
        pending.compactMap { waiting[$0] }
            .map { "pending: \($0.step.summary), of \($0.step.place)" }
    }

    mutating func fail(
        _ step: Step,
        _ expected: String,
        _ came: String,
        _ event: SecurityEvent? = nil,
        _ explanation: Explanation? = nil,
        notes: [String] = []
    ) {
        failures.append(
            StepFailure(
                place: step.place,
                step: step.summary,
                expected: expected,
                came: came,
                event: event,
                explanation: explanation,
                notes: notes
            )
        )
    }
}

extension RuleEngine? {
    /// What the rules have to say about a decision that was made.
    ///
    /// Who decided is not asked again: a program may be in another mood, a limit be reached no more.
    func explanation(of decision: Decision, about event: SecurityEvent) -> Explanation {
        guard var rules = self else { return Explanation(decision) }
        var explanation = rules.explain(event)
        if explanation.decision.cause != decision.cause {
            explanation.place = nil
            explanation.nearMiss = nil
        }
        explanation.decision = decision
        return explanation
    }
}
