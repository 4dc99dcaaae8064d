public import CCoreServices
import WireProtocol

// What `coresrv/handle/handle_api.h` declares.

/// Closes a handle.
@c @implementation
public func KnHandleClose(_ handle: Handle) -> Retcode {
    connected { connection in connection.close(handle) }
}

/// Makes a listener without channels.
@c @implementation
public func KnHandleCreateListener(_ listener: UnsafeMutablePointer<Handle>?) -> Retcode {
    connected { connection in
        var request = RequestHeader(.createListener)
        if unsafe listener == nil { request.flags.insert(.nullOutput) }
        let answer = connection.call(request)
        guard answer.isOk else { return answer.retcode }
        connection.handles.insert(answer.handle, .listener(Listener(), own: []))
        unsafe listener?.pointee = answer.handle
        return answer.retcode
    }
}

/// Would make a channel inside this process, which the broker refuses.
@c @implementation
public func KnHandleConnect(
    _ listener: Handle,
    _ outListener: UnsafeMutablePointer<Handle>?,
    _ outServer: UnsafeMutablePointer<Handle>?,
    _ outClient: UnsafeMutablePointer<Handle>?
) -> Retcode {
    unsafe KnHandleConnectEx(0, listener, 0, outListener, outServer, outClient)
}

/// Would make a channel between two processes, which the broker refuses.
@c @implementation
public func KnHandleConnectEx(
    _ server: Handle,
    _ listener: Handle,
    _ client: Handle,
    _ outListener: UnsafeMutablePointer<Handle>?,
    _ outServer: UnsafeMutablePointer<Handle>?,
    _ outClient: UnsafeMutablePointer<Handle>?
) -> Retcode {
    unsafe outListener?.pointee = 0
    unsafe outServer?.pointee = 0
    unsafe outClient?.pointee = 0
    // The broker refuses it, whatever the arguments are, and records that it was tried.
    return connected { connection in connection.call(RequestHeader(.handleConnect)).retcode }
}
