public import CCoreServices
import CSystemShims

// What `coresrv/task/task_api.h`, `thread_api.h` and `time_api.h` declare: nothing that the broker
// would have to be asked for.

/// Tells the name of this process.
@c @implementation
public func KnTaskGetName(_ buf: UnsafeMutablePointer<CChar>?, _ size: rtl_size_t) -> Retcode {
    guard unsafe buf != nil else { return ResultCode.invalidArgument }
    return connected { connection in
        guard !connection.isDead else { return ResultCode.notConnected }
        let isCopied = connection.copyName(to: unsafe NameOutput(buf, size: size))
        return isCopied ? ResultCode.ok : ResultCode.bufferTooSmall
    }
}

/// Lets the calling thread sleep.
@c @implementation
public func KnSleep(_ msecs: UInt32) -> Retcode {
    let state = kosbroker_cancel_hold()
    defer { kosbroker_cancel_restore(state) }
    repeat { kosbroker_clock_sleep(UInt64(msecs)) } while msecs == .max
    return ResultCode.ok
}

/// Tells how long the system has been running.
@c @implementation
public func KnGetMSecSinceStart() -> rtl_size_t {
    rtl_size_t(truncatingIfNeeded: kosbroker_clock_milliseconds())
}
