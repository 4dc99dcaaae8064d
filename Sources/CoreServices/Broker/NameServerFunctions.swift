public import CCoreServices
import WireProtocol

// What `coresrv/ns/ns_api.h` declares. The broker judges the arguments; see there for the codes.

/// Connects to a name server.
@c @implementation
public func NsCreate(
    _ name: UnsafePointer<CChar>?,
    _ msecs: UInt32,
    _ ns: UnsafeMutablePointer<NsHandle>?
) -> Retcode {
    connected { connection in
        var request = RequestHeader(.nsCreate)
        request.milliseconds = msecs
        if unsafe ns == nil { request.flags.insert(.nullOutput) }
        let answer = connection.call(request, NameArguments(unsafe NameArgument(name)))
        guard answer.isOk else { return answer.retcode }
        connection.handles.insert(answer.handle, .nameServer)
        unsafe ns?.pointee = answer.handle
        return answer.retcode
    }
}

/// Publishes an endpoint.
@c @implementation
public func NsPublishService(
    _ ns: NsHandle,
    _ type: UnsafePointer<CChar>?,
    _ server: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?
) -> Retcode {
    unsafe callAboutEndpoint(.publish, ns, type, server, service)
}

/// Unpublishes an endpoint.
@c @implementation
public func NsUnPublishService(
    _ ns: NsHandle,
    _ type: UnsafePointer<CChar>?,
    _ server: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?
) -> Retcode {
    unsafe callAboutEndpoint(.unpublish, ns, type, server, service)
}

private func callAboutEndpoint(
    _ operation: WireOperation,
    _ ns: NsHandle,
    _ type: UnsafePointer<CChar>?,
    _ server: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?
) -> Retcode {
    connected { connection in
        var request = RequestHeader(operation)
        request.handle = ns
        let names = unsafe NameArguments(
            NameArgument(type),
            NameArgument(server),
            NameArgument(service)
        )
        return connection.call(request, names).retcode
    }
}

/// Tells one of the published endpoints with an interface.
@c @implementation
public func NsEnumServices(
    _ ns: NsHandle,
    _ type: UnsafePointer<CChar>?,
    _ index: UInt32,
    _ server: UnsafeMutablePointer<CChar>?,
    _ serverSize: rtl_size_t,
    _ service: UnsafeMutablePointer<CChar>?,
    _ serviceSize: rtl_size_t
) -> Retcode {
    connected { connection in
        let outputs = unsafe NameOutputs(
            NameOutput(server, size: serverSize),
            NameOutput(service, size: serviceSize)
        )
        var request = RequestHeader(.enumerate)
        request.handle = ns
        request.number = index
        request.serverSize = UInt32(clamping: outputs.first.size)
        request.endpointSize = UInt32(clamping: outputs.second.size)
        if outputs.hasNull { request.flags.insert(.nullOutput) }
        let names = NameArguments(unsafe NameArgument(type))
        return connection.call(request, names, outputs: outputs).retcode
    }
}
