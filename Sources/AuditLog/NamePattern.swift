/// What a filter says of a name: the name itself, `prefix.*`, or `*`.
///
/// `prefix.*` means the names that continue `prefix.`, as in a policy.
package struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    /// The pattern as it was written.
    package let description: String
    private let bytes: [UInt8]
    private let isPrefix: Bool

    /// Takes `text` if it is a pattern: a `*` stands alone or after a dot at the end.
    package init?(_ text: String) {
        description = text
        isPrefix = text == "*" || text.hasSuffix(".*")
        bytes = Array(isPrefix ? text.utf8.dropLast() : text.utf8[...])
        if text.isEmpty || bytes.contains(UInt8(ascii: "*")) { return nil }
    }

    package func matches(_ name: [UInt8]) -> Bool {
        isPrefix ? name.count > bytes.count && name.starts(with: bytes) : name == bytes
    }

    package func matches(_ name: String) -> Bool { matches(Array(name.utf8)) }
}
