/// What happened, as plain data: one line of the audit log before it has a number and a hash.
///
/// Which fields are there follows from the kind; docs/formats/audit.md has the table.
public struct AuditRecord: Hashable, Sendable {
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case start, stop, reload, mode, decision, outcome, misuse
        case channelCreated = "channel.created"
        case channelDeleted = "channel.deleted"
        case processStarted = "process.started"
        case processEnded = "process.ended"
        case auditLost = "audit.lost"
    }

    public var kind: Kind
    /// The call that the record belongs to.
    public var call: CallID?
    /// When, on the broker's clock.
    public var time: Instant
    public var operation: Operation?
    public var process: ProcessIdentity?
    public var target: ProcessIdentity?
    public var client: ProcessIdentity?
    public var server: ProcessIdentity?
    public var connection: ConnectionName?
    public var path: NameServerPath?
    public var interface: InterfaceName?
    public var endpoint: EndpointName?
    public var riid: RIID?
    public var index: UInt32?
    public var decision: Decision?
    /// Whether the verdict was carried out; false for a denial in permissive mode.
    public var enforced: Bool?
    /// What a caller did wrong, in a `misuse` record.
    public var misuse: String?
    public var retcode: Retcode?
    public var mode: Mode?
    public var policy: PolicyLabel?
    /// How many reloads came before.
    public var generation: UInt64?
    /// How many records were lost before this one, in an `audit.lost` record.
    public var lost: UInt64?

    /// A record of `kind` without anything else.
    public init(_ kind: Kind, at time: Instant, call: CallID? = nil) {
        self.kind = kind
        self.time = time
        self.call = call
    }

    /// A record of `kind` that carries a whole event.
    public init(_ kind: Kind, of event: SecurityEvent, at time: Instant, call: CallID? = nil) {
        self.init(kind, at: time, call: call)
        operation = event.operation
        process = event.process
        target = event.target
        client = event.client
        server = event.server
        connection = event.connection
        path = event.path
        interface = event.interface
        endpoint = event.endpoint
        riid = event.riid
        index = event.index
    }
}

/// Whether denials are carried out. Permissive is only ever explicit.
public enum Mode: String, CaseIterable, Hashable, Sendable {
    case enforce, permissive
}
