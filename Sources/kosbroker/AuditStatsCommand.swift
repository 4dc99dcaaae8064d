import ArgumentParser
import AuditLog
import Diagnostics

/// `kosbroker audit stats`: how much of what is in a log.
struct AuditStatsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stats",
        abstract: "Count decisions by operation, cause, rule, pair of processes, and over time.",
        discussion: "Counts the records that meet all conditions, of all logs together."
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @OptionGroup var input: AuditLogOptions
    @OptionGroup(title: "Conditions") var filter: AuditFilterOptions

    @Option(help: ArgumentHelp("How many rows a table shows as text.", valueName: "number"))
    var rows = 20

    @Option(help: "The form of the report: text or json.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "file"))
    var output: String?

    func validate() throws {
        if rows < 1 { throw ValidationError("--rows is at least 1") }
    }

    func run() throws {
        let query = try filter.query()
        let files = input.logs().flatMap(\.files)
        var progress = ByteProgress(files: files)
        var statistics = AuditStatistics()
        var reader = AuditRecordReader()
        var logged = LoggedRecord.none
        var unreadable: UInt64 = 0
        for file in files {
            var line: UInt64 = 0
            let rest = try AuditLogFiles.read(file, &progress) { bytes in
                line += 1
                do throws(RecordFault) {
                    try reader.read(bytes, into: &logged)
                    if query.matches(logged) { statistics.add(logged) }
                } catch {
                    unreadable += 1
                    guard unreadable <= 10 else { return }
                    Terminal.complain(
                        "\(file):\(line):\(error.offset + 1): error: \(error.message)"
                    )
                }
            }
            if !rest.isEmpty {
                unreadable += 1
                Terminal.complain("\(file):\(line + 1): error: the last line is torn")
            }
        }
        progress.finish()
        let text = format == .json ? statistics.json : statistics.text(rows: rows)
        try Terminal.deliver(text, to: output)
        if unreadable > 0 {
            Terminal.complain("kosbroker: \(unreadable) lines are no records and were not counted")
            throw CommandEnd.invalidDocument
        }
        if files.isEmpty { throw CommandEnd.nothingRun }
    }
}
