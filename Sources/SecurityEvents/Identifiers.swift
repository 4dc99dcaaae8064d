/// An endpoint ID: which endpoint of a server a request over a channel is for (`rsid` in `cm_api.h`).
public struct RIID: RawRepresentable, Hashable, Sendable {
    /// The number, 0 to 0xFFFFFFFF; all of them are valid (our choice).
    public let rawValue: UInt32

    /// An endpoint ID; the server knows whether it has an endpoint of that number.
    public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// A handle or a name-server connection ID of one process.
///
/// A value is unique in the whole broker and never comes back, so that a foreign or closed handle is
/// always refused (our choice).
public struct Handle: RawRepresentable, Hashable, Sendable, Comparable {
    /// The number that the API passes; 0 is ``invalid``.
    public let rawValue: UInt32

    /// A handle as a caller passes it; the broker knows whether it is open.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No handle of any process: `INVALID_HANDLE`.
    ///
    /// KasperskyOS's value is not documented; zeroed memory being invalid is our choice.
    public static let invalid = Handle(rawValue: 0)

    /// Compares the numbers.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// The number of a call, in the order in which calls arrive, from 1.
public struct CallID: RawRepresentable, Hashable, Sendable, Comparable {
    /// The number, from 1.
    public let rawValue: UInt64

    /// The call of that number.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// The order in which the calls arrived.
    public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

/// A process as events carry it: its name and its class.
public struct ProcessIdentity: Hashable, Sendable {
    /// The name of the instance: `task` in the init description (documented).
    public let name: ProcessName
    /// The class that it is an instance of: `name` in the init description (documented).
    public let className: ClassName

    /// A process that the init description declares.
    public init(name: ProcessName, className: ClassName) {
        self.name = name
        self.className = className
    }

    /// A process that the init description does not know: its name is its class.
    public init(undeclared name: ProcessName) {
        self.init(name: name, className: ClassName(sameBytesAs: name))
    }
}

extension ProcessIdentity {
    /// The process that starts all others and makes the static channels.
    public static let einit = ProcessIdentity(undeclared: wellKnown("Einit"))
    /// The kernel.
    public static let kernel = ProcessIdentity(undeclared: wellKnown("kl.core.Core"))
    /// The built-in name server, under the default value of `NS_SERVER_NAME`.
    public static let nameServer = ProcessIdentity(undeclared: wellKnown("kl.core.NameServer"))
    /// The processes that are there without being declared.
    public static let predefined: [ProcessIdentity] = [.einit, .kernel]
}

extension EndpointName {
    /// The endpoint of the built-in name server that a dynamic `NsCreate` connects to (our choice).
    public static let nameServer: EndpointName = wellKnown("kl.core.NameServer")
}

/// A name that stands in this source and is known to be right.
private func wellKnown<Role>(_ text: String) -> Name<Role> {
    guard let name = try? Name<Role>(text) else { preconditionFailure("`\(text)` is a name") }
    return name
}
