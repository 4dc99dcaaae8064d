import Crypto
import SecurityEvents

/// SHA-256, handed to the parts that need a hash: the core holds no cryptography.
let sha256: SecurityEvents.HashFunction = { bytes in
    unsafe SHA256.hash(data: bytes).withUnsafeBytes(digest)
}

/// HMAC-SHA-256 with a key: only who has the key can make or check the hashes.
func hmacSHA256(key: [UInt8]) -> SecurityEvents.HashFunction {
    let key = SymmetricKey(data: key)
    return { bytes in
        unsafe HMAC<SHA256>.authenticationCode(for: bytes, using: key).withUnsafeBytes(digest)
    }
}

/// The 32 bytes of a result, without an array in between: a log has many of them.
private func digest(_ bytes: UnsafeRawBufferPointer) -> SecurityEvents.Digest {
    unsafe Digest(vector: bytes.loadUnaligned(as: SIMD32<UInt8>.self))
}
