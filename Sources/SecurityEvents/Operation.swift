/// What a process attempts: the operations that are security events.
public enum Operation: String, CaseIterable, Hashable, Sendable {
    /// Einit, or a process at run time, starts a process.
    case execute = "init.execute"
    /// Einit makes a static channel.
    case initConnect = "init.connect"
    /// `NsCreate`
    case nsCreate = "ns.create"
    /// `NsPublishService`
    case publish = "ns.publish"
    /// `NsUnPublishService`
    case unpublish = "ns.unpublish"
    /// `NsEnumServices`
    case enumerate = "ns.enumerate"
    /// `KnCmConnect`
    case connect = "cm.connect"
    /// `KnCmListen`
    case listen = "cm.listen"
    /// `KnCmAccept`
    case accept = "cm.accept"
    /// `KnCmDrop`
    case drop = "cm.drop"
}

/// The keys of an event that a rule can speak of.
public enum EventField: String, CaseIterable, Hashable, Sendable {
    case process, client, server, target, connection, path, interface, endpoint

    /// Whether the field is a process: a name and a class.
    public var isProcess: Bool {
        switch self {
        case .process, .client, .server, .target: true
        case .connection, .path, .interface, .endpoint: false
        }
    }
}

extension Operation {
    /// What events of this operation carry besides their caller, `process`.
    public var fields: [EventField] {
        switch self {
        case .execute: [.target]
        case .initConnect: [.client, .server, .connection]
        case .nsCreate: [.client, .server, .path]
        case .publish, .unpublish: [.server, .interface, .endpoint]
        case .enumerate: [.interface]
        case .connect: [.client, .server, .endpoint]
        case .listen: [.server]
        case .accept, .drop: [.client, .server, .endpoint]
        }
    }

    /// Whether events of this operation carry `field`.
    public func carries(_ field: EventField) -> Bool {
        field == .process || fields.contains(field)
    }

    /// The field that always equals the caller, where there is one.
    public var callerField: EventField? {
        switch self {
        case .execute, .initConnect, .publish, .unpublish, .enumerate: nil
        case .nsCreate, .connect: .client
        case .listen, .accept, .drop: .server
        }
    }
}

/// How `NsCreate` reaches the name server.
public enum NameServerPath: String, CaseIterable, Hashable, Sendable {
    /// Over the caller's static channel of the name server's name.
    case `static`
    /// Over a channel that is created dynamically, because there is no such static channel.
    case dynamic
}
