package import SecurityEvents

/// What a rule can say about a name: the name itself, everything under a prefix, or anything.
///
/// Nothing else, on purpose: every question about all names can then be answered exactly.
package enum Pattern: Hashable, Sendable {
    /// `"*"`: every name.
    case any
    /// Exactly this name.
    case literal([UInt8])
    /// `a.b.*`: the names that start with `a.b.`, which is what is kept here, and are longer.
    case prefix([UInt8])

    /// The longest prefix in bytes: a fresh name under it must still fit (our choice).
    package static let maximumPrefixLength = 1000

    /// Whether `name` is one of the names meant.
    package func matches(_ name: [UInt8]) -> Bool {
        switch self {
        case .any: true
        case .literal(let literal): literal == name
        case .prefix(let prefix): name.count > prefix.count && name.starts(with: prefix)
        }
    }

    /// The pattern as it is written in a policy, without quotes.
    package var text: String {
        switch self {
        case .any: "*"
        case .literal(let literal): String(decoding: literal, as: UTF8.self)
        case .prefix(let prefix): String(decoding: prefix, as: UTF8.self) + "*"
        }
    }
}

extension Pattern: Comparable {
    /// The order of the canonical form: by kind, then by bytes.
    package static func < (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.literal(let a), .literal(let b)), (.prefix(let a), .prefix(let b)):
            a.lexicographicallyPrecedes(b)
        default: left.rank < right.rank
        }
    }

    private var rank: Int {
        switch self {
        case .any: 0
        case .literal: 1
        case .prefix: 2
        }
    }
}

/// Why text is no pattern.
package enum PatternFault: Error, Equatable {
    case name(NameFault)
    case wildcard
    case prefixTooLong

    package var message: String {
        switch self {
        case .name(let fault): fault.description
        case .wildcard: "has a `*` where none can stand"
        case .prefixTooLong:
            "has a prefix longer than \(Pattern.maximumPrefixLength) bytes"
        }
    }

    package var hint: String? {
        switch self {
        case .wildcard: "a pattern is a name, a prefix such as `a.b.*`, or \"*\" alone"
        case .name, .prefixTooLong: nil
        }
    }
}

extension Pattern {
    /// Reads a pattern that is no group.
    package init(parsing bytes: [UInt8]) throws(PatternFault) {
        let star = UInt8(ascii: "*")
        guard let first = bytes.firstIndex(of: star) else {
            if let fault = Self.nameFault(bytes) { throw .name(fault) }
            self = .literal(bytes)
            return
        }
        if bytes.count == 1 {
            self = .any
            return
        }
        guard first == bytes.count - 1, bytes[first - 1] == UInt8(ascii: ".") else {
            throw .wildcard
        }
        let prefix = Array(bytes.dropLast())
        guard prefix.count <= Self.maximumPrefixLength else { throw .prefixTooLong }
        if let fault = Self.nameFault(prefix) { throw .name(fault) }
        self = .prefix(prefix)
    }

    private static func nameFault(_ bytes: [UInt8]) -> NameFault? {
        do throws(NameFault) {
            _ = try ProcessName(bytes)
            return nil
        } catch {
            return error
        }
    }
}
