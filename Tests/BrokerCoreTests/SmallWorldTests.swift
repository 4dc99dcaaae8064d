import BrokerCore
import SecurityEvents
import Testing

/// Every sequence of inputs up to a length, in a world of two clients and two servers.
struct SmallWorldTests {
    @Test
    func `every short sequence of channel manager calls keeps the contract`() {
        let letters: [Letter] = [
            .call("A", .connect(to: "S")),
            .call("A", .connect(to: "T")),
            .call("B", .connect(to: "S", "e", ms(1))),
            .call("S", .listen()),
            .call("S", .listen(ms(1))),
            .call("T", .listen()),
            .call("S", .accept("A")),
            .call("S", .accept("B")),
            .call("T", .accept("A")),
            .acceptOnListener("S", client: "A"),
            .call("S", .drop("A")),
            .close("A"),
            .close("S"),
            .end("A"),
            .end("S"),
            .advance,
        ]
        expectContract(letters, length: 4)
    }

    @Test
    func `every short sequence of name server calls keeps the contract`() {
        let letters: [Letter] = [
            .call("A", .create),
            .call("S", .create),
            .onConnection("S") { .publish($0) },
            .onConnection("A") { .publish($0, server: "S") },
            .onConnection("S") { .publish($0, server: "A", "f") },
            .onConnection("A") { .unpublish($0, server: "S") },
            .onConnection("A") { .enumerate($0) },
            .onConnection("A") { .enumerate($0, "i", 1) },
            .close("A"),
            .end("S"),
            .start("S"),
            .end("kl.core.NameServer"),
            .start("kl.core.NameServer"),
        ]
        expectContract(letters, length: 4)
    }

    @Test
    func `every short sequence on static channels keeps the contract`() {
        let channel = Array("c".utf8)
        let letters: [Letter] = [
            .call("B", .serviceLocatorConnect(channel: channel)),
            .call("B", .serviceLocatorConnect(channel: Array("kl.core.NameServer".utf8))),
            .call("T", .serviceLocatorRegister(channel: channel)),
            .call("B", .create),
            .onConnection("B") { .publish($0) },
            .acceptOnListener("T", client: "A"),
            .call("A", .connect(to: "T")),
            .close("B"),
            .close("T"),
            .end("B"),
            .end("T"),
            .start("T"),
        ]
        expectContract(letters, length: 4)
    }

    private func expectContract(_ letters: [Letter], length: Int) {
        var count = 0
        var node = SmallWorld()
        explore(&node, letters, length: length, path: [], &count)
        #expect(count > letters.count * letters.count * letters.count)
    }

    /// Goes on with every letter, stopping at the first sequence that breaks something.
    private func explore(
        _ world: inout SmallWorld,
        _ letters: [Letter],
        length: Int,
        path: [Int],
        _ count: inout Int
    ) {
        guard length > 0, count >= 0 else { return }
        for (index, letter) in letters.enumerated() {
            guard count >= 0 else { return }
            var next = world
            next.apply(letter)
            count += 1
            if !next.faults.isEmpty {
                Issue.record("sequence \(path + [index]): \(next.faults)")
                count = -1
                return
            }
            explore(&next, letters, length: length - 1, path: path + [index], &count)
        }
    }
}

/// An input that depends on what was handed out before.
enum Letter {
    case call(ProcessName, Request)
    /// Accepts on the oldest open handle of the server.
    case acceptOnListener(ProcessName, client: ProcessName)
    /// A call on the newest connection of the process.
    case onConnection(ProcessName, (Handle) -> Request)
    /// Closes the oldest open handle of the process.
    case close(ProcessName)
    case start(ProcessName)
    case end(ProcessName)
    /// Lets a millisecond pass.
    case advance
}

/// The machine and the reference model, side by side.
struct SmallWorld {
    private var broker: ChannelBroker
    private var model: ReferenceModel
    private var invariants: Invariants
    private var handles: [ProcessName: [Handle]] = [:]
    private var now = Instant.zero
    private var disagreements: [String] = []

    var faults: [String] { disagreements + invariants.faults }

    init() {
        var options = Options()
        options.limits.waiting = 3
        options.limits.handles = 2
        options.limits.connections = 2
        options.limits.entries = 2
        let engine = ClosureEngine.denying { $0.operation == .connect && $0.server?.name == "B" }
        let names: [ProcessName] = ["A", "B", "S", "T"]
        let solution = Solution(
            processes: [.init(.nameServer)] + names.map { .init(ProcessIdentity(undeclared: $0)) },
            channels: [
                link("B", "T", "c"), link("A", "T", "c"),
                link("B", "kl.core.NameServer", "kl.core.NameServer"),
            ]
        )
        broker = ChannelBroker(solution: solution, engine: engine, options: options)
        model = ReferenceModel(solution, engine, options, firstHandle: 1)
        let started = broker.start(at: .zero)
        _ = model.start(at: .zero)
        invariants = Invariants(started: started)
    }

    mutating func apply(_ letter: Letter) {
        let before = broker
        let input = input(for: letter)
        var call: CallID?
        let effects: [Effect]
        let expected: [Effect]
        switch input {
        case .call(let process, let request):
            (call, effects) = broker.perform(request, by: process, at: now)
            expected = model.perform(request, by: process, at: now)
            if case .close(let handle) = request { handles[process]?.removeAll { $0 == handle } }
        case .start(let process, let starter):
            effects = broker.startProcess(process, by: starter, at: now).effects
            expected = model.startProcess(process, by: starter, at: now).effects
        case .end(let process):
            effects = broker.endProcess(process, at: now)
            expected = model.endProcess(process, at: now)
            handles[process] = nil
        case .expire:
            now = now.advanced(byMilliseconds: 1)
            effects = broker.expire(at: now)
            expected = model.expire(at: now)
        case .audit:
            (effects, expected) = ([], [])
        }
        if effects.comparable != expected {
            disagreements.append("machine \(effects.comparable), model \(expected)")
        }
        invariants.check(
            input,
            call: call,
            effects: effects,
            asked: nil,
            before: before,
            after: broker
        )
        for completion in effects.completions {
            guard let handle = completion.outputs.handle else { continue }
            if handles[completion.process]?.contains(handle) != true {
                handles[completion.process, default: []].append(handle)
            }
        }
    }

    private func input(for letter: Letter) -> Input {
        switch letter {
        case .call(let process, let request):
            .call(process, request)
        case .acceptOnListener(let process, let client):
            .call(process, .accept(client, listener: handles[process]?.first ?? .invalid))
        case .onConnection(let process, let request):
            .call(process, request(broker.connections(of: process).last ?? .invalid))
        case .close(let process):
            .call(process, .close(handles[process]?.first ?? .invalid))
        case .start(let process): .start(process, by: "Einit")
        case .end(let process): .end(process)
        case .advance: .expire
        }
    }
}

extension [Effect] {
    /// What the reference model gives as well.
    var comparable: [Effect] {
        filter {
            switch $0 {
            case .record, .complete: true
            default: false
            }
        }
    }
}
