public import CCoreServices

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
    withListener(handle) { unsafe $0.reply(msgOut) }
}

private func call(
    _ handle: Handle,
    _ msgOut: UnsafePointer<SMsgHdr>?,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?,
    milliseconds: UInt32
) -> Retcode {
    withEntry(handle) { entry in
        guard case .client(let channel) = entry else { return ResultCode.invalidOperation }
        return unsafe channel.call(msgOut, into: msgIn, milliseconds: milliseconds)
    }
}

private func receive(
    _ handle: Handle,
    _ msgIn: UnsafeMutablePointer<SMsgHdr>?,
    milliseconds: UInt32
) -> Retcode {
    withListener(handle) { unsafe $0.receive(into: msgIn, milliseconds: milliseconds) }
}

/// Does something with what is received from over a handle.
private func withListener(_ handle: Handle, _ body: (Listener) -> Int32) -> Int32 {
    withEntry(handle) { entry in
        switch entry {
        case .server(let channel): body(channel.listener)
        case .listener(let listener, own: _): body(listener)
        case .client, .nameServer: ResultCode.invalidOperation
        }
    }
}

/// Does something with what a handle stands for.
///
/// Messages need no broker, but who has lost it is not a process of the solution any more.
private func withEntry(_ handle: Handle, _ body: (HandleEntry) -> Int32) -> Int32 {
    connected { connection in
        guard !connection.isDead else { return ResultCode.notConnected }
        guard let entry = connection.handles.entry(handle) else {
            return ResultCode.invalidArgument
        }
        return body(entry)
    }
}
