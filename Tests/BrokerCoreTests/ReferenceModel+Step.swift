import BrokerCore
import SecurityEvents

/// The parts of a step.
extension ReferenceModel {
    /// Lets time go on; deadlines before now are a step of their own.
    mutating func pass(to time: Instant) -> [Effect] {
        now = max(now, time)
        for call in waiting {
            if let deadline = call.deadline, deadline < now { end(call, .timeout) }
        }
        return finish(nil)
    }

    mutating func ask(_ event: SecurityEvent) throws(Stop) {
        let decision = auditAvailable ? decide(event) : Decision(.deny, .auditUnavailable)
        var isPolicy = false
        switch decision.cause {
        case .rule, .noRule: isPolicy = true
        default: break
        }
        let isLetThrough = decision.verdict == .deny && isPolicy && mode == .permissive
        decided.append((event, decision, !isLetThrough))
        if decision.verdict == .deny && !isLetThrough { throw .denied }
    }

    /// One record a decision; the last one has the retcode.
    mutating func noteDecisions(retcode: Retcode?) {
        for (index, one) in decided.enumerated() {
            var record = AuditRecord(.decision, of: one.event, at: now, call: call)
            record.decision = one.decision
            record.enforced = one.enforced
            record.mode = mode
            record.policy = engine.label
            record.generation = 0
            if index == decided.count - 1 { record.retcode = retcode }
            own.append(record)
        }
    }

    mutating func noteMisuse(
        _ text: String,
        _ retcode: Retcode?,
        _ operation: Operation?,
        _ process: ProcessName
    ) {
        var record = AuditRecord(.misuse, at: now, call: call)
        record.misuse = text
        record.retcode = retcode
        record.operation = operation
        record.process = identity(process)
        own.append(record)
    }

    /// Ends the wait of a call.
    mutating func end(_ ended: Waiting, _ retcode: Retcode, _ outputs: Outputs = .none) {
        waiting.removeAll { $0.call == ended.call }
        queue.removeAll { $0 == ended.call }
        var outcome = AuditRecord(.outcome, of: ended.event, at: now, call: ended.call)
        outcome.retcode = retcode
        outcome.riid = outputs.riid
        if let client = outputs.client { outcome.client = identity(client) }
        if ended.server == nil { outcome.endpoint = outputs.endpoint }
        let completion = Completion(
            call: ended.call,
            process: ended.process,
            retcode: retcode,
            outputs: outputs,
            decision: ended.decision,
            event: ended.event
        )
        others.append((outcome, completion))
    }

    mutating func finish(_ completion: Completion?) -> [Effect] {
        others.sort { $0.completion.call < $1.completion.call }
        let records = own + changes + others.map(\.outcome)
        let completions = [completion].compactMap { $0 } + others.map(\.completion)
        own = []
        changes = []
        others = []
        decided = []
        call = nil
        return records.map { .record($0) } + completions.map { .complete($0) }
    }

    mutating func takeHandle(_ owner: ProcessName, _ kind: Kind) -> Handle {
        let handle = Handle(rawValue: UInt32(nextHandle))
        nextHandle += 1
        held.append(Held(handle: handle, owner: owner, kind: kind))
        return handle
    }

    mutating func addChannel(
        _ record: AuditRecord,
        _ client: Run,
        _ server: Run,
        _ change: (inout Channel) -> Void
    ) {
        var channel = Channel(record: record, client: client, server: server)
        change(&channel)
        channels.append(channel)
        changes.append(record)
    }

    mutating func closeClient(_ index: Int) {
        guard !channels[index].isClientClosed else { return }
        channels[index].isClientClosed = true
        let server = channels[index].server
        if isNameServer(server.identity), channels[index].serverHandle == nil {
            channels[index].isServerClosed = true
        }
        noteDeletion(index)
    }

    mutating func closeServer(_ index: Int) {
        guard !channels[index].isServerClosed else { return }
        channels[index].isServerClosed = true
        noteDeletion(index)
    }

    private mutating func noteDeletion(_ index: Int) {
        guard channels[index].isClientClosed, channels[index].isServerClosed else { return }
        var record = channels[index].record
        record.kind = .channelDeleted
        record.time = now
        record.call = call
        changes.append(record)
    }
}
