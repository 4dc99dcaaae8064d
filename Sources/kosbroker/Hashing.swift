import Crypto
import SecurityEvents

/// SHA-256, handed to the parts that need a hash: the core holds no cryptography.
let sha256: SecurityEvents.HashFunction = { bytes in
    Digest(Array(SHA256.hash(data: bytes)))
}

/// HMAC-SHA-256 with a key: only who has the key can make or check the hashes.
func hmacSHA256(key: [UInt8]) -> SecurityEvents.HashFunction {
    let key = SymmetricKey(data: key)
    return { bytes in Digest(Array(HMAC<SHA256>.authenticationCode(for: bytes, using: key))) }
}
