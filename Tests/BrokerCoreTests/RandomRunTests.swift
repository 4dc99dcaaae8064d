import BrokerCore
import SecurityEvents
import TestSupport
import Testing

/// Seeded random runs: the machine, the machine again, and the reference model side by side.
struct RandomRunTests {
    @Test
    func `machine and reference model agree on every record and completion`() {
        var kinds: Set<AuditRecord.Kind> = []
        var retcodes: Set<Retcode> = []
        for seed in 0..<UInt64(100) {
            var run = RandomRun(seed: seed)
            for step in 0..<160 {
                let effects = run.step()
                kinds.formUnion(effects.records.map(\.kind))
                retcodes.formUnion(effects.completions.map(\.retcode))
                guard run.faults.isEmpty else {
                    Issue.record("seed \(seed), step \(step): \(run.faults)")
                    return
                }
            }
        }
        #expect(
            kinds.isSuperset(of: [
                .decision, .outcome, .misuse, .channelCreated, .channelDeleted, .processStarted,
                .processEnded,
            ])
        )
        #expect(
            retcodes == [
                .ok, .securityDisallow, .invalidArgument, .invalidOperation, .resourceNotFound,
                .alreadyExists, .bufferTooSmall, .timeout, .abort, .notConnected, .quotaExceeded,
                .unimplemented,
            ]
        )
    }
}

/// One run: everything in it follows from its seed.
struct RandomRun {
    private var random: SeededGenerator
    private let asked: Counter
    private var broker: ChannelBroker
    private var twin: ChannelBroker
    private var model: ReferenceModel
    private var invariants: Invariants
    private var now = Instant.zero
    private var handles: [Handle] = [.invalid, Handle(rawValue: 12345)]
    private var disagreements: [String] = []

    var faults: [String] { disagreements + invariants.faults }

    final class Counter {
        var count = 0
    }

    init(seed: UInt64) {
        random = SeededGenerator(seed: seed)
        let asked = Counter()
        self.asked = asked
        let engine = ClosureEngine { Self.decide($0, seed: seed) }
        let counting = ClosureEngine {
            asked.count += 1
            return Self.decide($0, seed: seed)
        }
        var options = Options(mode: seed % 4 == 3 ? .permissive : .enforce, strict: seed % 5 == 4)
        if seed % 3 != 0 {
            options.limits.waiting = Int.random(in: 1...4, using: &random)
            options.limits.connections = Int.random(in: 1...3, using: &random)
            options.limits.handles = Int.random(in: 1...6, using: &random)
            options.limits.entries = Int.random(in: 1...4, using: &random)
        }
        let first = Handle(rawValue: seed % 10 == 9 ? .max - 20 : 1)
        broker = ChannelBroker(
            solution: Self.solution,
            engine: counting,
            options: options,
            handleNumbers: HandleNumbers(first: first)
        )
        twin = ChannelBroker(
            solution: Self.solution,
            engine: engine,
            options: options,
            handleNumbers: HandleNumbers(first: first)
        )
        model = ReferenceModel(Self.solution, engine, options, firstHandle: first.rawValue)
        let started = broker.start(at: .zero)
        invariants = Invariants(started: started)
        compare(started, twin.start(at: .zero), model.start(at: .zero), "start")
    }

    /// Denies some events in each way, the same always.
    private static func decide(_ event: SecurityEvent, seed: UInt64) -> Decision {
        var hash = seed &+ 14_695_981_039_346_656_037
        for byte in event.operation.rawValue.utf8 {
            hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
        }
        for field in EventField.allCases {
            for byte in event.bytes(of: field) ?? [] {
                hash = (hash ^ UInt64(byte)) &* 1_099_511_628_211
            }
        }
        switch (hash >> 32) % 16 {
        case 0: return Decision(.deny, .noRule)
        case 1: return Decision(.deny, .engineFailure("late"))
        default: return allowed
        }
    }

    private static let solution = Solution(
        processes: [
            .init(ProcessIdentity(name: "ns2", className: "kl.core.NameServer"), .assumed),
            .init(.nameServer),
            .init(ProcessIdentity(name: "S", className: "acme.S")),
            .init(ProcessIdentity(undeclared: "T")),
            .init(ProcessIdentity(undeclared: "A")),
            .init(ProcessIdentity(undeclared: "B"), .assumed),
        ],
        channels: [
            link("A", "kl.core.NameServer", "kl.core.NameServer"), link("A", "S", "c"),
            link("B", "S", "c"), link("B", "T", "kl.core.NameServer"), link("T", "T", "c"),
            link("A", "kl.core.Core", "k"), link("B", "Nobody", "c"), link("S", "ns2", "ns2"),
        ]
    )

    private mutating func compare(
        _ effects: [Effect],
        _ again: [Effect],
        _ expected: [Effect],
        _ input: String
    ) {
        if effects != again { disagreements.append("\(input): twice the same, differently") }
        let comparable = effects.comparable
        guard comparable != expected else { return }
        for (one, other) in zip(comparable, expected) where one != other {
            disagreements.append("\(input): machine \(one), model \(other)")
        }
        if comparable.count != expected.count {
            disagreements.append("\(input): \(comparable.count) effects, model \(expected.count)")
        }
    }

    mutating func step() -> [Effect] {
        if Int.random(in: 0..<3, using: &random) == 0 {
            now = now.advanced(byMilliseconds: UInt64.random(in: 1...4, using: &random))
        }
        let input = anyInput()
        let before = broker
        asked.count = 0
        let wasAvailable = broker.auditAvailable
        var call: CallID?
        let effects: [Effect]
        let again: [Effect]
        let expected: [Effect]
        switch input {
        case .call(let process, let request):
            (call, effects) = broker.perform(request, by: process, at: now)
            again = twin.perform(request, by: process, at: now).effects
            expected = model.perform(request, by: process, at: now)
        case .start(let process, let starter):
            let result = broker.startProcess(process, by: starter, at: now)
            effects = result.effects
            again = twin.startProcess(process, by: starter, at: now).effects
            let reference = model.startProcess(process, by: starter, at: now)
            expected = reference.effects
            if result.retcode != reference.retcode { disagreements.append("\(input): retcode") }
        case .end(let process):
            effects = broker.endProcess(process, at: now)
            again = twin.endProcess(process, at: now)
            expected = model.endProcess(process, at: now)
        case .expire:
            effects = broker.expire(at: now)
            again = twin.expire(at: now)
            expected = model.expire(at: now)
        case .audit(let isAvailable):
            broker.auditAvailable = isAvailable
            twin.auditAvailable = isAvailable
            model.auditAvailable = isAvailable
            (effects, again, expected) = ([], [], [])
        }
        compare(effects, again, expected, "\(input)")
        invariants.check(
            input,
            call: call,
            effects: effects,
            asked: wasAvailable ? asked.count : nil,
            before: before,
            after: broker
        )
        handles += effects.completions.compactMap(\.outputs.handle)
        return effects
    }
}

/// Choosing inputs.
extension RandomRun {
    private mutating func chance(_ oneIn: Int) -> Bool {
        Int.random(in: 0..<oneIn, using: &random) == 0
    }

    private mutating func any<Element>(_ choices: [Element]) -> Element {
        choices[Int.random(in: 0..<choices.count, using: &random)]
    }

    private mutating func anyInput() -> Input {
        let process: ProcessName = any(["A", "A", "B", "S", "S", "T", "ns2", "late"])
        switch Int.random(in: 0..<60, using: &random) {
        case 0: return .end(any(["A", "B", "S", "T", "late", "kl.core.NameServer", "ns2"]))
        case 1, 2: return .start(any(["A", "B", "S", "T", "late", "ns2", "Einit"]), by: process)
        case 3: return .start(any(["kl.core.NameServer", "A", "S"]), by: "Einit")
        case 4, 5, 6: return .expire
        case 7: return .audit(isAvailable: !chance(4))
        case 8: return .call(any(["Einit", "Nobody", "kl.core.NameServer"]), anyRequest(of: "A"))
        default: return .call(process, anyRequest(of: process))
        }
    }

    private mutating func anyRequest(of process: ProcessName) -> Request {
        let connections = broker.connections(of: process)
        let ns = connections.isEmpty || chance(4) ? anyHandle() : any(connections)
        switch Int.random(in: 0..<24, using: &random) {
        case 0, 1:
            return .nsCreate(name: anyNameServer(), timeout: anyTimeout())
        case 2, 3, 4:
            let server = chance(2) ? nil : anyName(["S", "A", "T", "Nobody"])
            return .publish(
                ns: ns,
                interface: anyInterface(),
                server: server,
                endpoint: anyEndpoint()
            )
        case 5:
            let server = chance(2) ? nil : anyName(["S", "A"])
            return .unpublish(
                ns: ns,
                interface: anyInterface(),
                server: server,
                endpoint: anyEndpoint()
            )
        case 6, 7:
            return .enumerate(
                ns: ns,
                interface: anyInterface(),
                index: any([0, 0, 1, 2, .max]),
                serverSize: any([1024, 2, 1]),
                endpointSize: any([1024, 2, 0])
            )
        case 8, 9, 10, 11, 12:
            let server = anyName(["S", "S", "T", "A", "Nobody"])
            return .connect(server: server, endpoint: anyEndpoint(), timeout: anyTimeout())
        case 13, 14:
            return .listen(filter: chance(10) ? anyName(["S"]) : nil, timeout: anyTimeout())
        case 15, 16, 17:
            return .accept(
                client: anyName(["A", "B", "S", "Nobody"]),
                endpoint: anyEndpoint(),
                riid: RIID(rawValue: any([0, 7])),
                listener: chance(2) ? .invalid : anyHandle()
            )
        case 18: return .drop(client: anyName(["A", "B", "S"]), endpoint: anyEndpoint())
        case 19, 20: return .close(anyHandle())
        case 21: return chance(8) ? .handleConnect : .createListener
        case 22: return .serviceLocatorConnect(channel: anyName(["c", "kl.core.NameServer", "k"]))
        default: return .serviceLocatorRegister(channel: anyName(["c", "ns2", "none"]))
        }
    }

    /// Recent handles more often than old ones.
    private mutating func anyHandle() -> Handle {
        chance(3) ? any(handles) : any(handles.suffix(8))
    }

    private mutating func anyNameServer() -> [UInt8]? {
        chance(2) ? nil : anyName(["kl.core.NameServer", "ns2", "S", "Nobody"])
    }

    private mutating func anyTimeout() -> Timeout { any([.infinite, ms(0), ms(1), ms(2), ms(5)]) }

    private mutating func anyInterface() -> [UInt8]? { anyName(["i", "i", "j"]) }

    private mutating func anyEndpoint() -> [UInt8]? { anyName(["e", "e", "f"]) }

    /// One of these names, or once in a while what is no name.
    private mutating func anyName(_ names: [String]) -> [UInt8]? {
        guard chance(40) else { return Array(any(names).utf8) }
        return any([nil, [], [0xFF], [0x7F], [UInt8](repeating: 65, count: 1024), [0xC2, 0x85]])
    }
}
