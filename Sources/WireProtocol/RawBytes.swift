/// Numbers in raw bytes, in the machine's byte order and wherever they stand.
extension RawSpan {
    func byte(at offset: Int) -> UInt8 {
        unsafe unsafeLoad(fromByteOffset: checked(offset, 1), as: UInt8.self)
    }

    func half(at offset: Int) -> UInt16 {
        unsafe unsafeLoadUnaligned(fromByteOffset: checked(offset, 2), as: UInt16.self)
    }

    func word(at offset: Int) -> UInt32 {
        unsafe unsafeLoadUnaligned(fromByteOffset: checked(offset, 4), as: UInt32.self)
    }

    private func checked(_ offset: Int, _ size: Int) -> Int {
        precondition(offset >= 0 && offset + size <= byteCount, "a field is within its frame")
        return offset
    }
}

extension MutableRawSpan {
    mutating func setByte(_ value: UInt8, at offset: Int) {
        storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
    }

    mutating func setHalf(_ value: UInt16, at offset: Int) {
        storeBytes(of: value, toByteOffset: offset, as: UInt16.self)
    }

    mutating func setWord(_ value: UInt32, at offset: Int) {
        storeBytes(of: value, toByteOffset: offset, as: UInt32.self)
    }
}
