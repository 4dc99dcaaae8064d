import SecurityEvents

/// Which keys a record must have and which it may have, by kind: the table of
/// docs/formats/audit.md.
struct RecordShape: Sendable {
    let required: KeySet
    let allowed: KeySet

    init(required: KeySet, optional: KeySet = []) {
        self.required = required.union(Self.every)
        allowed = self.required.union(optional)
    }

    private static let every = KeySet(.v, .seq, .kind, .wall, .mono, .hash)
    private static let inForce = KeySet(.mode, .policy, .digest, .generation)
    private static let caller = KeySet(.process, .class)
    private static let client = KeySet(.client, .clientClass)
    private static let server = KeySet(.server, .serverClass)
    private static let both: KeySet = client.union(server)

    static let start = RecordShape(
        required: inForce,
        optional: KeySet(.version, .solution, .torn)
    )
    static let stop = RecordShape(required: [])
    static let change = RecordShape(required: inForce)
    static let misuse = RecordShape(
        required: caller.union(KeySet(.cause)),
        optional: KeySet(.call, .operation, .retcode)
    )
    static let staticChannel = RecordShape(
        required: both.union(KeySet(.connection)),
        optional: KeySet(.call)
    )
    static let dynamicChannel = RecordShape(
        required: both.union(KeySet(.endpoint, .riid)),
        optional: KeySet(.call)
    )
    static let process = RecordShape(required: caller, optional: KeySet(.call))
    static let lost = RecordShape(required: KeySet(.lost))

    private static let outcome = caller.union(server)
        .union(KeySet(.call, .operation, .retcode))
    static let otherOutcome = RecordShape(required: outcome)
    static let requestOutcome = RecordShape(
        required: outcome.union(client).union(KeySet(.endpoint))
    )
    static let connectOutcome = RecordShape(
        required: outcome.union(client).union(KeySet(.endpoint, .riid))
    )

    /// By operation, in the order of `Operation.allCases`.
    static let decisions: [RecordShape] = Operation.allCases.map { operation in
        let isEinits = operation == .execute || operation == .initConnect
        return RecordShape(
            required: decision.union(event(operation)).union(isEinits ? [] : KeySet(.call)),
            optional: KeySet(.call, .rule, .limit, .engine, .candidate, .retcode)
        )
    }

    private static let decision = caller.union(inForce)
        .union(KeySet(.operation, .verdict, .enforced, .cause))

    private static func event(_ operation: Operation) -> KeySet {
        switch operation {
        case .execute: KeySet(.target, .targetClass)
        case .initConnect: both.union(KeySet(.connection))
        case .nsCreate: both.union(KeySet(.path))
        case .publish, .unpublish: server.union(KeySet(.interface, .endpoint))
        case .enumerate: KeySet(.interface, .index)
        case .connect, .drop: both.union(KeySet(.endpoint))
        case .listen: server
        case .accept: both.union(KeySet(.endpoint, .riid))
        }
    }
}

extension AuditRecord {
    /// The shape that a record of this kind, operation and end has.
    func shape(_ present: KeySet) -> RecordShape? {
        switch kind {
        case .start: .start
        case .stop: .stop
        case .reload, .mode: .change
        case .decision: operation.map { RecordShape.decisions[$0.place] }
        case .outcome: outcomeShape
        case .misuse: .misuse
        case .channelCreated, .channelDeleted:
            present.contains(KeySet(.connection)) ? .staticChannel : .dynamicChannel
        case .processStarted, .processEnded: .process
        case .auditLost: .lost
        }
    }

    private var outcomeShape: RecordShape? {
        switch operation {
        case .connect: retcode == .ok ? .connectOutcome : .requestOutcome
        case .listen: retcode == .ok ? .requestOutcome : .otherOutcome
        default: nil
        }
    }
}

extension Operation {
    /// Where it stands among all operations.
    fileprivate var place: Int {
        switch self {
        case .execute: 0
        case .initConnect: 1
        case .nsCreate: 2
        case .publish: 3
        case .unpublish: 4
        case .enumerate: 5
        case .connect: 6
        case .listen: 7
        case .accept: 8
        case .drop: 9
        }
    }
}
