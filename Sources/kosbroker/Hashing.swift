import Crypto
import SecurityEvents

/// SHA-256, handed to the parts that need a hash: the core holds no cryptography.
let sha256: SecurityEvents.HashFunction = { bytes in
    Digest(Array(SHA256.hash(data: bytes)))
}
