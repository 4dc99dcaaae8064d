import BrokerCore
import SecurityEvents
import Testing

/// semantics.md sections 1 and 2: what events carry.
struct EventTests {
    /// The event of the last decision about a call.
    private func event(_ reply: Reply) -> SecurityEvent? { reply.completion?.event }

    @Test
    func `every event carries exactly the fields of its operation`() {
        var world = World(channels: [link("A", "S", "c")])
        let ns = world.connection(of: "A")
        var replies = [
            world.call("A", .create),
            world.call("A", .publish(ns)),
            world.call("A", .enumerate(ns)),
            world.call("A", .unpublish(ns)),
            world.call("A", .connect(to: "S", "e", ms(0))),
            world.call("S", .listen(ms(0))),
            world.call("S", .accept("A")),
            world.call("S", .drop("A")),
        ]
        replies.append(Reply(call: CallID(rawValue: 0), effects: world.started))
        let records = replies.flatMap(\.decisions)
        #expect(Set(records.compactMap(\.operation)) == Set(Operation.allCases))
        for record in records {
            guard let operation = record.operation else { continue }
            #expect(record.process != nil)
            #expect((record.target != nil) == operation.carries(.target), "\(operation)")
            #expect((record.client != nil) == operation.carries(.client), "\(operation)")
            #expect((record.server != nil) == operation.carries(.server), "\(operation)")
            #expect((record.connection != nil) == operation.carries(.connection), "\(operation)")
            #expect((record.path != nil) == operation.carries(.path), "\(operation)")
            #expect((record.interface != nil) == operation.carries(.interface), "\(operation)")
            #expect((record.endpoint != nil) == operation.carries(.endpoint), "\(operation)")
        }
    }

    @Test
    func `channel events carry both ends, whoever calls`() {
        var world = World()
        let connect = event(world.call("A", .connect(to: "S", "e", ms(0))))
        #expect(connect?.process.name == "A")
        #expect(connect?.client?.name == "A")
        #expect(connect?.server?.name == "S")
        for request in [Request.accept("A", "e", riid: 7), .drop("A", "e")] {
            let answer = event(world.call("S", request))
            #expect(answer?.process.name == "S")
            #expect(answer?.client?.name == "A")
            #expect(answer?.server?.name == "S")
            #expect(answer?.endpoint == "e")
        }
        let listen = event(world.call("S", .listen(ms(0))))
        #expect(listen?.server?.name == "S")
        #expect(listen?.process.name == "S")
    }

    @Test
    func `RIID and index are recorded`() {
        var world = World()
        let ns = world.connection(of: "A")
        #expect(world.call("S", .accept("A", riid: 7)).decisions.first?.riid?.rawValue == 7)
        #expect(world.call("A", .enumerate(ns, "i", 5)).decisions.first?.index == 5)
    }

    @Test
    func `the server of publish and unpublish is the caller by default`() {
        var world = World()
        let ns = world.connection(of: "A")
        #expect(event(world.call("A", .publish(ns)))?.server?.name == "A")
        #expect(event(world.call("A", .unpublish(ns)))?.server?.name == "A")
        #expect(event(world.call("A", .publish(ns, "i", server: "S")))?.server?.name == "S")
        #expect(event(world.call("A", .publish(ns, "i", server: "S")))?.process.name == "A")
    }

    @Test
    func `a name that nobody declared is its own class, a declared one keeps its class`() {
        let declared = ProcessIdentity(name: "door", className: "acme.Door")
        var broker = ChannelBroker(
            solution: Solution(
                processes: [Solution.Process(declared)],
                classes: ["left.out": "acme.LeftOut"]
            ),
            engine: ClosureEngine.allowing
        )
        _ = broker.start(at: .zero)
        #expect(broker.identity(of: "door") == declared)
        #expect(broker.identity(of: "left.out").className == "acme.LeftOut")
        #expect(broker.identity(of: "unknown").className == "unknown")
        _ = broker.startProcess("late", className: "acme.Late", at: .zero)
        #expect(broker.identity(of: "late").className == "acme.Late")
        _ = broker.endProcess("late", at: .zero)
        #expect(broker.identity(of: "late").className == "acme.Late")
        let (_, effects) = broker.perform(.connect(to: "late"), by: "door", at: .zero)
        let record = effects.records.first
        #expect(record?.process?.className == "acme.Door")
        #expect(record?.server?.className == "acme.Late")
    }

    @Test
    func `a completion shows the first denial, else the decision about its own operation`() {
        var world = World(engine: ClosureEngine.denying(.connect))
        let denied = world.call("A", .create).completion
        #expect(denied?.event?.operation == .connect)
        #expect(denied?.decision?.verdict == .deny)
        world = World()
        let allowed = world.call("A", .create).completion
        #expect(allowed?.event?.operation == .nsCreate)
        world = World(engine: ClosureEngine.denying(.nsCreate, .connect))
        #expect(world.call("A", .create).completion?.event?.operation == .nsCreate)
    }
}
