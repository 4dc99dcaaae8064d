import BrokerCore
import SecurityEvents
import Testing

/// semantics.md sections 7 and 8: start, ends, restart.
struct ProcessTests {
    @Test
    func `the start record comes first, then executes in order, then connects`() {
        let world = World(
            processes: ["A", "S"],
            channels: [link("A", "S", "c"), link("A", "kl.core.NameServer", "kl.core.NameServer")]
        )
        let records = world.started.records
        #expect(
            records.map(\.kind) == [
                .start, .decision, .processStarted, .decision, .processStarted, .decision,
                .processStarted, .decision, .channelCreated, .decision, .channelCreated,
            ]
        )
        #expect(records[0].mode == .enforce)
        #expect(records[0].policy?.name == "closure")
        let executes = records.filter { $0.operation == .execute }
        #expect(executes.map(\.target?.name) == ["kl.core.NameServer", "A", "S"])
        #expect(executes.allSatisfy { $0.process == .einit && $0.retcode == .ok && $0.call == nil })
        #expect(records[4].process?.name == "A")
        let connects = records.filter { $0.operation == .initConnect }
        #expect(connects.map(\.connection) == ["c", "kl.core.NameServer"])
        #expect(connects.allSatisfy { $0.process == .einit && $0.retcode == .ok && $0.call == nil })
        #expect(records[8].connection == "c")
        #expect(world.started.created.map(\.number.rawValue) == [1, 2])
        #expect(world.started.created.allSatisfy { $0.clientHandle == nil })
    }

    @Test
    func `a refused process is not there, and its channels are no events`() {
        let engine = ClosureEngine.denying { $0.target?.name == "S" }
        var world = World(engine: engine, channels: [link("A", "S", "c"), link("A", "T", "d")])
        let records = world.started.records
        let refused = records.filter { $0.decision?.verdict == .deny }
        #expect(refused.map(\.target?.name) == ["S"])
        #expect(refused.first?.retcode == .securityDisallow)
        #expect(records.filter { $0.operation == .initConnect }.map(\.server?.name) == ["T"])
        #expect(!world.broker.isThere("S"))
        #expect(world.broker.isThere("A"))
        #expect(world.call("A", .connect(to: "S")).retcode == .resourceNotFound)
    }

    @Test
    func `a refused static channel is not there, and is recorded`() {
        var world = World(
            engine: ClosureEngine.denying(.initConnect),
            channels: [link("A", "kl.core.NameServer", "kl.core.NameServer")]
        )
        #expect(world.started.records.last?.operation == .initConnect)
        #expect(world.started.records.last?.retcode == .securityDisallow)
        #expect(world.call("A", .create).outputs?.path == .dynamic)
    }

    @Test
    func `assumed processes are there without an event`() {
        var world = World(
            engine: ClosureEngine.denying(.execute),
            processes: [],
            nameServer: .assumed
        )
        #expect(world.started.records.map(\.kind) == [.start])
        #expect(world.broker.processes == ProcessIdentity.predefined + [.nameServer])
        #expect(world.call("kl.core.NameServer", .create).retcode == .ok)
    }

    @Test
    func `Einit and the kernel are there and may be the target of a channel`() {
        let world = World(channels: [link("A", "kl.core.Core", "c")])
        #expect(world.started.created.count == 1)
        #expect(world.broker.isThere("Einit"))
        #expect(world.broker.isThere("kl.core.Core"))
    }

    @Test
    func `an end closes and completes everything, in the order of the contract`() {
        var world = World()
        let ns = world.connection(of: "S")
        let channel = world.channel()
        world.channel(from: "B")
        world.call("A", .close(channel.client))
        world.call("S", .publish(ns))
        let first = world.call("A", .connect(to: "S")).call
        let second = world.call("S", .connect(to: "T")).call
        let third = world.call("B", .connect(to: "S")).call
        let other = world.call("B", .connect(to: "T")).call
        world.now = Instant(nanoseconds: 5)
        let ended = world.end("S")
        #expect(
            ended.kinds == [
                .processEnded, .channelDeleted, .channelDeleted, .outcome, .outcome, .outcome,
            ]
        )
        #expect(ended.records[0].process?.name == "S")
        #expect(ended.records[1].endpoint == .nameServer)
        #expect(ended.records[2].endpoint == "e")
        #expect(ended.outcomes.map(\.call) == [first, second, third])
        #expect(ended.outcomes.allSatisfy { $0.retcode == .notConnected })
        #expect(ended.completions.map(\.call) == [first, second, third])
        #expect(ended.records.allSatisfy { $0.time == world.now })
        #expect(world.broker.pendingCalls == [other])
        #expect(world.call("T", .accept("S")).retcode == .resourceNotFound)
    }

    @Test
    func `waiting listens end with their process`() {
        var world = World()
        let listen = world.call("S", .listen(ms(5))).call
        let ended = world.end("S")
        #expect(ended.completions.map(\.call) == [listen])
        #expect(world.broker.nextDeadline == nil)
        #expect(world.advance(10).effects.isEmpty)
    }

    @Test
    func `a restart has nothing from before and decides init.execute anew`() {
        var world = World(channels: [link("A", "S", "c")])
        let channel = world.channel()
        let ns = world.connection(of: "A")
        world.end("A")
        #expect(!world.broker.isThere("A"))
        let start = world.broker.startProcess("A", at: world.now)
        #expect(start.retcode == .ok)
        #expect(start.effects.records.map(\.kind) == [.decision, .processStarted])
        #expect(start.effects.records.first?.call == nil)
        #expect(world.call("A", .close(channel.client)).retcode == .invalidArgument)
        #expect(world.call("A", .publish(ns)).retcode == .invalidArgument)
        let locate = world.call("A", .serviceLocatorConnect(channel: Array("c".utf8)))
        #expect(locate.retcode == .resourceNotFound)
        _ = world.broker.reload(engine: ClosureEngine.denying(.execute), at: world.now)
        world.end("A")
        let refused = world.broker.startProcess("A", at: world.now)
        #expect(refused.retcode == .securityDisallow)
        #expect(refused.decision?.verdict == .deny)
        #expect(refused.event?.target?.name == "A")
        #expect(!world.broker.isThere("A"))
    }

    @Test
    func `starting what runs is rcAlreadyExists, after the decision`() {
        var world = World()
        let before = world.broker.state
        for name: ProcessName in ["A", "Einit", "kl.core.Core"] {
            let start = world.broker.startProcess(name, at: .zero)
            #expect(start.retcode == .alreadyExists)
            #expect(start.effects.records.map(\.retcode) == [.alreadyExists])
            #expect(start.decision == allowed)
        }
        #expect(world.broker.state == before)
        world = World(engine: ClosureEngine.denying { $0.process.name == "A" })
        #expect(world.broker.startProcess("A", by: "A", at: .zero).retcode == .securityDisallow)
    }

    @Test
    func `a process started at run time has the class that it was given, by whoever started it`() {
        var world = World()
        let start = world.broker.startProcess("late", className: "C", by: "A", at: .zero)
        #expect(start.event?.process.name == "A")
        #expect(start.event?.target == ProcessIdentity(name: "late", className: "C"))
        #expect(world.broker.isThere("late"))
        #expect(world.call("late", .connect(to: "S")).retcode == nil)
        #expect(world.broker.startProcess("plain", at: .zero).event?.target?.className == "plain")
    }

    @Test
    func `nobody is started by a process that is not there, nor a declared one in another class`() {
        var world = World()
        world.end("A")
        let before = world.broker.state
        let nobody = world.broker.startProcess("late", by: "Nobody", at: .zero)
        #expect(nobody.retcode == .notConnected)
        #expect(nobody.effects.records.map(\.kind) == [.misuse])
        let other = world.broker.startProcess("A", className: "C", at: .zero)
        #expect(other.retcode == .invalidArgument)
        #expect(other.effects.records.first?.misuse == "class is not the declared one")
        #expect(world.broker.state == before)
    }

    @Test
    func `a denied start leaves no trace`() {
        var world = World()
        _ = world.broker.reload(engine: ClosureEngine.denying(.execute), at: .zero)
        let before = world.broker.state
        #expect(world.broker.startProcess("late", className: "C", at: .zero).retcode != .ok)
        #expect(world.broker.state == before)
        #expect(world.broker.identity(of: "late").className == "late")
    }

    @Test
    func `what is not there or is predefined does not end`() {
        var world = World()
        for name: ProcessName in ["Nobody", "Einit", "kl.core.Core"] {
            #expect(world.end(name).effects.isEmpty)
        }
        world.end("A")
        #expect(world.end("A").effects.isEmpty)
    }
}
