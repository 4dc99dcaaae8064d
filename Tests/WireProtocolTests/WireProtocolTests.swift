import TestSupport
import Testing
import WireProtocol

/// What every frame must survive: written, read again, refused where a byte is wrong.
struct WireProtocolTests {
    private func bytes(of header: RequestHeader) -> [UInt8] {
        var bytes = [UInt8](repeating: 7, count: header.frameSize)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        header.write(to: &raw)
        return bytes
    }

    private func read(_ bytes: [UInt8]) -> RequestHeader? {
        unsafe RequestHeader(reading: bytes.span.bytes)
    }

    private func reply(_ bytes: [UInt8]) -> ReplyHeader? {
        unsafe ReplyHeader(reading: bytes.span.bytes)
    }

    private func message(_ bytes: [UInt8], size: Int) -> MessageHeader? {
        unsafe MessageHeader(reading: bytes.span.bytes, messageSize: size)
    }

    private var request: RequestHeader {
        var header = RequestHeader(.publish)
        header.flags = .nullOutput
        header.call = 0x0102_0304
        header.milliseconds = 500
        header.handle = 0xFFFF_FFFF
        header.number = 3
        header.serverSize = 1024
        header.endpointSize = 17
        header.lengths = (3, WireFormat.nullLength, 1024, 0)
        return header
    }

    @Test
    func `a request is read as it was written`() {
        let frame = bytes(of: request)
        #expect(frame.count == 40 + 3 + 1024)
        let read = read(frame)
        #expect(read?.operation == .publish)
        #expect(read?.flags == .nullOutput)
        #expect(read?.call == 0x0102_0304)
        #expect(read?.milliseconds == 500)
        #expect(read?.handle == 0xFFFF_FFFF)
        #expect(read?.number == 3)
        #expect(read?.serverSize == 1024)
        #expect(read?.endpointSize == 17)
        #expect(read?.range(ofName: 0) == 40..<43)
        #expect(read?.range(ofName: 1) == nil)
        #expect(read?.range(ofName: 2) == 43..<1067)
        #expect(read?.range(ofName: 3) == 1067..<1067)
    }

    @Test
    func `a request that is cut, or has a byte too many, is none`() {
        let frame = bytes(of: request)
        for length in 0..<frame.count { #expect(read(Array(frame[..<length])) == nil) }
        #expect(read(frame + [0]) == nil)
    }

    @Test
    func `version, operation, flags, what is not used, and lengths are checked`() {
        let frame = bytes(of: request)
        for (offset, value) in [
            (0, UInt8(2)), (1, 0), (1, 15), (2, 8), (3, 1), (36, 1), (39, 255), (20, 4), (25, 5),
        ] {
            var wrong = frame
            wrong[offset] = value
            #expect(read(wrong) == nil, "byte \(offset)")
        }
    }

    @Test
    func `a frame is never larger than 4096 bytes`() {
        var header = request
        header.lengths = (1024, 1024, 1024, 1024)
        #expect(header.frameSize > WireFormat.maximumFrameSize)
        #expect(read(bytes(of: header)) == nil)
    }

    @Test
    func `a reply is read as it was written, and refused where it is wrong`() {
        var header = ReplyHeader(.reply)
        header.flags = [.descriptor, .more]
        header.call = 9
        header.retcode = -1_879_048_172
        header.handle = 5
        header.number = 6
        header.lengths = (4, 2)
        var bytes = [UInt8](repeating: 0, count: header.frameSize)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        header.write(to: &raw)
        let read = reply(bytes)
        #expect(read?.kind == .reply)
        #expect(read?.flags == [.descriptor, .more])
        #expect(read?.call == 9)
        #expect(read?.retcode == -1_879_048_172)
        #expect(read?.handle == 5)
        #expect(read?.number == 6)
        #expect(read?.firstName == 24..<28)
        #expect(read?.secondName == 28..<30)
        for (offset, value) in [(0, UInt8(0)), (1, 3), (2, 4), (3, 1), (20, 5)] {
            var wrong = bytes
            wrong[offset] = value
            #expect(reply(wrong) == nil, "byte \(offset)")
        }
        for length in bytes.indices {
            #expect(reply(Array(bytes[..<length])) == nil)
        }
    }

    @Test
    func `the header of a message must fit the message`() {
        var header = MessageHeader(.request)
        header.id = 1
        header.riid = 2
        header.method = 3
        header.constantSize = 10
        header.arenaSize = 20
        var bytes = [UInt8](repeating: 0, count: WireFormat.messageHeaderSize)
        var span = bytes.mutableSpan
        var raw = unsafe span.mutableBytes
        header.write(to: &raw)
        let read = message(bytes, size: 54)
        #expect(read?.kind == .request)
        #expect(read?.id == 1)
        #expect(read?.riid == 2)
        #expect(read?.method == 3)
        #expect(read?.constantSize == 10)
        #expect(read?.arenaSize == 20)
        #expect(message(bytes, size: 53) == nil)
        #expect(message(bytes, size: 55) == nil)
        bytes[4] = 9
        #expect(message(bytes, size: 54) == nil)
    }

    @Test
    func `sizes whose sum overflows are no header`() {
        let bytes = [UInt8](repeating: 0xFF, count: 24)
        var kind = bytes
        kind.replaceSubrange(4..<8, with: [1, 0, 0, 0])
        #expect(message(kind, size: 22) == nil)
    }

    @Test
    func `random bytes are read or refused, and never more than there is`() {
        var random = SeededGenerator(seed: 4)
        for _ in 0..<20_000 {
            let size = Int.random(in: 0...200, using: &random)
            var bytes = (0..<size).map { _ in UInt8.random(in: 0...255, using: &random) }
            if size > 3, Bool.random(using: &random) {
                bytes[0] = 1
                bytes[1] = UInt8.random(in: 1...14, using: &random)
                bytes[2] = 0
                bytes[3] = 0
            }
            if let header = read(bytes) {
                for name in 0..<4 {
                    #expect(header.range(ofName: name).map { $0.upperBound <= size } ?? true)
                }
            }
            _ = reply(bytes)
        }
    }
}
