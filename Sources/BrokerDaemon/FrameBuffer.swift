import BrokerCore
import CSystemShims
import Glibc
import WireProtocol

/// Where the frame stands that is being handled.
struct FrameBuffer {
    /// One byte longer than a frame, so that one that is too long shows.
    private var bytes = [UInt8](repeating: 0, count: WireFormat.maximumFrameSize + 1)
    private var count = 0

    /// Takes one frame from a socket, without waiting.
    ///
    /// - Returns: how long it is, 0 at the end, or minus the error number.
    mutating func receive(from socket: Int32) -> Int {
        let result = unsafe bytes.withUnsafeMutableBytes { bytes in
            // Without a place for them, descriptors that come with the frame are closed unseen.
            let flags = Int32(MSG_DONTWAIT)
            return unsafe kosbroker_receive(socket, bytes.baseAddress, bytes.count, nil, flags)
        }
        count = min(max(result, 0), WireFormat.maximumFrameSize)
        return result
    }

    /// The header of the frame; nil unless the whole frame is well formed.
    var header: RequestHeader? {
        let frame = unsafe bytes.span.bytes.extracting(0..<count)
        guard let header = RequestHeader(reading: frame), header.isWellFormed else { return nil }
        return header
    }

    /// The call that the frame with this header makes; nil where that is none for a lane.
    func request(_ header: RequestHeader) -> Request? {
        let frame = unsafe bytes.span.bytes.extracting(0..<count)
        return Request(header, in: frame)
    }
}
