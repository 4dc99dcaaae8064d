package import SecurityEvents

extension ChannelBroker {
    /// Asks the engine about `event`.
    ///
    /// The record waits in `step` for the call's retcode; that of an earlier event of the same call
    /// is made now, without one.
    ///
    /// - Throws: `denied` if the denial is carried out.
    mutating func decide(_ event: SecurityEvent, _ step: inout Step) throws(Refusal) {
        recordRuling(retcode: nil, &step)
        let decision =
            auditAvailable ? engine.decide(event) : Decision(.deny, .auditUnavailable)
        let isLetThrough =
            decision.verdict == .deny && decision.cause.isPolicy && mode == .permissive
        step.rule(Ruling(event: .shared(event), decision: decision, enforced: !isLetThrough))
        if decision.verdict == .deny, !isLetThrough { throw .denied }
    }

    /// Makes the record of the latest decision, if there is one without a record.
    mutating func recordRuling(retcode: Retcode?, _ step: inout Step) {
        guard let ruling = step.takeRuling() else { return }
        var record = AuditRecord(.decision, of: ruling.event.event, at: step.now, call: step.call)
        record.decision = ruling.decision
        record.enforced = ruling.enforced
        record.retcode = retcode
        record.mode = mode
        record.policy = policy
        record.generation = generation
        step.record(record)
    }

    /// Completes the call of this step.
    func complete(
        _ process: ProcessName,
        _ retcode: Retcode,
        _ outputs: Outputs,
        _ step: inout Step
    ) {
        guard let call = step.call else { return }
        step.complete(
            Completion(
                call: call,
                process: process,
                retcode: retcode,
                outputs: outputs,
                decision: step.answer?.decision
                    ?? step.eventlessLimit.map { Decision(.deny, .limit($0)) },
                sharedEvent: step.answer?.event
            )
        )
    }

    /// Makes the last decision record of the call of this step, and completes it.
    mutating func conclude(
        _ process: ProcessName,
        _ retcode: Retcode,
        _ outputs: Outputs,
        _ step: inout Step
    ) {
        recordRuling(retcode: retcode, &step)
        complete(process, retcode, outputs, &step)
    }

    /// Completes a call that was refused, with the record that says why.
    mutating func refuse(
        _ request: Request,
        _ process: ProcessName,
        _ refusal: Refusal,
        _ step: inout Step
    ) {
        switch refusal {
        case .misuse(let text, let retcode):
            recordMisuse(text, retcode, of: request.operation, by: process, &step)
            complete(process, retcode, .none, &step)
        case .denied:
            conclude(process, .securityDisallow, .none, &step)
        case .failed(let retcode):
            conclude(process, retcode, .none, &step)
        case .limit(let name):
            // A call that is no event has no decision to turn into a denial, but a refusal by a
            // limit never goes unrecorded.
            if step.ruling == nil {
                let text = "the limit `\(name.rawValue)` is reached"
                recordMisuse(text, .quotaExceeded, of: nil, by: process, &step)
                step.eventlessLimit = name
            }
            step.limit(name)
            conclude(process, .quotaExceeded, .none, &step)
        }
    }

    /// Makes a `misuse` record; without a retcode the call goes on.
    func recordMisuse(
        _ text: String,
        _ retcode: Retcode?,
        of operation: Operation?,
        by process: ProcessName,
        _ step: inout Step
    ) {
        var record = AuditRecord(.misuse, at: step.now, call: step.call)
        record.operation = operation
        record.process = identity(of: process)
        record.misuse = text
        record.retcode = retcode
        step.record(record)
    }

    /// What the engine thinks of `event`, for people: no call, no state, no record.
    package mutating func explain(_ event: SecurityEvent) -> Explanation {
        engine.explain(event)
    }
}
