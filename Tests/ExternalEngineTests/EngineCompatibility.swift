import SecurityEvents
import Testing

/// Checks what every policy engine promises, whatever it decides.
///
/// - Parameters:
///   - make: makes an engine; two of them must agree.
///   - events: what to decide, with every operation among them.
///   - sourceLocation: where a failure is reported: at the caller.
func checkEngineCompatibility<Engine: PolicyEngine>(
    make: () -> Engine,
    events: [SecurityEvent] = compatibilityEvents,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(
        Set(events.map(\.operation)) == Set(Operation.allCases),
        "every operation can be decided",
        sourceLocation: sourceLocation
    )
    var engine = make()
    let label = engine.label
    let decisions = events.map { engine.decide($0) }
    for (event, decision) in zip(events, decisions) {
        checkShape(of: decision, sourceLocation)
        let again = engine.decide(event)
        #expect(again == decision, "an event has one decision", sourceLocation: sourceLocation)
        checkExplanation(engine.explain(event), of: decision, sourceLocation)
    }

    var other = make()
    let backwards = events.reversed().map { other.decide($0) }
    #expect(
        backwards.reversed() == decisions,
        "neither the order of events nor the instance matters",
        sourceLocation: sourceLocation
    )
    #expect(engine.label == label, "the label is stable", sourceLocation: sourceLocation)
    #expect(other.label == label, "the label is stable", sourceLocation: sourceLocation)
    #expect(!label.name.isEmpty, "an engine has a name", sourceLocation: sourceLocation)
}

/// Checks that the cause fits the verdict and says who it was.
private func checkShape(of decision: Decision, _ sourceLocation: SourceLocation) {
    let fits =
        switch (decision.verdict, decision.cause) {
        case (_, .rule), (_, .engine): true
        case (.deny, .noRule), (.deny, .engineFailure): true
        // Limits and the log are the broker's own; no engine knows them.
        case (_, .limit), (_, .auditUnavailable), (.allow, _): false
        }
    #expect(fits, "the cause fits the verdict: \(decision)", sourceLocation: sourceLocation)
    switch decision.cause {
    case .engine, .engineFailure:
        #expect(decision.engine != nil, "an engine has a name", sourceLocation: sourceLocation)
    case .rule, .noRule, .limit, .auditUnavailable: break
    }
}

/// Checks that an explanation belongs to its decision.
private func checkExplanation(
    _ explanation: Explanation,
    of decision: Decision,
    _ sourceLocation: SourceLocation
) {
    #expect(
        explanation.decision == decision,
        "an explanation explains the decision",
        sourceLocation: sourceLocation
    )
    if let rule = decision.cause.rule, !explanation.matches.isEmpty {
        #expect(
            explanation.matches.contains(RuleMatch(rule, decision.verdict)),
            "the rule that is the cause matches",
            sourceLocation: sourceLocation
        )
    }
    if explanation.nearMiss != nil {
        #expect(
            decision.cause == .noRule,
            "only what no rule allows has near misses",
            sourceLocation: sourceLocation
        )
    }
}

/// Events of every operation, among them names that a careless engine would trip over.
let compatibilityEvents: [SecurityEvent] = {
    let client = process("tl.Control", "tl.Control")
    let server = process("lights-1", "tl.LightsGPIO")
    let odd = process(#"a"b\c"#, "é🦆 ")
    let long = process(String(repeating: "x", count: NameLimits.maximumLength), "y")
    let endpoint: EndpointName = name("lightsGpio.mode")
    let interface: InterfaceName = name("tl.IMode")
    return [
        SecurityEvent(.execute, by: .einit, target: client),
        SecurityEvent(
            .initConnect,
            by: .einit,
            client: client,
            server: server,
            connection: name("lights")
        ),
        SecurityEvent(.nsCreate, by: client, client: client, server: .nameServer, path: .static),
        SecurityEvent(.nsCreate, by: client, client: client, server: .nameServer, path: .dynamic),
        SecurityEvent(
            .publish,
            by: server,
            server: server,
            interface: interface,
            endpoint: endpoint
        ),
        SecurityEvent(
            .unpublish,
            by: client,
            server: server,
            interface: interface,
            endpoint: endpoint
        ),
        SecurityEvent(.enumerate, by: client, interface: interface, index: 7),
        SecurityEvent(.connect, by: client, client: client, server: server, endpoint: endpoint),
        SecurityEvent(.connect, by: odd, client: odd, server: long, endpoint: name("a\"\\/b")),
        SecurityEvent(.listen, by: server, server: server),
        SecurityEvent(
            .accept,
            by: server,
            client: client,
            server: server,
            endpoint: endpoint,
            riid: RIID(rawValue: .max)
        ),
        SecurityEvent(.drop, by: server, client: client, server: server, endpoint: endpoint),
    ]
}()

func process(_ processName: String, _ className: String) -> ProcessIdentity {
    ProcessIdentity(name: name(processName), className: name(className))
}

/// A name that a test knows to be right.
func name<Role>(_ text: String) -> Name<Role> {
    guard let name = try? Name<Role>(text) else { preconditionFailure("`\(text)` is a name") }
    return name
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
