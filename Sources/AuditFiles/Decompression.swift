import CLibZstd
import CZlib

/// Turns compressed bytes into plain ones, a buffer at a time.
protocol Decompressor: AnyObject {
    /// Takes bytes from the front of `input` and fills `output` from its start.
    ///
    /// - Returns: how many bytes are in `output`; 0 if more input is needed.
    func step(
        _ input: inout ArraySlice<UInt8>,
        _ output: inout [UInt8]
    ) throws(AuditFileFault) -> Int

    /// Whether the input may end here.
    var isAtEnd: Bool { get }
}

/// gzip, also several pieces one after the other.
@safe final class GzipDecompressor: Decompressor {
    // zlib keeps the address of its state: it must not move.
    private let stream: UnsafeMutablePointer<z_stream>
    private(set) var isAtEnd = false

    init() throws(AuditFileFault) {
        unsafe stream = .allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        // 15 bits of window, and 16 for "gzip".
        guard unsafe inflateInit2_(stream, 15 + 16, ZLIB_VERSION, size) == Z_OK else {
            throw AuditFileFault(.system, "not enough memory to decompress")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deallocate()
    }

    func step(
        _ input: inout ArraySlice<UInt8>,
        _ output: inout [UInt8]
    ) throws(AuditFileFault) -> Int {
        if isAtEnd, !input.isEmpty {
            unsafe inflateReset(stream)
            isAtEnd = false
        }
        let (consumed, produced, code) = unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                // zlib does not write to its input, but its header does not say so.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(
                    mutating: source.assumingMemoryBound(to: UInt8.self).baseAddress
                )
                unsafe stream.pointee.avail_in = UInt32(source.count)
                unsafe stream.pointee.next_out =
                    target.assumingMemoryBound(to: UInt8.self)
                    .baseAddress
                unsafe stream.pointee.avail_out = UInt32(target.count)
                let code = unsafe inflate(stream, Z_NO_FLUSH)
                let consumed = unsafe source.count - Int(stream.pointee.avail_in)
                let produced = unsafe target.count - Int(stream.pointee.avail_out)
                return (consumed, produced, code)
            }
        }
        input = input.dropFirst(consumed)
        switch code {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: isAtEnd = true
        default: throw AuditFileFault(.content, "the compressed data are damaged")
        }
        return produced
    }
}

/// zstd, also several frames one after the other.
@safe final class ZstdDecompressor: Decompressor {
    private let stream: OpaquePointer
    private(set) var isAtEnd = false

    init() throws(AuditFileFault) {
        guard let stream = unsafe ZSTD_createDStream() else {
            throw AuditFileFault(.system, "not enough memory to decompress")
        }
        unsafe self.stream = stream
    }

    deinit { unsafe _ = ZSTD_freeDStream(stream) }

    func step(
        _ input: inout ArraySlice<UInt8>,
        _ output: inout [UInt8]
    ) throws(AuditFileFault) -> Int {
        let (consumed, produced, code) = unsafe input.withUnsafeBytes { source in
            unsafe output.withUnsafeMutableBytes { target in
                var from = unsafe ZSTD_inBuffer(
                    src: source.baseAddress,
                    size: source.count,
                    pos: 0
                )
                var to = unsafe ZSTD_outBuffer(
                    dst: target.baseAddress,
                    size: target.count,
                    pos: 0
                )
                let code = unsafe ZSTD_decompressStream(stream, &to, &from)
                return unsafe (from.pos, to.pos, code)
            }
        }
        guard ZSTD_isError(code) == 0 else {
            throw AuditFileFault(.content, "the compressed data are damaged")
        }
        // Between frames nothing is expected; a call without anything to do says otherwise.
        if consumed > 0 || produced > 0 { isAtEnd = code == 0 }
        input = input.dropFirst(consumed)
        return produced
    }
}
