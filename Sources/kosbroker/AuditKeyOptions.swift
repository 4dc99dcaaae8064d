import ArgumentParser
import LocatedYAML
import SecurityEvents
import SystemFiles

/// The key of a log, where it has one.
struct AuditKeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The key of the chain: all bytes of a file, at least 16.",
            valueName: "file"
        )
    )
    var auditKey: String?

    /// The function of the chain.
    func hash() throws -> HashFunction {
        guard let auditKey else { return sha256 }
        switch SystemFiles.read(auditKey, limit: 1 << 20) {
        case .success(let key) where key.count >= 16: return hmacSHA256(key: key)
        case .success:
            Terminal.complain("kosbroker: the key in `\(auditKey)` is shorter than 16 bytes")
        case .failure(let fault):
            Terminal.complain("kosbroker: cannot read `\(auditKey)`: \(fault.message)")
        }
        throw CommandEnd.invalidDocument
    }
}
