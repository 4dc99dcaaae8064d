public import CCoreServices

// What `coresrv/sl/sl_api.h` declares.

/// Gets the client IPC handle of a static channel.
@c @implementation
public func ServiceLocatorConnect(_ channelName: UnsafePointer<CChar>?) -> Handle {
    var handle: Handle = 0
    _ = connected { connection in
        handle = connection.connectStatic(unsafe NameArgument(channelName))
        return ResultCode.ok
    }
    return handle
}

/// Gets the listener handle of the static channels with a name.
@c @implementation
public func ServiceLocatorRegister(
    _ channelName: UnsafePointer<CChar>?,
    _ endpoints: UnsafeRawPointer?,
    _ endpointsSize: rtl_size_t,
    _ id: UnsafeMutablePointer<ServiceId>?
) -> Handle {
    unsafe id?.pointee = 0
    var handle: Handle = 0
    _ = connected { connection in
        handle = connection.registerStatic(unsafe NameArgument(channelName))
        return ResultCode.ok
    }
    return handle
}

/// Would tell the RIID of an endpoint, which only formal specifications do.
@c @implementation
public func ServiceLocatorGetRiid(
    _ channel: Handle,
    _ endpoint: UnsafePointer<CChar>?
) -> nk_iid_t {
    // This is `INVALID_RIID`.
    .max
}
