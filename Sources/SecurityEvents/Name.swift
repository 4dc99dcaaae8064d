/// An identifier of the modelled system: the name of a process, a class, an interface, an endpoint or
/// a channel.
///
/// Names are opaque bytes: 1–1023 bytes of valid UTF-8 without control characters (category Cc),
/// compared byte by byte and never normalised, so that `é` written in two ways is two names. The role
/// keeps names of different sorts apart for the compiler.
public struct Name<Role>: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// The name as it is compared: UTF-8 without a terminator.
    public let bytes: [UInt8]

    /// Checks and takes `bytes`.
    ///
    /// - Throws: the first ``NameFault`` found.
    public init(_ bytes: [UInt8]) throws(NameFault) {
        if let fault = NameFault(in: bytes) { throw fault }
        self.bytes = bytes
    }

    /// Checks and takes `text`.
    ///
    /// - Throws: the first ``NameFault`` found.
    public init(_ text: String) throws(NameFault) {
        try self.init(Array(text.utf8))
    }

    /// The same bytes in another role, as a class named like its process.
    public init(sameBytesAs other: Name<some Any>) {
        bytes = other.bytes
    }

    /// The name as text.
    public var description: String { String(decoding: bytes, as: UTF8.self) }

    /// Byte order, the only order that names have.
    public static func < (left: Self, right: Self) -> Bool {
        left.bytes.lexicographicallyPrecedes(right.bytes)
    }

    /// The same bytes, which is not the same text in the eyes of Unicode.
    public static func == (left: Self, right: Self) -> Bool { left.bytes == right.bytes }

    /// Hashes the bytes, as equality compares them.
    public func hash(into hasher: inout Hasher) { hasher.combine(bytes) }
}

/// The roles of ``Name``; they have no values.
public enum NameRole {
    /// The role of ``ProcessName``.
    public enum Process {}
    /// The role of ``ClassName``.
    public enum Class {}
    /// The role of ``InterfaceName``.
    public enum Interface {}
    /// The role of ``EndpointName``.
    public enum Endpoint {}
    /// The role of ``ConnectionName``.
    public enum Connection {}
}

/// The name of a running instance: `task` in the init description.
public typealias ProcessName = Name<NameRole.Process>
/// The class of a process: `name` in the init description, the name of its EDL.
public typealias ClassName = Name<NameRole.Class>
/// The name of an interface (`type` in `ns_api.h`).
public typealias InterfaceName = Name<NameRole.Interface>
/// The qualified name of an endpoint (`service` in `ns_api.h` and `cm_api.h`).
public typealias EndpointName = Name<NameRole.Endpoint>
/// The name of a static channel: `id` in the init description.
public typealias ConnectionName = Name<NameRole.Connection>

/// The limits on names, and where they come from.
public enum NameLimits {
    /// The length of the longest name, in bytes without the terminating zero.
    ///
    /// `kl_core_Types_UCoreStringSize` is 1024 with the terminating zero in public code; the constant
    /// itself is not documented.
    public static let maximumLength = 1023
}

/// What is wrong with bytes that were offered as a name.
public enum NameFault: Error, Equatable, Sendable, CustomStringConvertible {
    /// No bytes at all.
    case empty
    /// More than ``NameLimits/maximumLength`` bytes.
    case tooLong
    /// Bytes that are not UTF-8: stray, missing, overlong or of a surrogate.
    case notUTF8
    /// A character of the category Cc, among them the zero that ends names in C.
    case controlCharacter

    init?(in bytes: [UInt8]) {
        if bytes.isEmpty {
            self = .empty
        } else if bytes.count > NameLimits.maximumLength {
            self = .tooLong
        } else if !UTF8Check.isValid(bytes) {
            self = .notUTF8
        } else if UTF8Check.hasControlCharacter(bytes) {
            self = .controlCharacter
        } else {
            return nil
        }
    }

    /// What is wrong, to follow the name of the argument.
    ///
    /// A length is not said: a caller over the wire sends no more than is needed to see that the name
    /// is too long.
    public var description: String {
        switch self {
        case .empty: "is empty"
        case .tooLong: "is longer than \(NameLimits.maximumLength) bytes"
        case .notUTF8: "is not valid UTF-8"
        case .controlCharacter: "has a control character"
        }
    }
}

/// Checks over bytes that make no String.
enum UTF8Check {
    static func isValid(_ bytes: [UInt8]) -> Bool {
        if bytes.allSatisfy({ $0 < 0x80 }) { return true }
        return String(validating: bytes, as: UTF8.self) != nil
    }

    /// Whether valid UTF-8 holds U+0000–U+001F or U+007F–U+009F, the category Cc.
    static func hasControlCharacter(_ bytes: [UInt8]) -> Bool {
        var afterC2 = false
        for byte in bytes {
            if byte < 0x20 || byte == 0x7F { return true }
            if afterC2, byte < 0xA0 { return true }
            afterC2 = byte == 0xC2
        }
        return false
    }
}
