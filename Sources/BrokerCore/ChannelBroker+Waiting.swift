package import SecurityEvents

extension ChannelBroker {
    /// When ``expire(at:)`` has something to do next.
    package var nextDeadline: Instant? { state.deadlines.next }

    /// How many calls wait.
    package var pendingCount: Int { state.pending.count }

    /// The calls that wait, by number.
    package var pendingCalls: [CallID] { state.pending.keys.sorted() }

    /// Whether `call` waits.
    package func isPending(_ call: CallID) -> Bool { state.pending[call] != nil }

    /// Lets time pass: completes every call whose deadline is now or before, by call number.
    package mutating func expire(at time: Instant) -> [Effect] {
        var step = advance(to: time)
        let now = step.now
        expire(where: { $0 <= now }, &step)
        return step.finish()
    }

    /// Completes the calls whose deadline `hasPassed`.
    mutating func expire(where hasPassed: (Instant) -> Bool, _ step: inout Step) {
        for call in state.deadlines.removeAll(where: hasPassed) {
            complete(call, .timeout, .none, &step)
        }
    }

    /// Makes the call of this step a pending one.
    mutating func wait(
        _ kind: PendingCall.Kind,
        timeout: Timeout,
        by caller: Caller,
        _ step: Step
    ) -> CallID {
        guard let call = step.call, let ruling = step.ruling else {
            preconditionFailure("only a call whose event was decided waits")
        }
        state.pending[call] = PendingCall(
            kind: kind,
            process: caller.index,
            event: ruling.event,
            decision: ruling.decision
        )
        state.processes[caller.index].waiting.append(call)
        if let deadline = timeout.deadline(from: step.now) {
            state.deadlines.insert(deadline, for: call)
        }
        return call
    }

    /// Completes a call that waits.
    mutating func complete(
        _ call: CallID,
        _ retcode: Retcode,
        _ outputs: Outputs,
        _ step: inout Step
    ) {
        let pending = endWait(call)
        report(call, pending, retcode, outputs, &step)
    }

    /// Takes a call that waits out of every table, with the handle that it reserved.
    mutating func endWait(_ call: CallID) -> PendingCall {
        guard let pending = state.pending.removeValue(forKey: call) else {
            preconditionFailure("only a call that waits ends its wait")
        }
        state.deadlines.remove(call)
        state.processes[pending.process].waiting.removeSorted(call)
        switch pending.kind {
        case .listen:
            state.processes[pending.process].listens.removeSorted(call)
        case .connect(let server):
            state.processes[server].queue.remove(call)
            state.processes[pending.process].handles.reservedCount -= 1
            state.handleNumbers.release()
        }
        return pending
    }

    /// Makes the outcome record and the completion of a call that waited.
    func report(
        _ call: CallID,
        _ pending: PendingCall,
        _ retcode: Retcode,
        _ outputs: Outputs,
        _ step: inout Step
    ) {
        var record = AuditRecord(.outcome, of: pending.event.event, at: step.now, call: call)
        record.retcode = retcode
        switch outputs {
        case .channel(_, let riid):
            record.riid = riid
        case .request(let client, let endpoint, _):
            record.client = identity(of: client)
            record.endpoint = endpoint
        case .none, .connection, .entry, .handle:
            break
        }
        step.outcome(record)
        step.complete(
            Completion(
                call: call,
                process: state.processes[pending.process].identity.name,
                retcode: retcode,
                outputs: outputs,
                decision: pending.decision,
                sharedEvent: pending.event
            )
        )
    }
}

extension Timeout {
    /// When a call that is made at `now` expires; nil for never.
    fileprivate func deadline(from now: Instant) -> Instant? {
        guard case .milliseconds(let milliseconds) = self else { return nil }
        let wait = UInt64(milliseconds) * 1_000_000
        let (sum, overflow) = now.nanoseconds.addingReportingOverflow(wait)
        return Instant(nanoseconds: overflow ? .max : sum)
    }
}
