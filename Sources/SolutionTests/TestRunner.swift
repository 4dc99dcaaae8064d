import BrokerCore
import Diagnostics
import SecurityEvents
import SecurityPolicy

/// Runs one test step by step against a broker of its own, which it reaches over a ``Transport``.
///
/// A call that blocks stays pending while later steps run; its expectation is checked when it
/// completes. The first failure ends the test: what follows would only be its echo.
struct TestRunner {
    private var transport: any Transport
    /// The policy's rules, for what a failure shows.
    let rules: RuleEngine?
    private let keepsRecords: Bool
    private var records: [AuditRecord] = []
    /// How many of the records come from the start, which all tests have in common.
    private(set) var startCount = 0
    /// Calls that are made and not completed, with their steps.
    private(set) var waiting: [CallID: WaitingCall] = [:]
    private(set) var savedCalls: [String: CallID] = [:]
    private(set) var savedHandles: [String: Result<Handle, SavedFault>] = [:]
    /// What calls were recorded to have done wrong.
    private var misuse: [CallID: String] = [:]
    /// The processes whose last start was refused.
    private(set) var refusals: [ProcessName: Refusal] = [:]
    /// The processes that were there and are not.
    private(set) var ended: Set<ProcessName> = []
    var failures: [StepFailure] = []
    /// What was asked for without a call.
    private(set) var pureDecisions: [(SecurityEvent, Decision)] = []

    struct WaitingCall {
        var step: Step
        var call: CallStep
    }

    /// A start that was refused.
    struct Refusal {
        var event: SecurityEvent
        var decision: Decision
    }

    init(transport: any Transport, rules: RuleEngine?, keepsRecords: Bool) {
        self.transport = transport
        self.rules = rules
        self.keepsRecords = keepsRecords
    }

    /// The broker as it is now.
    var broker: ChannelBroker { transport.broker }

    /// Starts the solution, runs `setup`, then the test's own steps, then lets the clock run to the
    /// last deadline.
    mutating func run(_ test: SuiteTest, setup: [Step]) -> PointResult {
        start(test)
        for step in setup + test.steps where failures.isEmpty { run(step) }
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
        case .advance(let milliseconds): advance(by: milliseconds, step)
        case .expectPendingCount(let count): expectPending(count, step)
        case .expectPending(let names): expectPending(names, step)
        case .exit(let process):
            guard isThere(process, step) else { return }
            absorb(transport.endProcess(process), step)
        case .start(let start): self.start(start, step)
        case .refused(let process): expectRefusal(of: process, step)
        }
    }

    // MARK: Steps

    private mutating func start(_ test: SuiteTest) {
        let happenings = transport.start()
        startCount = happenings.records.count
        absorb(happenings)
        if let fault = happenings.fault { failures.append(StepFailure(fault, atStartOf: test)) }
    }

    private mutating func perform(_ call: CallStep, _ step: Step) {
        guard isThere(call.process, step) else { return }
        let request: Request
        do throws(SavedFault) {
            request = try resolve(call)
        } catch {
            fail(step, "a handle to pass", error.text)
            return
        }
        let (id, happenings) = transport.perform(request, by: call.process)
        if let id { waiting[id] = WaitingCall(step: step, call: call) }
        if let save = call.save {
            savedCalls[save] = id
            savedHandles[save] = .failure(SavedFault(text: "`$\(save)` has not completed yet"))
        }
        absorb(happenings, step)
    }

    private mutating func decide(
        _ event: SecurityEvent,
        _ expectation: Expectation,
        _ step: Step
    ) {
        let event = broker.current(event)
        var engine = broker.engine
        let decision = engine.explain(event).decision
        pureDecisions.append((event, decision))
        let outcome = Outcome(decision: decision, event: event)
        check(outcome, expectation, step)
    }

    private mutating func start(_ start: StartStep, _ step: Step) {
        guard isThere(start.starter, step) else { return }
        let (result, happenings) = transport.startProcess(
            start.process,
            className: start.className,
            by: start.starter
        )
        absorb(happenings, step)
        let outcome = Outcome(
            retcode: result.retcode,
            decision: result.decision,
            event: result.event,
            misuse: happenings.records.lazy.compactMap(\.misuse).first
        )
        check(outcome, start.expectation, step)
    }

    /// How far the clock goes: about 146 years.
    ///
    /// Every deadline still fits behind it.
    private static let lastMoment = Instant(nanoseconds: 1 << 62)

    private mutating func advance(by milliseconds: UInt64, _ step: Step) {
        let target = transport.now.advanced(byMilliseconds: milliseconds)
        guard target <= Self.lastMoment else {
            return fail(step, "a moment on the clock", "the clock ends before")
        }
        advance(to: target, step)
    }

    /// Lets time pass and stops at every deadline on the way, the last included.
    private mutating func advance(to target: Instant, _ step: Step) {
        while let deadline = broker.nextDeadline, deadline <= target, failures.isEmpty {
            absorb(transport.setTime(deadline), step)
        }
        if failures.isEmpty { absorb(transport.setTime(target), step) }
    }

    private mutating func finish() {
        while let deadline = broker.nextDeadline, failures.isEmpty,
            let first = waiting.min(by: { $0.key < $1.key })
        {
            absorb(transport.setTime(deadline), first.value.step)
        }
        guard failures.isEmpty else { return }
        for (_, call) in waiting.sorted(by: { $0.key < $1.key }) {
            fail(call.step, "the call completes", "it waits for ever: nothing can complete it")
        }
    }

    // MARK: What happens

    /// Takes in what `step` brought about; a fault on the way fails it.
    private mutating func absorb(_ happenings: Happenings, _ step: Step) {
        absorb(happenings)
        guard failures.isEmpty, let fault = happenings.fault else { return }
        fail(step, fault.expected, fault.came)
    }

    private mutating func absorb(_ happenings: Happenings) {
        if keepsRecords { records += happenings.records }
        for record in happenings.records {
            if let call = record.call, let text = record.misuse { misuse[call] = text }
            note(record)
        }
        for call in happenings.completed { complete(call) }
    }

    private mutating func note(_ record: AuditRecord) {
        switch record.kind {
        case .decision where record.operation == .execute:
            guard let event = record.event, let target = event.target?.name,
                let decision = record.decision
            else { return }
            let isRefused = decision.verdict == .deny
            refusals[target] = isRefused ? Refusal(event: event, decision: decision) : nil
        case .processEnded: if let name = record.process?.name { ended.insert(name) }
        case .processStarted: if let name = record.process?.name { ended.remove(name) }
        default: break
        }
    }

    private mutating func complete(_ completed: CompletedCall) {
        let completion = completed.completion
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
            opensNameServer: call.call.opensNameServer,
            misuse: misuse.removeValue(forKey: completion.call)
        )
        checkAgreement(completed, call.step)
        check(outcome, call.call.expectation, call.step)
    }
}

extension ChannelBroker {
    /// The event with the classes that its processes have now: one that was started at run time may
    /// have another than its name.
    fileprivate func current(_ event: SecurityEvent) -> SecurityEvent {
        var event = event
        event.process = identity(of: event.process.name)
        event.target = event.target.map { identity(of: $0.name) }
        event.client = event.client.map { identity(of: $0.name) }
        event.server = event.server.map { identity(of: $0.name) }
        return event
    }
}
