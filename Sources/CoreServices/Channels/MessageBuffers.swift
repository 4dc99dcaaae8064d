import CCoreServices
import CSystemShims
import WireProtocol

/// What a caller sends: the parts of a message, still where the caller has them.
@safe struct MessageContents {
    private let message: UnsafePointer<SMsgHdr>?
    let constantSize: Int
    let arenaSize: Int

    /// No contents: those of a failure.
    init() {
        unsafe message = nil
        (constantSize, arenaSize) = (0, 0)
    }

    /// The contents of a message of the caller; nil if a pointer that is needed is null.
    init?(_ message: UnsafePointer<SMsgHdr>?) {
        guard let message = unsafe message else { return nil }
        let constantSize = unsafe Int(message.pointee.constantSize)
        let arenaSize = unsafe Int(message.pointee.arenaSize)
        guard unsafe constantSize == 0 || message.pointee.constantPart != nil,
            unsafe arenaSize == 0 || message.pointee.arena != nil
        else { return nil }
        unsafe self.message = message
        (self.constantSize, self.arenaSize) = (constantSize, arenaSize)
    }

    /// Whether a message may be that long.
    var isSendable: Bool {
        let limit = WireFormat.maximumMessageSize
        // Sizes beyond `Int.max` arrive as negative numbers.
        return (0...limit).contains(constantSize) && (0...limit).contains(arenaSize)
            && constantSize + arenaSize <= limit
    }

    /// The header of a message with these contents.
    ///
    /// Endpoint and method go with a request alone: those of a reply are ignored, and may be anything.
    func header(_ kind: MessageHeader.Kind, id: UInt32) -> MessageHeader {
        var header = MessageHeader(kind)
        header.id = id
        header.constantSize = UInt32(constantSize)
        header.arenaSize = UInt32(arenaSize)
        if kind == .request, let message = unsafe message {
            header.riid = unsafe message.pointee.riid
            header.method = unsafe message.pointee.method
        }
        return header
    }

    /// The parts as the shims take them.
    var parts: kosbroker_parts {
        unsafe kosbroker_parts(
            constant: message?.pointee.constantPart,
            constant_size: constantSize,
            arena: message?.pointee.arena,
            arena_size: arenaSize,
            overflow: nil,
            overflow_size: 0
        )
    }
}

/// Where a caller wants to have a message: its buffers and what it is to know about their contents.
///
/// A message is received into the buffers one after the other, before anybody knows how long its
/// parts are; ``place(_:)`` then puts them right. One copy at most is made, and none where the
/// constant part has exactly the size of its buffer, as generated code has it.
@safe struct MessageBuffers {
    private let message: UnsafeMutablePointer<SMsgHdr>
    private let constant: UnsafeMutableRawBufferPointer
    private let arena: UnsafeMutableRawBufferPointer

    /// The buffers of the caller; nil if a pointer that is needed is null.
    init?(_ message: UnsafeMutablePointer<SMsgHdr>?) {
        guard let message = unsafe message else { return nil }
        let constantSize = unsafe Self.capacity(message.pointee.constantSize)
        let arenaSize = unsafe Self.capacity(message.pointee.arenaSize)
        guard unsafe constantSize == 0 || message.pointee.constantPart != nil,
            unsafe arenaSize == 0 || message.pointee.arena != nil
        else { return nil }
        unsafe self.message = message
        unsafe constant = .init(start: message.pointee.constantPart, count: constantSize)
        unsafe arena = .init(start: message.pointee.arena, count: arenaSize)
    }

    /// How much of a buffer can be used; sizes beyond `Int.max` arrive as negative numbers.
    private static func capacity(_ size: Int) -> Int {
        let limit = WireFormat.maximumMessageSize
        return size < 0 ? limit : min(size, limit)
    }

    /// The parts as the shims take them, with `overflow` behind them.
    func parts(overflow: OverflowBuffer?) -> kosbroker_parts {
        unsafe kosbroker_parts(
            constant: constant.baseAddress,
            constant_size: constant.count,
            arena: arena.baseAddress,
            arena_size: arena.count,
            overflow: overflow?.bytes.baseAddress,
            overflow_size: overflow?.bytes.count ?? 0
        )
    }

    private func hasRoom(for header: MessageHeader) -> Bool {
        unsafe header.constantSize <= constant.count && header.arenaSize <= arena.count
    }

    private func describe(_ header: MessageHeader) {
        if header.kind == .request {
            unsafe message.pointee.riid = header.riid
            unsafe message.pointee.method = header.method
        }
        unsafe message.pointee.constantSize = Int(header.constantSize)
        unsafe message.pointee.arenaSize = Int(header.arenaSize)
    }

    /// Puts the message right that was received into these buffers.
    ///
    /// - Returns: false, and the caller's message as it was, if a part is longer than its buffer.
    func place(_ header: MessageHeader) -> Bool {
        guard hasRoom(for: header) else { return false }
        let constantSize = Int(header.constantSize)
        let arenaSize = Int(header.arenaSize)
        // What of the arena's contents was received behind the constant part.
        let early = unsafe min(arenaSize, constant.count - constantSize)
        if early > 0, let start = unsafe arena.baseAddress, let from = unsafe constant.baseAddress {
            unsafe (start + early).copyMemory(from: start, byteCount: arenaSize - early)
            unsafe start.copyMemory(from: from + constantSize, byteCount: early)
        }
        describe(header)
        return true
    }

    /// Takes a message that another thread received into its own buffers and `overflow`.
    ///
    /// - Returns: false if a part is longer than its buffer.
    func take(
        _ header: MessageHeader,
        from other: MessageBuffers,
        overflow: OverflowBuffer
    ) -> Bool {
        guard hasRoom(for: header) else { return false }
        let constantEnd = Int(header.constantSize)
        let message = constantEnd + Int(header.arenaSize)
        var start = 0
        for index in 0..<3 {
            let bytes =
                unsafe index == 0 ? other.constant : index == 1 ? other.arena : overflow.bytes
            unsafe Self.copy(0..<constantEnd, of: bytes, at: start, to: constant)
            unsafe Self.copy(constantEnd..<message, of: bytes, at: start, to: arena)
            start += bytes.count
        }
        describe(header)
        return true
    }

    /// Copies what `bytes`, which are those from `start` on of a message, hold of a range of it.
    private static func copy(
        _ range: Range<Int>,
        of bytes: UnsafeMutableRawBufferPointer,
        at start: Int,
        to target: UnsafeMutableRawBufferPointer
    ) {
        let overlap = range.clamped(to: start..<start + bytes.count)
        guard !overlap.isEmpty, let from = bytes.baseAddress, let to = target.baseAddress else {
            return
        }
        unsafe (to + (overlap.lowerBound - range.lowerBound)).copyMemory(
            from: from + (overlap.lowerBound - start),
            byteCount: overlap.count
        )
    }
}

/// Room for what the buffers of a reader do not hold: any message fits into it alone.
@safe final class OverflowBuffer {
    let bytes: UnsafeMutableRawBufferPointer

    init() {
        let size = WireFormat.messageHeaderSize + WireFormat.maximumMessageSize
        unsafe bytes = .allocate(byteCount: size, alignment: 16)
    }

    deinit { unsafe bytes.deallocate() }
}
