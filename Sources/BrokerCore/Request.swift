package import SecurityEvents

/// A call as a process makes it.
///
/// Arguments are unvalidated: names are bytes, nil is a null pointer, handles are whatever number
/// the process passed. The broker judges them, so that every way to reach it refuses alike. The
/// order of the arguments is that of the C prototypes.
package enum Request: Hashable, Sendable {
    /// `NsCreate`; a null name is the default name server.
    case nsCreate(name: [UInt8]?, timeout: Timeout)
    /// `NsPublishService`; a null server is the caller.
    case publish(ns: Handle, interface: [UInt8]?, server: [UInt8]?, endpoint: [UInt8]?)
    /// `NsUnPublishService`; a null server is the caller.
    case unpublish(ns: Handle, interface: [UInt8]?, server: [UInt8]?, endpoint: [UInt8]?)
    /// `NsEnumServices`; sizes are in bytes with the terminating zero.
    case enumerate(
        ns: Handle,
        interface: [UInt8]?,
        index: UInt32,
        serverSize: UInt32,
        endpointSize: UInt32
    )
    /// `KnCmConnect`
    case connect(server: [UInt8]?, endpoint: [UInt8]?, timeout: Timeout)
    /// `KnCmListen`; the filter must be null.
    case listen(filter: [UInt8]?, timeout: Timeout)
    /// `KnCmAccept`; an invalid listener asks for a new one.
    case accept(client: [UInt8]?, endpoint: [UInt8]?, riid: RIID, listener: Handle)
    /// `KnCmDrop`
    case drop(client: [UInt8]?, endpoint: [UInt8]?)
    /// `KnHandleClose`, and the end of a connection to a name server.
    case close(Handle)
    /// `KnHandleCreateListener`
    case createListener
    /// `KnHandleConnect` and `KnHandleConnectEx`: never offered, they would be another door.
    case handleConnect
    /// `ServiceLocatorConnect`: the client IPC handle of a static channel.
    case serviceLocatorConnect(channel: [UInt8]?)
    /// `ServiceLocatorRegister`: a listener for the static channels of that name.
    case serviceLocatorRegister(channel: [UInt8]?)

    /// Any call that has a null pointer for something that it returns; a name is checked first where
    /// the program's own library sees the pointer.
    case nullOutput(of: Operation?)

    /// The operation that the call is; nil where it is no security event.
    package var operation: Operation? {
        switch self {
        case .nsCreate: .nsCreate
        case .publish: .publish
        case .unpublish: .unpublish
        case .enumerate: .enumerate
        case .connect: .connect
        case .listen: .listen
        case .accept: .accept
        case .drop: .drop
        case .close, .createListener, .handleConnect, .serviceLocatorConnect,
            .serviceLocatorRegister:
            nil
        case .nullOutput(let operation): operation
        }
    }
}
