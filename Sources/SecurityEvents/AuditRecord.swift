/// What happened, as plain data: one line of the audit log before it has a number and a hash.
///
/// Which fields are there follows from the kind; docs/formats/audit.md has the table.
public struct AuditRecord: Hashable, Sendable {
    /// What sort of line it is; the raw values are the words in the log (our choice).
    public enum Kind: String, CaseIterable, Hashable, Sendable {
        case start, stop, reload, mode, decision, outcome, misuse
        case channelCreated = "channel.created"
        case channelDeleted = "channel.deleted"
        case processStarted = "process.started"
        case processEnded = "process.ended"
        case auditLost = "audit.lost"
    }

    /// What happened; it says which of the other fields are there.
    public var kind: Kind
    /// The call that the record belongs to.
    public var call: CallID?
    /// When, on the broker's clock.
    public var time: Instant
    /// What was attempted, in records about a call or a decision.
    public var operation: Operation?
    /// The caller; in records about a process that starts or ends, that process.
    public var process: ProcessIdentity?
    /// The process to start, in decisions about `init.execute`.
    public var target: ProcessIdentity?
    /// The client side of the channel or request.
    public var client: ProcessIdentity?
    /// The server side of the channel or request, or the server that an entry names.
    public var server: ProcessIdentity?
    /// The name of a static channel.
    public var connection: ConnectionName?
    /// How `NsCreate` reaches the name server, in decisions about `ns.create`.
    public var path: NameServerPath?
    /// The interface of a published entry, or of an enumeration.
    public var interface: InterfaceName?
    /// The qualified name of the endpoint that is asked for, published or served.
    public var endpoint: EndpointName?
    /// The endpoint ID that the server gave when it accepted; recorded, never matched.
    public var riid: RIID?
    /// Which entry an enumeration asks for, from 0; recorded, never matched.
    public var index: UInt32?
    /// What was decided about the event, and why.
    public var decision: Decision?
    /// Whether the verdict was carried out; false for a denial in permissive mode.
    public var enforced: Bool?
    /// What a caller did wrong, in a `misuse` record.
    public var misuse: String?
    /// How the call ended; absent where it waits or goes on.
    public var retcode: Retcode?
    /// Whether denials are carried out, in decisions and where that may change.
    public var mode: Mode?
    /// The policy that is in force, in the same records as ``mode``.
    public var policy: PolicyLabel?
    /// How many reloads came before.
    public var generation: UInt64?
    /// How many records were lost before this one, in an `audit.lost` record.
    public var lost: UInt64?
    /// The broker's own version, in a `start` record.
    public var version: String?
    /// The digest of the solution that is run, in a `start` record.
    public var solution: Digest?
    /// How many bytes of a torn last line were set aside before this record, in a `start` record.
    public var torn: UInt64?

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

/// Whether denials are carried out.
///
/// Permissive is only ever explicit: nothing falls back to it (our choice).
public enum Mode: String, CaseIterable, Hashable, Sendable {
    case enforce, permissive
}
