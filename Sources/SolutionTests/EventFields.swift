import Diagnostics
import LocatedYAML
import SecurityEvents

/// The fields of an event as a suite writes them, until they are one.
struct EventFields {
    var caller: ProcessName?
    var target: ProcessName?
    var client: ProcessName?
    var server: ProcessName?
    var connection: ConnectionName?
    var path: NameServerPath?
    var interface: InterfaceName?
    var endpoint: EndpointName?
    private var isWhole = true

    init(caller: ProcessName?) {
        self.caller = caller
    }

    /// Takes what the suite says about `field`, where it says anything.
    mutating func take(
        _ field: EventField,
        _ node: YAMLNode?,
        _ reader: StepReader,
        _ diagnostics: inout [Diagnostic]
    ) {
        guard let node else { return }
        let what = "`\(field.rawValue)`"
        let count = diagnostics.count
        switch field {
        case .process: caller = reader.process(node, what, &diagnostics)
        case .target: target = reader.process(node, what, &diagnostics)
        case .client: client = reader.process(node, what, &diagnostics)
        case .server: server = reader.process(node, what, &diagnostics)
        case .connection:
            connection = reader.name(node, what, ConnectionName.self, &diagnostics)
        case .interface: interface = reader.name(node, what, InterfaceName.self, &diagnostics)
        case .endpoint: endpoint = reader.name(node, what, EndpointName.self, &diagnostics)
        case .path: path = readPath(node, reader.environment, &diagnostics)
        }
        if diagnostics.count > count { isWhole = false }
    }

    /// The event, with defaults where the operation has them: the caller for its own side and for
    /// the server of `ns.publish`, Einit for `init.connect`, the default name server.
    ///
    /// - Returns: nil, and an error for each field that is missing.
    func event(
        _ operation: Operation,
        _ known: KnownNames,
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) -> SecurityEvent? {
        guard isWhole else { return nil }
        var fields = self
        switch operation.callerField {
        case .client:
            fields.client = client ?? caller
            fields.caller = caller ?? client
        case .server:
            fields.server = server ?? caller
            fields.caller = caller ?? server
        default: break
        }
        switch operation {
        case .publish, .unpublish: fields.server = fields.server ?? fields.caller
        case .nsCreate: fields.server = fields.server ?? ProcessIdentity.nameServer.name
        case .initConnect: fields.caller = fields.caller ?? ProcessIdentity.einit.name
        case .execute, .enumerate, .connect, .listen, .accept, .drop: break
        }
        let missing = operation.fields.filter { !fields.has($0) }
        for field in missing {
            diagnostics.append(
                Diagnostic(
                    "missing-key",
                    at: place,
                    "`\(operation.rawValue)` needs the key `\(field.rawValue)`"
                )
            )
        }
        guard missing.isEmpty, let caller = fields.caller else { return nil }
        return SecurityEvent(
            operation,
            by: known.identity(caller),
            target: fields.target.map(known.identity),
            client: fields.client.map(known.identity),
            server: fields.server.map(known.identity),
            connection: fields.connection,
            path: fields.path,
            interface: fields.interface,
            endpoint: fields.endpoint
        )
    }

    private func has(_ field: EventField) -> Bool {
        switch field {
        case .process: caller != nil
        case .client: client != nil
        case .server: server != nil
        case .target: target != nil
        case .connection: connection != nil
        case .path: path != nil
        case .interface: interface != nil
        case .endpoint: endpoint != nil
        }
    }
}

/// Reads `static` or `dynamic`.
func readPath(
    _ node: YAMLNode,
    _ environment: Environment,
    _ diagnostics: inout [Diagnostic]
) -> NameServerPath? {
    guard let text = environment.text(node, "`path`", &diagnostics) else { return nil }
    if let path = NameServerPath(rawValue: text) { return path }
    diagnostics.append(
        Diagnostic(
            "invalid-path",
            at: node.place,
            "`path` is `static` or `dynamic`, not `\(text)`",
            hint: Suggestion.didYouMean(text, among: NameServerPath.allCases.map(\.rawValue))
        )
    )
    return nil
}
