import ArgumentParser
import AuditFiles
import AuditLog
import JSONText
import SecurityEvents
import SystemFiles

/// `kosbroker audit verify`: whether a log is whole, and if not, what happened to it.
struct AuditVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say whether a log is as it was written.",
        discussion: """
            Integrity: every record is as it was written, where it was written, and none is \
            missing before the last. Completeness: the log ends with a stop record, and --head \
            finds the hash that was kept elsewhere. Exits 1 where integrity is broken or a \
            demanded hash is not there.
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @OptionGroup var input: AuditLogOptions
    @OptionGroup var key: AuditKeyOptions

    @Option(
        help: ArgumentHelp("A hash that was kept elsewhere and must be there.", valueName: "hash")
    )
    var head: String?

    @Option(
        help: ArgumentHelp(
            "The hash of the record before the first, where older parts are gone.",
            valueName: "hash"
        )
    )
    var after: String?

    @Flag(help: "Fail unless the log ends with a stop record.")
    var closed = false

    @Option(help: "The form of the report: text or json.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "file"))
    var output: String?

    func validate() throws {
        _ = try head.map { try digest($0, "--head") }
        _ = try after.map { try digest($0, "--after") }
    }

    func run() throws {
        let hash = try key.hash()
        let logs = input.logs()
        var progress = ByteProgress(files: logs.flatMap(\.files))
        var reports: [AuditVerification] = []
        for log in logs {
            var verifier = ChainVerifier(
                hash: hash,
                after: try after.map { try digest($0, "--after") },
                expectedHead: try head.map { try digest($0, "--head") }
            )
            for file in log.files {
                verifier.beginFile()
                verifier.takeRest(try AuditLogFiles.read(file, &progress) { verifier.take($0) })
            }
            reports.append(
                AuditVerification(
                    log: log,
                    report: verifier.finish(),
                    isKeyed: key.auditKey != nil,
                    head: head
                )
            )
        }
        progress.finish()
        let text =
            format == .json
            ? AuditVerification.json(reports) : reports.map(\.text).joined()
        try Terminal.deliver(text, to: output)
        try end(reports)
    }

    private func end(_ reports: [AuditVerification]) throws {
        let isBad = reports.contains { verification in
            !verification.report.isWhole || !verification.hasHead
                || closed && !verification.report.isClosed
        }
        if isBad { throw CommandEnd.findings }
        if reports.contains(where: { $0.report.lines == 0 }) { throw CommandEnd.nothingRun }
        if reports.isEmpty { throw CommandEnd.nothingRun }
    }

    private func digest(_ text: String, _ option: String) throws -> Digest {
        let bytes = Array(text.utf8)
        let pairs = stride(from: 0, to: bytes.count - 1, by: 2).compactMap {
            UInt8(String(decoding: bytes[$0..<$0 + 2], as: UTF8.self), radix: 16)
        }
        guard bytes.count == 64, pairs.count == 32, !bytes.contains(UInt8(ascii: "+")) else {
            throw ValidationError("\(option) takes 64 hexadecimal digits, not `\(text)`")
        }
        return Digest(pairs)
    }
}
