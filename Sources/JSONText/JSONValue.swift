/// A JSON text that was read, as it was written: nothing is rounded, reordered or normalised.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    /// The number as it was written; ``integer`` reads it.
    case number(String)
    /// UTF-8 with all escapes resolved: our names are compared byte by byte, which `String` does not.
    case string([UInt8])
    case array([JSONValue])
    /// Members in the order of the text; no two have one name.
    case object([JSONMember])
}

/// One member of a JSON object.
package struct JSONMember: Hashable, Sendable {
    package let name: [UInt8]
    package let value: JSONValue

    package init(name: [UInt8], value: JSONValue) {
        self.name = name
        self.value = value
    }
}

extension JSONValue {
    /// The text of a string; nil for everything else.
    package var text: String? {
        if case .string(let bytes) = self { String(decoding: bytes, as: UTF8.self) } else { nil }
    }

    /// A number that was written as a whole one, without fraction and exponent, and fits.
    package var integer: Int64? {
        if case .number(let text) = self { Int64(text) } else { nil }
    }

    /// A number that was written as a whole one of at least 0 and fits.
    package var unsignedInteger: UInt64? {
        if case .number(let text) = self { UInt64(text) } else { nil }
    }

    package var bool: Bool? {
        if case .bool(let flag) = self { flag } else { nil }
    }

    /// The elements of an array; nil for everything else.
    package var elements: [JSONValue]? {
        if case .array(let elements) = self { elements } else { nil }
    }

    /// The members of an object; nil for everything else.
    package var members: [JSONMember]? {
        if case .object(let members) = self { members } else { nil }
    }

    /// The value of the member `name` of an object; nil where there is none.
    package subscript(_ name: String) -> JSONValue? {
        let wanted = Array(name.utf8)
        return members?.first { $0.name == wanted }?.value
    }
}
