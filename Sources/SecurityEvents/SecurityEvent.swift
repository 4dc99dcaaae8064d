/// An attempt to do something about channels, as the policy sees it.
///
/// Which of the optional fields are there follows from the operation, see ``Operation/fields``: an
/// event always carries all of them and no others. `riid` and `index` are recorded, never matched.
public struct SecurityEvent: Hashable, Sendable {
    /// What the caller attempts.
    public var operation: Operation
    /// The caller.
    public var process: ProcessIdentity
    /// The process to start.
    public var target: ProcessIdentity?
    /// The client side of the channel, whoever calls.
    public var client: ProcessIdentity?
    /// The server side of the channel, or the server that an entry names, whoever calls.
    public var server: ProcessIdentity?
    /// The name of the static channel.
    public var connection: ConnectionName?
    /// How `NsCreate` reaches the name server.
    public var path: NameServerPath?
    /// The interface of the entry, or of the enumeration.
    public var interface: InterfaceName?
    /// The qualified name of the endpoint, or any name agreed on for it (documented).
    public var endpoint: EndpointName?
    /// The endpoint ID that the server accepts with.
    public var riid: RIID?
    /// Which entry an enumeration asks for, from 0 (documented).
    public var index: UInt32?

    /// Makes an event; it must carry what ``Operation/fields`` names.
    public init(
        _ operation: Operation,
        by process: ProcessIdentity,
        target: ProcessIdentity? = nil,
        client: ProcessIdentity? = nil,
        server: ProcessIdentity? = nil,
        connection: ConnectionName? = nil,
        path: NameServerPath? = nil,
        interface: InterfaceName? = nil,
        endpoint: EndpointName? = nil,
        riid: RIID? = nil,
        index: UInt32? = nil
    ) {
        self.operation = operation
        self.process = process
        self.target = target
        self.client = client
        self.server = server
        self.connection = connection
        self.path = path
        self.interface = interface
        self.endpoint = endpoint
        self.riid = riid
        self.index = index
    }
}

extension SecurityEvent {
    /// The process that `field` holds; nil where the event carries none or the field is no process.
    public func processField(_ field: EventField) -> ProcessIdentity? {
        switch field {
        case .process: process
        case .target: target
        case .client: client
        case .server: server
        case .connection, .path, .interface, .endpoint: nil
        }
    }

    /// What `field` holds, as bytes: the name of a process, or the value; nil where there is none.
    public func bytes(of field: EventField) -> [UInt8]? {
        switch field {
        case .process, .target, .client, .server: processField(field)?.name.bytes
        case .connection: connection?.bytes
        case .path: path.map { Array($0.rawValue.utf8) }
        case .interface: interface?.bytes
        case .endpoint: endpoint?.bytes
        }
    }

    /// What `field` holds, for people; a class is added where it differs from the name.
    public func text(of field: EventField) -> String? {
        if let process = processField(field) {
            let name = process.name.description
            let className = process.className.description
            return process.name.bytes == process.className.bytes
                ? name : "\(name) (class \(className))"
        }
        return bytes(of: field).map { String(decoding: $0, as: UTF8.self) }
    }
}
