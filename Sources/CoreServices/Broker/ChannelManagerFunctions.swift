public import CCoreServices
import WireProtocol

// What `coresrv/cm/cm_api.h` declares. The broker judges the arguments; see there for the codes.

/// Asks a server for a channel and waits for the answer.
@c @implementation
public func KnCmConnect(
    _ server: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?,
    _ msecs: UInt32,
    _ handle: UnsafeMutablePointer<Handle>?,
    _ rsid: UnsafeMutablePointer<UInt32>?
) -> Retcode {
    connected { connection in
        var request = RequestHeader(.connect)
        request.milliseconds = msecs
        if unsafe handle == nil || rsid == nil { request.flags.insert(.nullOutput) }
        let names = unsafe NameArguments(NameArgument(server), NameArgument(service))
        let answer = connection.call(request, names)
        guard answer.isOk else { return answer.retcode }
        connection.keepClient(answer)
        unsafe handle?.pointee = answer.handle
        unsafe rsid?.pointee = answer.number
        return answer.retcode
    }
}

/// Waits for a request and tells it.
@c @implementation
public func KnCmListen(
    _ filter: UnsafePointer<CChar>?,
    _ msecs: UInt32,
    _ client: UnsafeMutablePointer<CChar>?,
    _ service: UnsafeMutablePointer<CChar>?
) -> Retcode {
    connected { connection in
        let outputs = unsafe NameOutputs(requestOf: client, service)
        return connection.listen(unsafe NameArgument(filter), msecs, outputs).retcode
    }
}

/// Refuses a request.
@c @implementation
public func KnCmDrop(
    _ client: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?
) -> Retcode {
    connected { connection in
        let names = unsafe NameArguments(NameArgument(client), NameArgument(service))
        return connection.call(RequestHeader(.drop), names).retcode
    }
}

/// Accepts a request.
@c @implementation
public func KnCmAccept(
    _ client: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?,
    _ rsid: UInt32,
    _ listener: Handle,
    _ handle: UnsafeMutablePointer<Handle>?
) -> Retcode {
    connected { connection in
        let names = unsafe NameArguments(NameArgument(client), NameArgument(service))
        var request = RequestHeader(accept: rsid, listener: listener)
        if unsafe handle == nil { request.flags.insert(.nullOutput) }
        let answer = connection.accept(request, names)
        if answer.isOk { unsafe handle?.pointee = answer.handle }
        return answer.retcode
    }
}
