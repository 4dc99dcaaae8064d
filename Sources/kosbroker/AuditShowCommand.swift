import ArgumentParser
import AuditFiles
import AuditLog
import Diagnostics

/// `kosbroker audit show`: the records that somebody asks for.
struct AuditShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show the records of logs that meet all conditions.",
        discussion: """
            Names are given as in a policy: a name, 'prefix.*' for the names under it, or '*'. An \
            option that is given twice means either. `jsonl` shows lines as they stand in the log, \
            so that hashes can still be checked. Exits 3 where a line is no record.
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, jsonl, csv
    }

    @OptionGroup var input: AuditLogOptions
    @OptionGroup(title: "Conditions") var filter: AuditFilterOptions

    @Flag(name: .shortAndLong, help: "Wait for more at the end, also in the file that follows.")
    var follow = false

    @Option(help: "The form of the records: text, jsonl or csv.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Where the records go.", valueName: "file"))
    var output: String?

    func run() throws {
        let logs = input.logs()
        guard let last = logs.last?.files.last else { throw CommandEnd.nothingRun }
        if follow, logs.count != 1 {
            throw ValidationError("--follow goes with one log, not \(logs.count)")
        }
        var viewer = AuditViewer(
            query: try filter.query(),
            format: format,
            output: try StreamedOutput(to: output)
        )
        if format == .csv { try viewer.showHeader() }
        let files = logs.flatMap(\.files)
        var progress = ByteProgress(files: files)
        for file in follow ? files.dropLast() : files {
            viewer.begin(file)
            let rest = try AuditLogFiles.read(file, &progress) { try viewer.show($0) }
            viewer.end(rest.count)
        }
        progress.finish()
        try viewer.finish()
        if follow { try viewer.follow(last) }
        if viewer.hasUnreadable { throw CommandEnd.invalidDocument }
    }
}

/// Shows lines, one after the other.
struct AuditViewer: ~Copyable {
    private let query: AuditQuery
    private let format: AuditShowCommand.Format
    private var output: StreamedOutput
    private var reader = AuditRecordReader()
    private var logged = LoggedRecord.none
    private var file = ""
    private var line: UInt64 = 0
    /// Whether a line was no record.
    private(set) var hasUnreadable = false

    init(query: AuditQuery, format: AuditShowCommand.Format, output: consuming StreamedOutput) {
        self.query = query
        self.format = format
        self.output = output
    }

    mutating func showHeader() throws { try output.write(LoggedRecord.headerCSV) }

    /// The lines of `file` follow.
    mutating func begin(_ file: String) {
        self.file = file
        line = 0
    }

    mutating func show(_ bytes: ArraySlice<UInt8>) throws {
        line += 1
        do throws(RecordFault) {
            try reader.read(bytes, into: &logged)
        } catch {
            hasUnreadable = true
            return Terminal.complain("\(file):\(line):\(error.offset + 1): error: \(error.message)")
        }
        guard query.matches(logged) else { return }
        switch format {
        case .text: try output.write(logged.text + "\n")
        case .csv: try output.write(logged.csv)
        case .jsonl: try output.write(line: bytes)
        }
    }

    /// - Parameter rest: how many bytes stand after the last line.
    mutating func end(_ rest: Int) {
        guard rest > 0 else { return }
        hasUnreadable = true
        Terminal.complain("\(file):\(line + 1): error: the last line is torn: \(rest) bytes")
    }

    mutating func finish() throws { try output.flush() }

    /// Shows what comes, until somebody ends the program.
    mutating func follow(_ file: String) throws -> Never {
        begin(file)
        do {
            var input = try AuditInput(file)
            var splitter = LineSplitter()
            while true {
                try splitter.feed(try input.nextFollowing()) { try show($0) }
                try output.flush()
            }
        } catch let fault as AuditFileFault {
            throw AuditLogFiles.end(file, fault)
        }
    }
}
