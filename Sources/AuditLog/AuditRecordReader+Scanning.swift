import JSONText
import SecurityEvents

// The values of JSON as a record uses them, by position in a line.

extension AuditRecordReader {
    /// The bytes between the quotes of a string, as they stand.
    mutating func text(_ line: Span<UInt8>) throws(RecordFault) -> Range<Int> {
        try expect(UInt8(ascii: "\""), line)
        let start = position
        var place = start
        while true {
            place = line.endOfPlainText(from: place)
            guard place < line.count else { break }
            let byte = line[place]
            if byte == UInt8(ascii: "\"") {
                position = place + 1
                return start..<place
            }
            if byte < 0x20 { throw fault("a control character must be escaped", at: place) }
            place += 2
        }
        throw fault("the string does not end", at: start)
    }

    /// A whole number as JSON has it: no sign, no leading zero.
    mutating func number(_ line: Span<UInt8>) throws(RecordFault) -> UInt64 {
        let start = position
        var value: UInt64 = 0
        while position < line.count {
            let digit = line[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            if position - start < 19 {
                // Nineteen digits always fit.
                value = value &* 10 &+ UInt64(digit)
            } else {
                let (shifted, isTooLarge) = value.multipliedReportingOverflow(by: 10)
                let (sum, isStillTooLarge) = shifted.addingReportingOverflow(UInt64(digit))
                guard !isTooLarge, !isStillTooLarge else {
                    throw fault("the number is too large", at: start)
                }
                value = sum
            }
            position += 1
        }
        let length = position - start
        guard length > 0 else { throw fault("a number is expected", at: start) }
        guard length == 1 || line[start] != UInt8(ascii: "0") else {
            throw fault("a number starts with a zero", at: start)
        }
        return value
    }

    mutating func positive(_ line: Span<UInt8>) throws(RecordFault) -> UInt64 {
        let start = position
        let value = try number(line)
        guard value > 0 else { throw fault("the number is at least 1", at: start) }
        return value
    }

    mutating func number32(_ line: Span<UInt8>) throws(RecordFault) -> UInt32 {
        let start = position
        guard let value = UInt32(exactly: try number(line)) else {
            throw fault("the number is too large", at: start)
        }
        return value
    }

    mutating func boolean(_ line: Span<UInt8>) throws(RecordFault) -> Bool {
        let isTrue = position < line.count && line[position] == UInt8(ascii: "t")
        try literal(isTrue ? "true" : "false", line)
        return isTrue
    }

    mutating func literal(_ text: String, _ line: Span<UInt8>) throws(RecordFault) {
        for byte in text.utf8 { try expect(byte, line) }
    }

    /// `YYYY-MM-DDThh:mm:ss.nnnnnnnnnZ`.
    mutating func wall(_ line: Span<UInt8>) throws(RecordFault) -> WallTime {
        let range = try text(line)
        let start = range.lowerBound
        guard range.count == WallTime.textLength, line[start + 19] == UInt8(ascii: "."),
            line[start + 29] == UInt8(ascii: "Z"),
            let second = seconds.value(line, start..<start + 19, make: WallTime.second(ofDate:))
        else { throw fault("no moment in UTC with nine digits of a second", at: start) }
        var nanoseconds: UInt32 = 0
        for index in start + 20..<start + 29 {
            let digit = line[index] &- UInt8(ascii: "0")
            guard digit < 10 else { throw fault("a digit is expected", at: index) }
            nanoseconds = nanoseconds * 10 + UInt32(digit)
        }
        return WallTime(recorded: second, nanoseconds: nanoseconds)
    }

    /// Skips the value of a key that this version does not know; any JSON will do.
    mutating func skipValue(_ line: Span<UInt8>) throws(RecordFault) {
        let start = position
        var depth = 0
        scan: while position < line.count {
            switch line[position] {
            case UInt8(ascii: "\""):
                _ = try text(line)
                continue scan
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if depth == 0 { break scan }
                depth -= 1
            case UInt8(ascii: ","):
                if depth == 0 { break scan }
            default: break
            }
            position += 1
        }
        var value: [UInt8] = []
        for index in start..<position { value.append(line[index]) }
        do throws(JSONFault) {
            _ = try JSONValue(parsing: value)
        } catch {
            throw fault(error.message, at: start + error.offset)
        }
    }
}

/// 64 hexadecimal digits, lowercase, as 32 bytes; eight digits at a time.
func hexadecimal(_ line: Span<UInt8>, _ range: Range<Int>) -> Digest? {
    guard range.count == 64 else { return nil }
    var words = SIMD8<UInt32>()
    var difference: UInt64 = 0
    for index in 0..<8 {
        let digits = line.eight(at: range.lowerBound + 8 * index)
        // Letters have the bit 64, and their low bits count from 1.
        let letters = digits >> 6 & UInt64(repeating: 1)
        let values = digits & UInt64(repeating: 15) &+ letters &* 9
        // What is no digit reads otherwise when it is written again.
        let isLarge = (values &+ UInt64(repeating: 6)) >> 4 & UInt64(repeating: 1)
        difference |= (values &+ UInt64(repeating: 0x30) &+ isLarge &* 39) ^ digits
        words[index] = packed(values)
    }
    guard difference == 0 else { return nil }
    return Digest(vector: unsafe unsafeBitCast(words, to: SIMD32<UInt8>.self))
}

/// Four bytes of eight values from 0 to 15.
@inline(__always)
private func packed(_ values: UInt64) -> UInt32 {
    var pairs = (values << 4 | values >> 8) & 0x00FF_00FF_00FF_00FF
    pairs = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF
    return UInt32(truncatingIfNeeded: pairs | pairs >> 16)
}
