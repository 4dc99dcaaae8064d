import WireProtocol

/// Any bytes are a frame, of which every byte is as it would be written, or none; never a crash.
///
/// The first byte says what the rest is read as.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzFrames(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = input.first else { return 0 }
    let frame = Array(input.dropFirst())
    switch kind % 3 {
    case 0: fuzzRequest(frame)
    case 1: fuzzReply(frame)
    default: fuzzMessage(frame)
    }
    return 0
}

private func fuzzRequest(_ frame: [UInt8]) {
    guard let header = RequestHeader(reading: frame.span.bytes) else { return }
    expect(header.frameSize == frame.count)
    var end = WireFormat.requestHeaderSize
    for index in 0..<WireFormat.requestNames {
        guard let range = header.range(ofName: index) else { continue }
        expect(range.lowerBound == end && range.count <= WireFormat.maximumSentNameLength)
        end = range.upperBound
    }
    expect(end == frame.count)
    expectSame(frame, WireFormat.requestHeaderSize) { header.write(to: &$0) }
}

private func fuzzReply(_ frame: [UInt8]) {
    guard let header = ReplyHeader(reading: frame.span.bytes) else { return }
    expect(header.frameSize == frame.count)
    expect(header.firstName.lowerBound == WireFormat.replyHeaderSize)
    expect(header.secondName.upperBound == frame.count)
    expectSame(frame, WireFormat.replyHeaderSize) { header.write(to: &$0) }
}

/// A message is longer than what is read of it: the first two bytes say by how much.
private func fuzzMessage(_ bytes: [UInt8]) {
    guard bytes.count >= 2 else { return }
    let header = Array(bytes.dropFirst(2))
    let size = header.count + Int(bytes[0]) + Int(bytes[1]) << 8
    guard let message = MessageHeader(reading: header.span.bytes, messageSize: size) else { return }
    let contents = Int(message.constantSize) + Int(message.arenaSize)
    expect(contents <= WireFormat.maximumMessageSize)
    expect(contents + WireFormat.messageHeaderSize == size)
    expectSame(header, WireFormat.messageHeaderSize) { message.write(to: &$0) }
}

/// What `write` writes must be what `bytes` begin with.
private func expectSame(_ bytes: [UInt8], _ size: Int, _ write: (inout MutableRawSpan) -> Void) {
    var written = [UInt8](repeating: 0xEE, count: size)
    var span = written.mutableSpan
    var raw = span.mutableBytes
    write(&raw)
    expect(written.elementsEqual(bytes[..<size]))
}

private func expect(_ holds: Bool, line: Int = #line) {
    guard holds else { preconditionFailure("line \(line) does not hold") }
}
