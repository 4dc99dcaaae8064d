import AuditLog
import SecurityEvents
import TestSupport

/// Records as a broker makes them, and as it could if everything came together.
struct RandomRecords {
    private var generator: SeededGenerator
    private var time: UInt64 = 0
    private var call: UInt64 = 0

    init(seed: UInt64) { generator = SeededGenerator(seed: seed) }

    mutating func next() -> AuditRecord {
        time += UInt64(generator.number(0...2_000_000_000))
        call += 1
        var record = unplaced()
        record.time = Instant(nanoseconds: time)
        return record
    }

    /// A start, records of all kinds, a stop.
    mutating func log(_ count: Int) -> [AuditRecord] {
        var start = AuditRecord(.start, at: .zero)
        inForce(&start)
        let middle = (0..<max(0, count - 2)).map { _ in next() }
        return [start] + middle + [AuditRecord(.stop, at: Instant(nanoseconds: time + 1))]
    }

    private mutating func unplaced() -> AuditRecord {
        let kinds = AuditRecord.Kind.allCases.filter { $0 != .start && $0 != .stop }
        let kind = generator.chance(60) ? .decision : generator.pick(kinds)
        var record = AuditRecord(kind, at: .zero)
        switch kind {
        case .start, .stop: break
        case .reload, .mode: inForce(&record)
        case .decision: decide(&record)
        case .outcome: end(&record)
        case .misuse:
            record.call = CallID(rawValue: call)
            record.process = process()
            record.misuse = text()
            if generator.chance(50) { record.operation = generator.pick(Operation.allCases) }
            if generator.chance(50) { record.retcode = generator.pick(Retcode.named).code }
        case .channelCreated, .channelDeleted:
            (record.client, record.server) = (process(), process())
            if generator.chance(50) {
                record.connection = anyName()
            } else {
                record.endpoint = anyName()
                record.riid = RIID(rawValue: UInt32(truncatingIfNeeded: generator.next()))
            }
        case .processStarted, .processEnded: record.process = process()
        case .auditLost: record.lost = UInt64(generator.number(1...1000))
        }
        return record
    }

    private mutating func decide(_ record: inout AuditRecord) {
        let operation = generator.pick(Operation.allCases)
        record.operation = operation
        record.process = process()
        for field in operation.fields { fill(field, &record) }
        if operation == .accept { record.riid = RIID(rawValue: UInt32(generator.number(0...9))) }
        if operation == .enumerate { record.index = UInt32(generator.number(0...9)) }
        if operation != .execute, operation != .initConnect || generator.chance(10) {
            record.call = CallID(rawValue: call)
        }
        let rule = Cause.rule(generator.pick([rule("a"), rule("some-rule.2"), rule("X_y")]))
        if generator.chance(50) {
            record.decision = Decision(.allow, rule)
        } else {
            let causes: [Cause] = [
                rule, .noRule, .limit(generator.pick(LimitName.allCases)), .auditUnavailable,
                .engine(reason: nil), .engineFailure(""),
            ]
            record.decision = Decision(.deny, generator.pick(causes))
        }
        if generator.chance(20)
            || ["engine", "engine-failure"].contains(record.decision?.cause.word)
        {
            record.decision?.engine = text()
        }
        if generator.chance(20) {
            record.decision?.candidate =
                generator.chance(50)
                ? CandidateDecision(.allow, rule) : CandidateDecision(.deny, .noRule)
        }
        inForce(&record)
        record.enforced = true
        if record.mode == .permissive, record.decision?.verdict == .deny {
            record.enforced = record.decision?.cause.isPolicy != true
        }
        if generator.chance(70) { record.retcode = generator.pick(Retcode.named).code }
    }

    private mutating func end(_ record: inout AuditRecord) {
        let isConnect = generator.chance(50)
        record.operation = isConnect ? .connect : .listen
        record.call = CallID(rawValue: call)
        (record.process, record.server) = (process(), process())
        record.retcode = generator.pick([.ok, .timeout, .abort])
        if isConnect || record.retcode == .ok {
            record.client = process()
            record.endpoint = anyName()
        }
        if isConnect, record.retcode == .ok { record.riid = RIID(rawValue: 7) }
    }

    private mutating func fill(_ field: EventField, _ record: inout AuditRecord) {
        switch field {
        case .process: record.process = process()
        case .client: record.client = process()
        case .server: record.server = process()
        case .target: record.target = process()
        case .connection: record.connection = anyName()
        case .path: record.path = generator.pick(NameServerPath.allCases)
        case .interface: record.interface = anyName()
        case .endpoint: record.endpoint = anyName()
        }
    }

    private mutating func inForce(_ record: inout AuditRecord) {
        record.mode = generator.pick(Mode.allCases)
        record.policy = PolicyLabel(name: text(), digest: SampleRecords.label.digest)
        record.generation = UInt64(generator.number(0...3))
    }

    private mutating func process() -> ProcessIdentity {
        ProcessIdentity(name: anyName(), className: anyName())
    }

    private mutating func anyName<Role>() -> Name<Role> {
        let plain = ["tl.Control", "tl.Lights", "echo.Server", "Einit", "kl.core.NameServer"]
        if generator.chance(80) { return name(generator.pick(plain)) }
        if generator.chance(50) { return name("p\(generator.number(0...5000))") }
        return name(
            generator.pick([#"a"b"#, #"c\d"#, "é", "e\u{301}", "🦆", "名", " ", "\u{FEFF}x"])
        )
    }

    private mutating func text() -> String {
        generator.pick(["traffic-light", "", #"sh -c "x" \"#, "line\nbreak\t\u{1F}", "ü🦆"])
    }
}
