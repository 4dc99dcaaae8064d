import BrokerCore
import Diagnostics
import SecurityEvents
import SecurityPolicy

/// Runs one test step by step against a broker of its own.
///
/// A call that blocks stays pending while later steps run; its expectation is checked when it
/// completes. The first failure ends the test: what follows would only be its echo.
struct TestRunner {
    private var broker: ChannelBroker
    private var rules: RuleEngine?
    private let keepsRecords: Bool
    private var records: [AuditRecord]
    private var now = Instant.zero
    /// Calls that are made and not completed, with their steps.
    private var waiting: [CallID: WaitingCall] = [:]
    private var savedCalls: [String: CallID] = [:]
    private var savedHandles: [String: Result<Handle, SavedFault>] = [:]
    /// The misuse that the call at hand was recorded with.
    private var misuse: [CallID: String] = [:]
    /// The last refused start of each process.
    private var refusals: [ProcessName: Decision] = [:]
    private var failures: [StepFailure] = []
    /// What was asked for without a call.
    private(set) var pureDecisions: [(SecurityEvent, Decision)] = []

    private struct WaitingCall {
        var step: Step
        var call: CallStep
    }

    /// Why a saved name holds no handle.
    private struct SavedFault: Error {
        var text: String
    }

    init(
        broker: ChannelBroker,
        rules: RuleEngine?,
        startRecords: [AuditRecord],
        keepsRecords: Bool
    ) {
        self.broker = broker
        self.rules = rules
        self.keepsRecords = keepsRecords
        records = keepsRecords ? startRecords : []
        for record in startRecords { noteRefusal(record) }
    }

    /// Runs `setup`, then the test's own steps, then lets the clock run to the last deadline.
    mutating func run(_ test: SuiteTest, setup: [Step]) -> PointResult {
        for step in setup + test.steps {
            run(step)
            if !failures.isEmpty { break }
        }
        if failures.isEmpty { finish() }
        return PointResult(
            name: test.name,
            place: test.place,
            kind: .test(steps: setup.count + test.steps.count),
            failures: failures,
            records: records
        )
    }

    private mutating func run(_ step: Step) {
        switch step.action {
        case .call(let call): perform(call, step)
        case .decide(let event, let expectation): decide(event, expectation, step)
        case .advance(let milliseconds): advance(to: now.advanced(byMilliseconds: milliseconds))
        case .expectPendingCount(let count):
            let pending = broker.pendingCalls
            if pending.count != count {
                fail(step, "\(count) pending", "\(pending.count) pending", notes: list(pending))
            }
        case .expectPending(let names): expectPending(names, step)
        case .exit(let process):
            guard isThere(process, step) else { return }
            absorb(broker.endProcess(process, at: now))
        case .start(let start): self.start(start, step)
        case .refused(let process):
            if broker.isThere(process) {
                fail(step, "`\(process)` was not started", "it is there")
            } else if refusals[process] == nil {
                fail(step, "`\(process)` was refused", "nobody tried to start it, or it has ended")
            }
        }
    }

    // MARK: Steps

    private mutating func perform(_ call: CallStep, _ step: Step) {
        guard isThere(call.process, step) else { return }
        let request: Request
        do throws(SavedFault) {
            request = try resolve(call)
        } catch {
            fail(step, "a handle to pass", error.text)
            return
        }
        let (id, effects) = broker.perform(request, by: call.process, at: now)
        waiting[id] = WaitingCall(step: step, call: call)
        if let save = call.save {
            savedCalls[save] = id
            savedHandles[save] = .failure(SavedFault(text: "`$\(save)` has not completed yet"))
        }
        absorb(effects)
    }

    private mutating func decide(
        _ event: SecurityEvent,
        _ expectation: Expectation,
        _ step: Step
    ) {
        let explanation = broker.explain(event)
        pureDecisions.append((event, explanation.decision))
        let outcome = Outcome(decision: explanation.decision, event: event)
        check(outcome, expectation, step)
    }

    private mutating func start(_ start: StartStep, _ step: Step) {
        guard isThere(start.starter, step) else { return }
        let result = broker.startProcess(
            start.process,
            className: start.className,
            by: start.starter,
            at: now
        )
        absorb(result.effects)
        let outcome = Outcome(
            retcode: result.retcode,
            decision: result.decision,
            event: result.event
        )
        check(outcome, start.expectation, step)
    }

    private mutating func expectPending(_ names: [String], _ step: Step) {
        let wanted = Set(names.compactMap { savedCalls[$0] })
        let pending = broker.pendingCalls
        guard wanted != Set(pending) else { return }
        let came = names.filter { savedCalls[$0].map(broker.isPending) ?? false }
        fail(
            step,
            "pending: \(names.joined(separator: ", "))",
            "pending: \(came.isEmpty ? "none of them" : came.joined(separator: ", "))",
            notes: list(pending)
        )
    }

    /// Lets time pass and stops at every deadline on the way, the last included.
    private mutating func advance(to target: Instant) {
        while let deadline = broker.nextDeadline, deadline <= target, failures.isEmpty {
            now = max(now, deadline)
            absorb(broker.expire(at: now))
        }
        now = max(now, target)
    }

    private mutating func finish() {
        while let deadline = broker.nextDeadline, failures.isEmpty { advance(to: deadline) }
        guard failures.isEmpty else { return }
        for (_, call) in waiting.sorted(by: { $0.key < $1.key }) {
            fail(call.step, "the call completes", "it waits for ever: nothing can complete it")
        }
    }

    // MARK: Effects

    private mutating func absorb(_ effects: [Effect]) {
        for effect in effects {
            switch effect {
            case .record(let record):
                if keepsRecords { records.append(record) }
                if let call = record.call, let text = record.misuse { misuse[call] = text }
                noteRefusal(record)
            case .complete(let completion): complete(completion)
            case .channelCreated, .sideOpened, .sideClosed, .channelDeleted: break
            }
        }
    }

    private mutating func noteRefusal(_ record: AuditRecord) {
        guard record.operation == .execute, let target = record.target?.name,
            let decision = record.decision
        else { return }
        refusals[target] = decision.verdict == .deny ? decision : nil
    }

    private mutating func complete(_ completion: Completion) {
        guard let call = waiting.removeValue(forKey: completion.call) else { return }
        if let save = call.call.save {
            savedHandles[save] =
                completion.outputs.handle.map(Result.success)
                ?? .failure(
                    SavedFault(
                        text: "`$\(save)` holds no handle: its call ended with "
                            + completion.retcode.name
                    )
                )
        }
        let outcome = Outcome(
            retcode: completion.retcode,
            outputs: completion.outputs,
            decision: completion.decision,
            event: completion.event,
            misuse: misuse.removeValue(forKey: completion.call)
        )
        check(outcome, call.call.expectation, call.step)
    }

    // MARK: Handles

    private func resolve(_ call: CallStep) throws(SavedFault) -> Request {
        func handle(_ reference: HandleReference) throws(SavedFault) -> Handle {
            switch reference {
            case .literal(let handle): return handle
            case .saved(let name):
                let fault = SavedFault(text: "`$\(name)` was never saved")
                return try (savedHandles[name] ?? .failure(fault)).get()
            case .onlyConnection:
                let open = broker.connections(of: call.process)
                guard open.count <= 1 else {
                    throw SavedFault(
                        text: "`\(call.process)` has \(open.count) connections to name servers; "
                            + "say which with `ns:`"
                    )
                }
                return open.first ?? .invalid
            }
        }
        switch call.request {
        case .fixed(let request): return request
        case .publish(let ns, let interface, let server, let endpoint):
            return .publish(
                ns: try handle(ns),
                interface: interface,
                server: server,
                endpoint: endpoint
            )
        case .unpublish(let ns, let interface, let server, let endpoint):
            return .unpublish(
                ns: try handle(ns),
                interface: interface,
                server: server,
                endpoint: endpoint
            )
        case .enumerate(let ns, let interface, let index, let serverSize, let endpointSize):
            return .enumerate(
                ns: try handle(ns),
                interface: interface,
                index: index,
                serverSize: serverSize,
                endpointSize: endpointSize
            )
        case .accept(let client, let endpoint, let riid, let listener):
            return .accept(
                client: client,
                endpoint: endpoint,
                riid: riid,
                listener: try handle(listener)
            )
        case .close(let reference): return .close(try handle(reference))
        }
    }

    // MARK: Verdicts on steps

    private mutating func isThere(_ process: ProcessName, _ step: Step) -> Bool {
        if broker.isThere(process) { return true }
        let why = refusals[process].map { "its init.execute was \($0.text)" }
        fail(step, "`\(process)` is there", "it is not there" + (why.map { ": \($0)" } ?? ""))
        return false
    }

    private mutating func check(_ outcome: Outcome, _ expectation: Expectation, _ step: Step) {
        guard failures.isEmpty else { return }
        var explanation: Explanation?
        func explain() -> Explanation? {
            if explanation == nil, let event = outcome.event { explanation = broker.explain(event) }
            return explanation
        }
        guard let (expected, came) = outcome.mismatch(with: expectation, explain: explain) else {
            return
        }
        _ = explain()
        var notes: [String] = []
        if let misuse = outcome.misuse { notes.append("misuse: \(misuse)") }
        if let rule = expectation.rule, let event = outcome.event {
            notes += differences(of: rule, from: event)
        }
        fail(step, expected, came, outcome.event, explanation, notes: notes)
    }

    /// Where the rule that was expected differs from the event that came.
    private mutating func differences(of rule: String, from event: SecurityEvent) -> [String] {
        guard let policy = rules?.policy else { return [] }
        guard let rule = policy.rules.first(where: { $0.id.text == rule }) else {
            let hint = Suggestion.didYouMean(rule, among: policy.rules.map(\.id.text))
            return ["no rule is called `\(rule)`" + (hint.map { "; \($0)" } ?? "")]
        }
        guard rule.operations.contains(event.operation) else {
            let names = rule.operations.map(\.rawValue).joined(separator: ", ")
            return ["`\(rule.id)` is about \(names), not \(event.operation.rawValue)"]
        }
        return rule.conditions.filter { !policy.holds($0, for: event) }.map { condition in
            "`\(rule.id)` says \(condition.field.rawValue): \(condition.text); "
                + "the event has \(event.text(of: condition.field) ?? "none")"
        }
    }

    private mutating func fail(
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

    private func list(_ pending: [CallID]) -> [String] {
        pending.compactMap { waiting[$0] }.map { "pending: \($0.step.summary)" }
    }
}
