public import CCoreServices
import WireProtocol

// What `kosbroker/serve.h` declares.

/// Waits for a request and tells it, and how many there are.
@c @implementation
public func KosbrokerListen(
    _ msecs: UInt32,
    _ client: UnsafeMutablePointer<CChar>?,
    _ service: UnsafeMutablePointer<CChar>?,
    _ waiting: UnsafeMutablePointer<UInt32>?
) -> Retcode {
    connected { connection in
        let outputs = unsafe NameOutputs(requestOf: client, service)
        let answer = connection.listen(.null, msecs, outputs)
        if answer.isOk { unsafe waiting?.pointee = answer.number }
        return answer.retcode
    }
}

/// Accepts a request and waits for the next one.
@c @implementation
public func KosbrokerAcceptThenListen(
    _ client: UnsafePointer<CChar>?,
    _ service: UnsafePointer<CChar>?,
    _ rsid: UInt32,
    _ listener: Handle,
    _ handle: UnsafeMutablePointer<Handle>?,
    _ accepted: UnsafeMutablePointer<Retcode>?,
    _ msecs: UInt32,
    _ nextClient: UnsafeMutablePointer<CChar>?,
    _ nextService: UnsafeMutablePointer<CChar>?,
    _ waiting: UnsafeMutablePointer<UInt32>?
) -> Retcode {
    unsafe handle?.pointee = 0
    unsafe accepted?.pointee = ResultCode.notConnected
    return connected { connection in
        let names = unsafe NameArguments(NameArgument(client), NameArgument(service))
        var request = RequestHeader(accept: rsid, listener: listener)
        let outputs = unsafe NameOutputs(requestOf: nextClient, nextService)
        let keep = { (answer: Answer) in
            if answer.isOk { unsafe handle?.pointee = answer.handle }
            unsafe accepted?.pointee = answer.retcode
        }
        let answer: Answer
        if unsafe handle != nil && accepted != nil && !outputs.hasNull {
            answer = connection.acceptThenListen(request, names, msecs, outputs, accepted: keep)
        } else {
            // The frame of both has one flag for null pointers, so each call goes by itself.
            if unsafe handle == nil || accepted == nil { request.flags.insert(.nullOutput) }
            keep(connection.accept(request, names))
            answer = connection.listen(.null, msecs, outputs)
        }
        if answer.isOk { unsafe waiting?.pointee = answer.number }
        return answer.retcode
    }
}
