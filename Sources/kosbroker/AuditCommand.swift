import ArgumentParser

/// `kosbroker audit`: what is done with audit logs after they are written.
struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Verify, show and count audit logs.",
        discussion: """
            Logs are read as they are, or compressed with gzip or zstd; `-` is standard input. The \
            older parts of a log (`audit.jsonl.1`, `audit.jsonl.2.gz`, …) are read before it.
            """,
        subcommands: [AuditVerifyCommand.self, AuditShowCommand.self, AuditStatsCommand.self]
    )
}
