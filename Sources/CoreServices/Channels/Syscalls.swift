public import CCoreServices
import CSystemShims

// What `coresrv/syscalls.h` declares: messages over the channels that the process has handles for.

/// Sends a request over a client IPC handle and waits for its reply.
@c @implementation
public func Call(
    _ handle: Handle,
    _ msgOut: UnsafePointer<SMsgHdr>?,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?
) -> Retcode {
    unsafe call(handle, msgOut, msgIn, milliseconds: .max)
}

/// Sends a request and waits for its reply, `mdelay` milliseconds at most; `syncHandle` is ignored.
@c @implementation
public func CallEx(
    _ handle: Handle,
    _ msgOut: UnsafePointer<SMsgHdr>?,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?,
    _ mdelay: UInt32,
    _ syncHandle: Handle
) -> Retcode {
    unsafe call(handle, msgOut, msgIn, milliseconds: mdelay)
}

/// Waits for a request over the channels behind a listener or server IPC handle.
@c @implementation
public func Recv(_ handle: Handle, _ msgIn: UnsafeMutablePointer<SMsgHdr>?) -> Retcode {
    unsafe receive(handle, msgIn, milliseconds: .max)
}

/// Waits for a request, `mdelay` milliseconds at most; `syncHandle` is ignored.
@c @implementation
public func RecvEx(
    _ handle: Handle,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?,
    _ mdelay: UInt32,
    _ syncHandle: Handle
) -> Retcode {
    unsafe receive(handle, msgIn, milliseconds: mdelay)
}

/// Answers the request that this thread received last over the handle.
@c @implementation
public func Reply(_ handle: Handle, _ msgOut: UnsafePointer<SMsgHdr>?) -> Retcode {
    let held = kosbroker_cancel_hold()
    defer { kosbroker_cancel_restore(held) }
    return switch listener(handle) {
    case .found(let listener): unsafe listener.reply(msgOut)
    case .refused(let retcode): retcode
    }
}

private func call(
    _ handle: Handle,
    _ msgOut: UnsafePointer<SMsgHdr>?,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?,
    milliseconds: UInt32
) -> Retcode {
    let held = kosbroker_cancel_hold()
    defer { kosbroker_cancel_restore(held) }
    guard let connection = Connection.shared, !connection.isDead else {
        return ResultCode.notConnected
    }
    return switch connection.handles.entry(handle) {
    case .client(let channel):
        unsafe channel.call(msgOut, into: msgIn, milliseconds: milliseconds)
    case nil: ResultCode.invalidArgument
    default: ResultCode.invalidOperation
    }
}

private func receive(
    _ handle: Handle,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?,
    milliseconds: UInt32
) -> Retcode {
    let held = kosbroker_cancel_hold()
    defer { kosbroker_cancel_restore(held) }
    return switch listener(handle) {
    case .found(let listener): unsafe listener.receive(into: msgIn, milliseconds: milliseconds)
    case .refused(let retcode): retcode
    }
}

private enum Lookup {
    case found(Listener)
    case refused(Int32)
}

/// What is received from over a handle.
private func listener(_ handle: Handle) -> Lookup {
    guard let connection = Connection.shared, !connection.isDead else {
        return .refused(ResultCode.notConnected)
    }
    return switch connection.handles.entry(handle) {
    case .server(let channel): .found(channel.listener)
    case .listener(let listener, own: _): .found(listener)
    case nil: .refused(ResultCode.invalidArgument)
    default: .refused(ResultCode.invalidOperation)
    }
}
