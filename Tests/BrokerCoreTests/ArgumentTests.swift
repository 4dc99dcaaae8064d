import BrokerCore
import SecurityEvents
import Testing

/// semantics.md section 5, step 2.
struct ArgumentTests {
    private static let long = [UInt8](repeating: UInt8(ascii: "x"), count: 1024)
    private static let good = Array("n".utf8)

    /// Bytes that are no name, and what the record says of them.
    private static let faults: [(bytes: [UInt8]?, text: String)] = [
        (nil, "is null"),
        ([], "is empty"),
        (long, "is longer than 1023 bytes"),
        ([0xC3], "is not valid UTF-8"),
        ([0x61, 0x07], "has a control character"),
    ]

    /// Requests with one bad argument: the operation's prototype decides which comes first.
    private static func requests(
        _ bad: [UInt8]?,
        ns: Handle
    ) -> [(request: Request, argument: String)] {
        [
            (.publish(ns: ns, interface: bad, server: bad, endpoint: bad), "interface"),
            (.publish(ns: ns, interface: good, server: good, endpoint: bad), "endpoint"),
            (.unpublish(ns: ns, interface: bad, server: bad, endpoint: bad), "interface"),
            (.unpublish(ns: ns, interface: good, server: nil, endpoint: bad), "endpoint"),
            (
                .enumerate(ns: ns, interface: bad, index: 0, serverSize: 9, endpointSize: 9),
                "interface"
            ),
            (.connect(server: bad, endpoint: bad, timeout: .infinite), "server"),
            (.connect(server: good, endpoint: bad, timeout: .infinite), "endpoint"),
            (
                .accept(
                    client: bad,
                    endpoint: bad,
                    riid: RIID(rawValue: 0),
                    listener: Handle(rawValue: 999)
                ), "client"
            ),
            (
                .accept(
                    client: good,
                    endpoint: bad,
                    riid: RIID(rawValue: 0),
                    listener: Handle(rawValue: 999)
                ), "endpoint"
            ),
            (.drop(client: bad, endpoint: bad), "client"),
            (.drop(client: good, endpoint: bad), "endpoint"),
            (.serviceLocatorConnect(channel: bad), "channel"),
            (.serviceLocatorRegister(channel: bad), "channel"),
        ]
    }

    @Test
    func `a null or malformed name is a misuse, told in the order of the prototype`() {
        var world = World()
        let ns = world.connection(of: "A")
        for fault in Self.faults {
            for (request, argument) in Self.requests(fault.bytes, ns: ns) {
                let before = world.broker.state
                let reply = world.call("A", request)
                #expect(reply.retcode == .invalidArgument, "\(request)")
                #expect(reply.kinds == [.misuse], "\(request)")
                #expect(reply.misuse == "\(argument) \(fault.text)")
                #expect(reply.records.first?.operation == request.operation)
                #expect(reply.records.first?.retcode == .invalidArgument)
                #expect(reply.records.first?.call == reply.call)
                #expect(reply.completion?.decision == nil)
                #expect(world.broker.state == before)
            }
        }
    }

    @Test
    func `optional names may be null and are checked when they are not`() {
        var world = World()
        let ns = world.connection(of: "A")
        for fault in Self.faults where fault.bytes != nil {
            let create = world.call("A", .nsCreate(name: fault.bytes, timeout: .infinite))
            #expect(create.misuse == "name \(fault.text)")
            let publish = world.call(
                "A",
                .publish(ns: ns, interface: Self.good, server: fault.bytes, endpoint: Self.good)
            )
            #expect(publish.misuse == "server \(fault.text)")
        }
        #expect(world.call("A", .publish(ns)).retcode == .ok)
    }

    @Test
    func `a name of 1023 bytes is a name`() {
        var world = World()
        let name = [UInt8](repeating: UInt8(ascii: "x"), count: 1023)
        let reply = world.call("A", .connect(server: name, endpoint: name, timeout: .infinite))
        #expect(reply.retcode == .resourceNotFound)
        #expect(reply.misuse == nil)
    }

    @Test
    func `a handle is judged before the names that follow it`() {
        var world = World()
        let listener = world.call("A", .createListener).outputs?.handle ?? .invalid
        for ns in [Handle.invalid, Handle(rawValue: 77)] {
            for (request, _) in Self.requests(nil, ns: ns).prefix(5) {
                let reply = world.call("A", request)
                #expect(reply.misuse == "ns is not a handle of this process")
                #expect(reply.retcode == .invalidArgument)
            }
        }
        for (request, _) in Self.requests(nil, ns: listener).prefix(5) {
            let reply = world.call("A", request)
            #expect(reply.misuse == "ns is not a connection to a name server")
            #expect(reply.retcode == .invalidOperation)
        }
    }

    @Test
    func `a listener is known first and of its kind then`() {
        var world = World()
        let channel = world.channel()
        let ns = world.connection(of: "S")
        world.call("A", .connect(to: "S"))
        let second = world.call("S", .accept("A", listener: channel.server)).outputs?.handle
        for handle in [ns, second ?? .invalid] {
            let reply = world.call("S", .accept("A", listener: handle))
            #expect(reply.misuse == "listener is not a listener handle")
            #expect(reply.retcode == .invalidOperation)
        }
        for handle in [channel.client, Handle(rawValue: 1000)] {
            let reply = world.call("S", .accept("A", listener: handle))
            #expect(reply.misuse == "listener is not a handle of this process")
            #expect(reply.retcode == .invalidArgument)
        }
    }

    @Test
    func `closing what is no open handle of the caller is a misuse`() {
        var world = World()
        let channel = world.channel()
        #expect(world.call("A", .close(channel.client)).retcode == .ok)
        for handle in [Handle.invalid, channel.client, channel.server, Handle(rawValue: 500)] {
            let before = world.broker.state
            let reply = world.call("A", .close(handle))
            #expect(reply.misuse == "handle is not a handle of this process")
            #expect(reply.retcode == .invalidArgument)
            #expect(reply.records.first?.operation == nil)
            #expect(world.broker.state == before)
        }
    }

    @Test
    func `a filter is noted and the call goes on`() {
        var world = World()
        let reply = world.call("S", .listen(filter: Self.good, timeout: ms(0)))
        #expect(reply.kinds == [.misuse, .decision])
        #expect(reply.misuse == "filter is not null")
        #expect(reply.records.first?.retcode == nil)
        #expect(reply.records.first?.operation == .listen)
        #expect(reply.retcode == .timeout)
        #expect(world.call("S", .listen(filter: [], timeout: ms(0))).misuse != nil)
    }

    @Test
    func `a filter is refused in a strict run`() {
        var world = World(options: Options(strict: true))
        let reply = world.call("S", .listen(filter: Self.good, timeout: .infinite))
        #expect(reply.kinds == [.misuse])
        #expect(reply.records.first?.retcode == .invalidArgument)
        #expect(reply.retcode == .invalidArgument)
    }

    @Test
    func `a process that is not there makes no calls, nor do Einit and the kernel`() {
        var world = World()
        world.end("A")
        #expect(world.call("A", .createListener).retcode == .notConnected)
        #expect(world.call("Nobody", .listen()).misuse == "process is not there")
        #expect(world.call("Einit", .listen()).retcode == .invalidOperation)
        #expect(world.call("kl.core.Core", .listen()).misuse == "process makes no calls")
    }

    @Test
    func `KnHandleConnect is no door`() {
        var world = World()
        let before = world.broker.state
        let reply = world.call("A", .handleConnect)
        #expect(reply.retcode == .unimplemented)
        #expect(reply.records.isEmpty)
        #expect(world.broker.state == before)
    }

    @Test
    func `calls that are no events leave no decision record`() {
        var world = World(channels: [link("A", "S", "c")])
        let handle = world.call("A", .createListener).outputs?.handle ?? .invalid
        let name = Array("c".utf8)
        #expect(world.call("A", .close(handle)).records.isEmpty)
        #expect(world.call("A", .serviceLocatorConnect(channel: name)).records.isEmpty)
        #expect(world.call("S", .serviceLocatorRegister(channel: name)).records.isEmpty)
        #expect(world.call("A", .createListener).completion?.decision == nil)
    }
}
