import WireProtocol

/// What the broker answered to a call, besides names, which go to the caller's buffers.
struct Answer {
    var retcode: Int32
    var handle: UInt32 = 0
    /// RIID or queue length.
    var number: UInt32 = 0
    /// The descriptor that came with `rcOk`, for whoever has the answer to close; else −1.
    var descriptor: Int32 = -1
    /// Whether a descriptor was sent that did not arrive: the process has none left.
    var lacksDescriptor = false
    /// Whether more frames of the same answer follow.
    var hasMore = false

    init(retcode: Int32) { self.retcode = retcode }

    init(_ reply: ReplyHeader, descriptor: Int32) {
        retcode = reply.retcode
        handle = reply.handle
        number = reply.number
        self.descriptor = descriptor
        lacksDescriptor = descriptor < 0 && reply.flags.contains(.descriptor)
        hasMore = reply.flags.contains(.more)
    }

    static var notConnected: Answer { Answer(retcode: ResultCode.notConnected) }

    var isOk: Bool { retcode == ResultCode.ok }
}
