import BrokerCore
import SecurityEvents

extension Name: ExpressibleByStringLiteral {
    /// Tests write names as literals.
    init(stringLiteral text: String) {
        guard let name = try? Self(text) else { preconditionFailure("`\(text)` is a name") }
        self = name
    }
}

/// An engine that is a function.
struct ClosureEngine: PolicyEngine {
    var label = PolicyLabel(name: "closure", digest: .zero)
    var body: (SecurityEvent) -> Decision

    func decide(_ event: SecurityEvent) -> Decision { body(event) }

    static var allowing: ClosureEngine { ClosureEngine { _ in allowed } }

    /// Allows all but what `isDenied` picks.
    static func denying(_ isDenied: @escaping (SecurityEvent) -> Bool) -> ClosureEngine {
        ClosureEngine { isDenied($0) ? Decision(.deny, .noRule) : allowed }
    }

    static func denying(_ operations: Operation...) -> ClosureEngine {
        denying { operations.contains($0.operation) }
    }
}

/// What the engines of these tests say where they allow.
let allowed = Decision(.allow, .engine(reason: "test"))

/// A broker with a clock, and short ways to use it.
struct World {
    var broker: ChannelBroker
    var now = Instant.zero
    /// What the start gave.
    let started: [Effect]

    /// The processes `A`, `B`, `S`, `T` and, unless left out, the name server.
    init(
        engine: any PolicyEngine = ClosureEngine.allowing,
        options: Options = Options(),
        processes: [String] = ["A", "B", "S", "T"],
        nameServer: Solution.Presence? = .decided,
        channels: [Solution.Channel] = [],
        handleNumbers: HandleNumbers = HandleNumbers()
    ) {
        var all: [Solution.Process] = []
        if let nameServer { all.append(Solution.Process(.nameServer, nameServer)) }
        for process in processes {
            all.append(
                Solution.Process(ProcessIdentity(undeclared: ProcessName(stringLiteral: process)))
            )
        }
        broker = ChannelBroker(
            solution: Solution(processes: all, channels: channels),
            engine: engine,
            options: options,
            handleNumbers: handleNumbers
        )
        started = broker.start(at: .zero)
    }

    @discardableResult
    mutating func call(_ process: ProcessName, _ request: Request) -> Reply {
        let (call, effects) = broker.perform(request, by: process, at: now)
        return Reply(call: call, effects: effects)
    }

    /// A connection of `process` to the name server.
    mutating func connection(of process: ProcessName) -> Handle {
        call(process, .nsCreate(name: nil, timeout: .infinite)).outputs?.handle ?? .invalid
    }

    /// Lets milliseconds pass and expires what is due.
    @discardableResult
    mutating func advance(_ milliseconds: UInt64) -> Reply {
        now = now.advanced(byMilliseconds: milliseconds)
        return Reply(call: CallID(rawValue: 0), effects: broker.expire(at: now))
    }

    @discardableResult
    mutating func end(_ process: ProcessName) -> Reply {
        Reply(call: CallID(rawValue: 0), effects: broker.endProcess(process, at: now))
    }

    /// An accepted channel: the client's handle, and the server's, which is a listener.
    @discardableResult
    mutating func channel(
        from client: ProcessName = "A",
        to server: ProcessName = "S",
        _ endpoint: String = "e",
        listener: Handle = .invalid
    ) -> (client: Handle, server: Handle) {
        call(client, .connect(to: server, endpoint))
        let reply = call(server, .accept(client, endpoint, listener: listener))
        let clientHandle = reply.completions.last?.outputs.handle ?? .invalid
        return (clientHandle, reply.outputs?.handle ?? .invalid)
    }
}

/// What a step gave.
struct Reply {
    let call: CallID
    let effects: [Effect]

    var records: [AuditRecord] { effects.records }
    var completions: [Completion] { effects.completions }
    /// The call's own completion; nil while it waits.
    var completion: Completion? { completions.first { $0.call == call } }
    var retcode: Retcode? { completion?.retcode }
    var outputs: Outputs? { completion?.outputs }
    var misuse: String? { records.first { $0.kind == .misuse }?.misuse }
    var decisions: [AuditRecord] { records.filter { $0.kind == .decision } }
    var outcomes: [AuditRecord] { records.filter { $0.kind == .outcome } }
    var kinds: [AuditRecord.Kind] { records.map(\.kind) }
}

extension [Effect] {
    var records: [AuditRecord] {
        compactMap { if case .record(let record) = $0 { record } else { nil } }
    }

    var completions: [Completion] {
        compactMap { if case .complete(let completion) = $0 { completion } else { nil } }
    }

    var created: [CreatedChannel] {
        compactMap { if case .channelCreated(let channel) = $0 { channel } else { nil } }
    }
}

/// Requests with names as text.
extension Request {
    static let create = Request.nsCreate(name: nil, timeout: .infinite)

    static func create(_ name: String) -> Request {
        .nsCreate(name: Array(name.utf8), timeout: .infinite)
    }

    static func publish(
        _ ns: Handle,
        _ interface: String = "i",
        server: String? = nil,
        _ endpoint: String = "e"
    ) -> Request {
        .publish(
            ns: ns,
            interface: Array(interface.utf8),
            server: server.map { Array($0.utf8) },
            endpoint: Array(endpoint.utf8)
        )
    }

    static func unpublish(
        _ ns: Handle,
        _ interface: String = "i",
        server: String? = nil,
        _ endpoint: String = "e"
    ) -> Request {
        .unpublish(
            ns: ns,
            interface: Array(interface.utf8),
            server: server.map { Array($0.utf8) },
            endpoint: Array(endpoint.utf8)
        )
    }

    static func enumerate(
        _ ns: Handle,
        _ interface: String = "i",
        _ index: UInt32 = 0,
        sizes: (UInt32, UInt32) = (1024, 1024)
    ) -> Request {
        .enumerate(
            ns: ns,
            interface: Array(interface.utf8),
            index: index,
            serverSize: sizes.0,
            endpointSize: sizes.1
        )
    }

    static func connect(
        to server: ProcessName,
        _ endpoint: String = "e",
        _ timeout: Timeout = .infinite
    ) -> Request {
        .connect(server: server.bytes, endpoint: Array(endpoint.utf8), timeout: timeout)
    }

    static func listen(_ timeout: Timeout = .infinite) -> Request {
        .listen(filter: nil, timeout: timeout)
    }

    static func accept(
        _ client: ProcessName,
        _ endpoint: String = "e",
        riid: UInt32 = 0,
        listener: Handle = .invalid
    ) -> Request {
        .accept(
            client: client.bytes,
            endpoint: Array(endpoint.utf8),
            riid: RIID(rawValue: riid),
            listener: listener
        )
    }

    static func drop(_ client: ProcessName, _ endpoint: String = "e") -> Request {
        .drop(client: client.bytes, endpoint: Array(endpoint.utf8))
    }
}

extension Outputs {
    static func request(_ client: ProcessName, _ endpoint: EndpointName, of waiting: Int) -> Outputs
    {
        .request(client: client, endpoint: endpoint, waiting: waiting)
    }
}

/// Milliseconds as a timeout.
func ms(_ milliseconds: UInt32) -> Timeout { Timeout(milliseconds: milliseconds) }

/// A static channel.
func link(
    _ client: ProcessName,
    _ server: ProcessName,
    _ connection: ConnectionName
)
    -> Solution.Channel
{
    Solution.Channel(client: client, server: server, connection: connection)
}
