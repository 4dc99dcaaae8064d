import JSONText
import SecurityEvents

/// The text of a value, kept until another value comes.
///
/// Neighbouring records are about the same second, processes and policy more often than not.
struct KeptText<Value: Equatable & Sendable>: Sendable {
    private let make: @Sendable (Value) -> [UInt8]
    private var value: Value?
    private var text: [UInt8] = []

    /// - Parameter make: makes the text of a value; a pure function.
    init(_ make: @escaping @Sendable (Value) -> [UInt8]) { self.make = make }

    /// Appends the text of `value`; of nil nothing.
    mutating func append(_ value: Value?, to line: inout [UInt8]) {
        guard let value else { return }
        if value != self.value {
            self.value = value
            text = make(value)
        }
        line.append(contentsOf: text)
    }
}

/// The members of a process and its class; the keys come with their punctuation.
func processText(
    _ identity: ProcessIdentity,
    _ nameKey: StaticString,
    _ classKey: StaticString
) -> [UInt8] {
    var text: [UInt8] = []
    text.append(nameKey)
    text.appendJSONContent(identity.name.bytes)
    text.append(classKey)
    text.appendJSONContent(identity.className.bytes)
    text.append(#"""#)
    return text
}

/// The members of a policy and its digest.
func labelText(_ label: PolicyLabel) -> [UInt8] {
    var text: [UInt8] = []
    text.append(#","policy":""#)
    text.appendJSONContent(label.name)
    text.append(#"","digest":""#)
    text.appendHexadecimal(label.digest.vector)
    text.append(#"""#)
    return text
}

extension [UInt8] {
    /// Appends 32 bytes in hexadecimal, lowercase.
    mutating func appendHexadecimal(_ bytes: SIMD32<UInt8>) {
        append(addingCapacity: 64) { output in
            for index in 0..<32 {
                let byte = bytes[index]
                output.append(hexadecimalDigit(byte >> 4))
                output.append(hexadecimalDigit(byte & 15))
            }
        }
    }
}

private func hexadecimalDigit(_ value: UInt8) -> UInt8 {
    value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
}
