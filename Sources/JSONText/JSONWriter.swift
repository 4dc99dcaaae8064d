/// Appends JSON to a byte buffer, in the order in which it is told.
///
/// The order of keys is part of our formats and the hash chain of the audit log covers bytes, so
/// that an encoder which chooses the order itself cannot serve. Commas are placed automatically;
/// that brackets match and that keys stand in objects is the caller's business.
package struct JSONWriter: Sendable {
    /// What has been written so far.
    package var bytes: [UInt8] = []

    /// Whether the next key or element must be preceded by a comma.
    private var needsComma = false

    package init() {}

    /// What has been written so far, as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Forgets what was written and keeps the memory.
    package mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    package mutating func beginObject() { open(UInt8(ascii: "{")) }
    package mutating func endObject() { close(UInt8(ascii: "}")) }
    package mutating func beginArray() { open(UInt8(ascii: "[")) }
    package mutating func endArray() { close(UInt8(ascii: "]")) }

    /// Starts a member of an object.
    ///
    /// `name` is written as it is: it must need no escapes.
    package mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.append(name)
        bytes.append("\":")
    }

    /// Starts a member whose name is data.
    package mutating func key(_ name: String) {
        value(name)
        needsComma = false
        bytes.append(UInt8(ascii: ":"))
    }

    package mutating func value(_ text: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.appendJSONContent(text)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    /// Writes text that is already valid UTF-8.
    package mutating func value(utf8 text: [UInt8]) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        bytes.appendJSONContent(text)
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    package mutating func value(_ number: some FixedWidthInteger) {
        separate()
        if number < 0 { bytes.append(UInt8(ascii: "-")) }
        bytes.appendDecimal(UInt64(number.magnitude))
        needsComma = true
    }

    package mutating func value(_ flag: Bool) {
        separate()
        bytes.append(flag ? "true" : "false")
        needsComma = true
    }

    package mutating func null() {
        separate()
        bytes.append("null")
        needsComma = true
    }

    /// Writes a member whose value is text; none where there is no text.
    package mutating func member(_ name: StaticString, _ text: String?) {
        guard let text else { return }
        key(name)
        value(text)
    }

    /// Writes a member whose value is valid UTF-8; none where there is none.
    package mutating func member(_ name: StaticString, utf8 text: [UInt8]?) {
        guard let text else { return }
        key(name)
        value(utf8: text)
    }

    /// Writes a member whose value is a number; none where there is none.
    package mutating func member(_ name: StaticString, _ number: UInt32?) {
        guard let number else { return }
        key(name)
        value(number)
    }

    /// Ends a line of JSON Lines.
    package mutating func newline() {
        bytes.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    private mutating func open(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = false
    }
}
