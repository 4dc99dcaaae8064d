import SecurityEvents

/// Where a process is in ``ChannelBroker/State``; a name keeps its place for good.
package typealias ProcessIndex = Int

extension ChannelBroker {
    /// Everything that calls change, apart from call numbers and the time: what a denied call leaves
    /// exactly as it was.
    package struct State: Equatable, Sendable {
        /// The predefined processes, those of the solution, those started at run time.
        var processes: [ProcessState] = []
        var indices: [ProcessName: ProcessIndex] = [:]
        /// The name servers that are there, in order of their start.
        var nameServers: [ProcessIndex] = []
        var channels: [ChannelNumber: Channel] = [:]
        var lastChannel: UInt64 = 0
        var pending: [CallID: PendingCall] = [:]
        var deadlines = DeadlineQueue()
        var handleNumbers: HandleNumbers
    }
}

/// One process name and, while the process is there, all that belongs to it.
struct ProcessState: Equatable, Sendable {
    var identity: ProcessIdentity
    /// How often the process has been started.
    var instance: UInt64 = 0
    var isThere = false
    var handles = HandleTable()
    /// Calls of the process that wait, by number.
    var waiting: [CallID] = []
    /// Those of them that are listens.
    var listens: [CallID] = []
    /// Requests to the process.
    var queue = RequestQueue()
    /// Every channel of which the process may have a side open.
    var channels: Set<ChannelNumber> = []
    /// Its static channels as a client; of several with one name, the first.
    var clientChannels: [ConnectionName: ChannelNumber] = [:]
    /// Its static channels as a server.
    var serverChannels: [ConnectionName: [ChannelNumber]] = [:]
    /// How many entries on name servers it has published.
    var publishedCount = 0
    /// What is published on it, if it is a name server.
    var entries = NameServerEntries()

    init(_ identity: ProcessIdentity, instance: UInt64 = 0, isThere: Bool = false) {
        self.identity = identity
        self.instance = instance
        self.isThere = isThere
    }

    /// Whether it is a name server: every process of that class is one, and no other.
    var isNameServer: Bool { identity.className == ProcessIdentity.nameServer.className }
}

/// A channel of which at least one side is not closed.
struct Channel: Equatable, Sendable {
    /// What the channel came from.
    enum Origin: Equatable, Sendable {
        /// Einit, under this connection name.
        case einit(ConnectionName)
        /// `cm.accept`
        case accept(EndpointName, RIID)
        /// A dynamic `ns.create`: no process holds an IPC handle of it.
        case nameServer
    }

    enum Side: Equatable, Sendable {
        /// Not closed, and nobody has a handle: a static channel's side before its process asks,
        /// the name server's side of a connection.
        case unopened
        case open(Handle)
        case closed
    }

    let origin: Origin
    let client: ProcessIndex
    let server: ProcessIndex
    let clientIdentity: ProcessIdentity
    let serverIdentity: ProcessIdentity
    var clientSide = Side.unopened
    var serverSide = Side.unopened
    /// Whether a reload took the channel away: its handles stay until they are closed.
    var isRevoked = false

    subscript(side: ChannelSide) -> Side {
        get { side == .client ? clientSide : serverSide }
        set { if side == .client { clientSide = newValue } else { serverSide = newValue } }
    }

    /// A record of `kind` about the channel.
    func record(_ kind: AuditRecord.Kind, at time: Instant, call: CallID?) -> AuditRecord {
        var record = AuditRecord(kind, at: time, call: call)
        record.client = clientIdentity
        record.server = serverIdentity
        switch origin {
        case .einit(let connection):
            record.connection = connection
        case .accept(let endpoint, let riid):
            record.endpoint = endpoint
            record.riid = riid
        case .nameServer:
            record.endpoint = .nameServer
            record.riid = RIID(rawValue: 0)
        }
        return record
    }
}

/// A call that waits.
struct PendingCall: Equatable, Sendable {
    enum Kind: Equatable, Sendable {
        /// A connect, in the queue of this server.
        case connect(to: ProcessIndex)
        case listen
    }

    var kind: Kind
    var process: ProcessIndex
    var event: SharedEvent
    var decision: Decision
}
