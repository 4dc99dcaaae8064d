import AuditLog
import SecurityEvents

/// Records of every kind, as a broker makes them; decisions of every operation and cause.
enum SampleRecords {
    static let control = process("Control", "tl.Control")
    static let lights = process("Lights", "tl.LightsGPIO")
    static let label = PolicyLabel(
        name: "traffic-light",
        digest: toyHash(ArraySlice("policy".utf8))
    )

    /// In an order in which they could come.
    static let all: [AuditRecord] = {
        var time: UInt64 = 0
        return (starting + calling + ending).map { record in
            var record = record
            time += 1_234_567
            record.time = Instant(nanoseconds: time)
            return record
        }
    }()

    private static let starting = [
        policyRecord(.start) {
            $0.version = "0.1.0"
            $0.solution = toyHash(ArraySlice("solution".utf8))
            $0.torn = 17
        },
        decision(SecurityEvent(.execute, by: .einit, target: control), call: nil),
        about(.processStarted) { $0.process = control },
        decision(
            SecurityEvent(.execute, by: .einit, target: process("Spy", "Spy")),
            call: nil,
            Decision(.deny, .noRule)
        ),
        decision(SecurityEvent(.execute, by: .einit, target: lights), call: nil),
        about(.processStarted) { $0.process = lights },
        decision(
            SecurityEvent(
                .initConnect,
                by: .einit,
                client: control,
                server: lights,
                connection: name("lights")
            ),
            call: nil
        ),
        about(.channelCreated) {
            ($0.client, $0.server) = (control, lights)
            $0.connection = name("lights")
        },
    ]

    private static let calling = [
        decision(
            SecurityEvent(
                .nsCreate,
                by: control,
                client: control,
                server: .nameServer,
                path: .dynamic
            ),
            call: 1,
            retcode: nil
        ),
        decision(
            SecurityEvent(
                .publish,
                by: lights,
                server: lights,
                interface: name("tl.IMode"),
                endpoint: name("lightsGpio.mode")
            ),
            call: 2,
            Decision(.deny, .limit(.entries)),
            retcode: .quotaExceeded
        ),
        decision(
            SecurityEvent(
                .unpublish,
                by: control,
                server: lights,
                interface: name("tl.IMode"),
                endpoint: name("lightsGpio.mode")
            ),
            call: 3,
            Decision(.deny, .rule(rule("only-owner-unpublishes")))
        ),
        decision(
            SecurityEvent(.enumerate, by: control, interface: name("tl.IMode"), index: 0),
            call: 4,
            Decision(
                .allow,
                .engine(reason: "why not"),
                engine: #"./ask "me""#,
                candidate: CandidateDecision(.deny, .noRule)
            )
        ),
        decision(SecurityEvent(.listen, by: lights, server: lights), call: 5, retcode: nil),
        decision(connect, call: 6, retcode: nil),
        outcome(SecurityEvent(.listen, by: lights, server: lights), call: 5, .ok) {
            $0.client = control
            $0.endpoint = name("lightsGpio.mode")
        },
        decision(
            SecurityEvent(
                .accept,
                by: lights,
                client: control,
                server: lights,
                endpoint: name("lightsGpio.mode"),
                riid: RIID(rawValue: 7)
            ),
            call: 7,
            Decision(
                .allow,
                .rule(rule("lights-accept")),
                engine: "live",
                candidate: CandidateDecision(.allow, .rule(rule("new-accept")))
            )
        ),
        about(.channelCreated, call: 7) {
            ($0.client, $0.server) = (control, lights)
            $0.endpoint = name("lightsGpio.mode")
            $0.riid = RIID(rawValue: 7)
        },
        outcome(connect, call: 6, .ok) { $0.riid = RIID(rawValue: 7) },
        about(.misuse, call: 8) {
            $0.operation = .listen
            $0.process = lights
            $0.misuse = "filter is not null"
        },
        about(.misuse, call: 9) {
            $0.process = lights
            $0.misuse = "handle is not a handle of this process"
            $0.retcode = .invalidArgument
        },
        decision(
            SecurityEvent(
                .drop,
                by: lights,
                client: control,
                server: lights,
                endpoint: name("lightsGpio.mode")
            ),
            call: 10,
            Decision(.deny, .engineFailure("late"), engine: "./ask")
        ),
    ]

    private static let ending = [
        policyRecord(.mode) { $0.mode = .permissive },
        policyRecord(.reload) {
            $0.mode = .permissive
            $0.generation = 1
        },
        decision(connect, call: 11, Decision(.deny, .noRule), retcode: nil) {
            $0.enforced = false
            $0.mode = .permissive
            $0.generation = 1
        },
        about(.processEnded) { $0.process = lights },
        about(.channelDeleted) {
            ($0.client, $0.server) = (control, lights)
            $0.endpoint = name("lightsGpio.mode")
            $0.riid = RIID(rawValue: 7)
        },
        outcome(connect, call: 11, .notConnected),
        outcome(SecurityEvent(.listen, by: lights, server: lights), call: 12, .timeout),
        about(.auditLost) { $0.lost = 42 },
        decision(connect, call: 13, Decision(.deny, .auditUnavailable)),
        about(.stop),
    ]

    private static let connect = SecurityEvent(
        .connect,
        by: control,
        client: control,
        server: lights,
        endpoint: name("lightsGpio.mode")
    )

    private static func decision(
        _ event: SecurityEvent,
        call: UInt64?,
        _ decision: Decision = Decision(.allow, .rule(rule("start-all"))),
        retcode: Retcode? = .ok,
        _ change: (inout AuditRecord) -> Void = { _ in }
    ) -> AuditRecord {
        var record = AuditRecord(
            .decision,
            of: event,
            at: .zero,
            call: call.map(CallID.init(rawValue:))
        )
        record.decision = decision
        record.enforced = true
        record.retcode = decision.verdict == .deny && retcode == .ok ? .securityDisallow : retcode
        record.mode = .enforce
        record.policy = label
        record.generation = 0
        change(&record)
        return record
    }

    private static func outcome(
        _ event: SecurityEvent,
        call: UInt64,
        _ retcode: Retcode,
        _ change: (inout AuditRecord) -> Void = { _ in }
    ) -> AuditRecord {
        var record = AuditRecord(.outcome, of: event, at: .zero, call: CallID(rawValue: call))
        record.retcode = retcode
        change(&record)
        return record
    }

    private static func policyRecord(
        _ kind: AuditRecord.Kind,
        _ change: (inout AuditRecord) -> Void = { _ in }
    ) -> AuditRecord {
        about(kind) {
            $0.mode = .enforce
            $0.policy = label
            $0.generation = 0
            change(&$0)
        }
    }

    private static func about(
        _ kind: AuditRecord.Kind,
        call: UInt64? = nil,
        _ change: (inout AuditRecord) -> Void = { _ in }
    ) -> AuditRecord {
        var record = AuditRecord(kind, at: .zero, call: call.map(CallID.init(rawValue:)))
        change(&record)
        return record
    }
}

func process(_ processName: String, _ className: String) -> ProcessIdentity {
    ProcessIdentity(name: name(processName), className: name(className))
}

/// A name that a test knows to be right.
func name<Role>(_ text: String) -> Name<Role> {
    guard let name = try? Name<Role>(text) else { preconditionFailure("`\(text)` is a name") }
    return name
}

func rule(_ id: String) -> RuleID {
    guard let rule = RuleID(id) else { preconditionFailure("`\(id)` is an identifier") }
    return rule
}

/// Deterministic, quick, and no hash that anybody should trust.
let toyHash: HashFunction = { bytes in
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    var digest: [UInt8] = []
    for round in 0..<4 {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
        state = (state ^ UInt64(round)) &* 0x100_0000_01B3
        digest += (0..<8).map { UInt8(truncatingIfNeeded: state >> ($0 * 8)) }
    }
    return Digest(digest)
}
