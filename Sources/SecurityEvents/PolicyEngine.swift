/// Decides security events: the plug of the broker.
///
/// A decision must be a pure function of the engine's digest and the event. An engine never throws:
/// one that fails, is late or does not understand denies with ``Cause/engineFailure(_:)``.
public protocol PolicyEngine {
    /// Which policy this is, for every audit record.
    var label: PolicyLabel { get }

    /// Decides one event.
    mutating func decide(_ event: SecurityEvent) -> Decision

    /// Decides one event and says what people want to know about it.
    ///
    /// The decision is the one that ``decide(_:)`` gives; an engine without rules has nothing to add.
    mutating func explain(_ event: SecurityEvent) -> Explanation
}

extension PolicyEngine {
    /// Explains with the decision alone, as an engine without rules does.
    public mutating func explain(_ event: SecurityEvent) -> Explanation {
        Explanation(decide(event))
    }
}

/// The name and the digest of a policy.
public struct PolicyLabel: Hashable, Sendable {
    /// What the policy calls itself; no part of the digest.
    public var name: String
    /// SHA-256 over the canonical form.
    public var digest: Digest

    /// The label of a policy of that name and digest.
    public init(name: String, digest: Digest) {
        self.name = name
        self.digest = digest
    }
}

/// 32 bytes that a hash function made.
public struct Digest: Hashable, Sendable, CustomStringConvertible {
    private let storage: SIMD32<UInt8>

    /// Takes exactly 32 bytes.
    public init(_ bytes: some Collection<UInt8>) {
        precondition(bytes.count == 32, "a digest has 32 bytes")
        var storage = SIMD32<UInt8>()
        for (index, byte) in bytes.enumerated() { storage[index] = byte }
        self.storage = storage
    }

    /// Takes 32 bytes as ``vector`` has them.
    package init(vector: SIMD32<UInt8>) { storage = vector }

    /// What stands before the first link of a chain.
    public static let zero = Digest([UInt8](repeating: 0, count: 32))

    /// The 32 bytes, first to last.
    public var bytes: [UInt8] { (0..<32).map { storage[$0] } }

    /// The bytes without an array around them, for who writes many digests.
    package var vector: SIMD32<UInt8> { storage }

    /// In hexadecimal, lowercase.
    public var description: String {
        let digits = Array("0123456789abcdef".utf8)
        let text = bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}

/// A hash function with 32 bytes of result; handed in, so that the core needs no cryptography.
public typealias HashFunction = @Sendable (ArraySlice<UInt8>) -> Digest
