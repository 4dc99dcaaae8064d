import ArgumentParser
import Diagnostics
import InitDescriptions
import JSONText
import LocatedYAML
import SolutionChecks
import SystemFiles

/// `kosbroker check`: init descriptions, policies and suites, checked as a compiler would.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check init descriptions, policies and suites.",
        discussion: """
            Takes files and folders; what a document is, its top-level keys tell. Exits 1 where \
            there is an error, with --strict also where there is a warning, and 3 where a document \
            cannot be read.
            """
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: ArgumentHelp("Documents, and folders to look through.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("A policy to put init descriptions to.", valueName: "file"))
    var policy: [String] = []

    @OptionGroup var solution: SolutionOptions

    @Flag(help: "Fail on warnings too.")
    var strict = false

    @Flag(help: "Show the start order and the static channels.")
    var order = false

    @Option(
        help: ArgumentHelp("An approved table of who may talk to whom.", valueName: "file")
    )
    var golden: String?

    @Flag(name: .customLong("update-golden"), help: "Write that table instead of comparing.")
    var updateGolden = false

    @Option(help: "The form of the report: text or json.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Where the report goes.", valueName: "file"))
    var output: String?

    func validate() throws {
        _ = try solution.defines()
        _ = try solution.nameServerChoice()
        if updateGolden, golden == nil {
            throw ValidationError("--update-golden goes with --golden")
        }
    }

    func run() throws {
        var options = CheckOptions()
        options.policies = policy
        options.nameServer = try solution.nameServerChoice()
        options.fragments = solution.fragments
        options.defines = try solution.defines()
        var run = CheckRun(options, from: SystemFiles.documents, hash: sha256)
        let paths = files.flatMap { DocumentFolders.documents(under: $0) }
        var progress = Progress(total: paths.count)
        for (path, isNamed) in paths {
            run.check(path, isNamed: isNamed)
            progress.advance()
        }
        progress.finish()
        var findings = run.findings
        if let golden { findings += try compare(run.descriptions, with: golden) }
        let report = CheckReport(run: run, findings: findings, showsOrder: order)
        try Terminal.deliver(format == .json ? report.json : report.text, to: output)
        if run.hasUnreadable { throw CommandEnd.invalidDocument }
        if findings.contains(where: { $0.severity >= (strict ? .warning : .error) }) {
            throw CommandEnd.findings
        }
        if run.documents.isEmpty {
            Terminal.complain("kosbroker: no document was found")
            throw CommandEnd.nothingRun
        }
    }

    /// Compares the table of the one description with the approved one, or approves it.
    private func compare(
        _ descriptions: [CheckedDescription],
        with golden: String
    ) throws -> [Diagnostic] {
        guard descriptions.count == 1, let checked = descriptions.first else {
            throw ValidationError(
                "--golden is about one init description, not \(descriptions.count)"
            )
        }
        let table = AccessTable(checked.solution, checked.table)
        if updateGolden {
            try Terminal.deliver(table.text, to: golden)
            return []
        }
        switch SystemFiles.read(golden, limit: 64 << 20) {
        case .success(let bytes):
            let approved = String(decoding: bytes, as: UTF8.self)
            return table.differences(from: approved, file: golden)
        case .failure(let fault):
            Terminal.complain(
                "kosbroker: cannot read `\(golden)`: \(fault.message); "
                    + "--update-golden writes it"
            )
            throw CommandEnd.invalidDocument
        }
    }
}

/// What a check prints.
private struct CheckReport {
    let run: CheckRun
    let findings: [Diagnostic]
    let showsOrder: Bool

    var text: String {
        var lines = findings.map(\.text)
        for checked in run.descriptions where showsOrder || checked.table != nil {
            lines.append(checked.file)
            if showsOrder { lines += checked.orderLines }
            if let table = checked.table { lines += table.lines }
            lines += checked.description.assumptions.map { "  assumed: \($0)" }
        }
        lines.append(summary)
        return lines.joined(separator: "\n") + "\n"
    }

    private var summary: String {
        func count(_ severity: Diagnostic.Severity) -> Int {
            findings.count { $0.severity == severity }
        }
        func words(_ number: Int, _ what: String) -> String {
            "\(number) \(what)\(number == 1 ? "" : "s")"
        }
        return [
            words(run.documents.count, "document"), words(count(.error), "error"),
            words(count(.warning), "warning"), words(count(.note), "note"),
        ].joined(separator: ", ")
    }

    var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("documents")
        json.beginArray()
        for document in run.documents {
            json.beginObject()
            json.key("file")
            json.value(document.file)
            if let kind = document.kind {
                json.key("kind")
                json.value(kind.rawValue)
            }
            json.endObject()
        }
        json.endArray()
        json.key("diagnostics")
        json.value(findings)
        json.key("solutions")
        json.beginArray()
        for checked in run.descriptions {
            json.beginObject()
            json.key("file")
            json.value(checked.file)
            json.members(orderOf: checked)
            if let table = checked.table {
                json.key("policy")
                json.value(table)
            }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.newline()
        return json.text
    }
}
