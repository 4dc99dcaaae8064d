import ArgumentParser
import Diagnostics
import Glibc
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
        case text, json, sarif
    }

    @Argument(help: ArgumentHelp("Documents, and folders to look through.", valueName: "file"))
    var files: [String]

    @Option(help: ArgumentHelp("A policy to put init descriptions to.", valueName: "file"))
    var policy: [String] = []

    @OptionGroup var solution: SolutionOptions

    @Option(
        help: ArgumentHelp(
            "A folder of EDL, CDL and IDL files to compare names with.",
            valueName: "folder"
        )
    )
    var specs: [String] = []

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

    @Option(help: "The form of the report: text, json or sarif.")
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
        options.specifications = specs.flatMap(DocumentFolders.specifications)
        var run = CheckRun(options, from: RunDocuments.source(), hash: sha256)
        let paths = files.flatMap(DocumentFolders.documents)
        var progress = Progress(total: paths.count)
        for (path, isNamed) in paths {
            run.check(path, isNamed: isNamed)
            progress.advance()
        }
        progress.finish()
        var outcome = run.outcome
        if let golden { outcome.kept += try compare(run.descriptions, with: golden) }
        let findings = outcome.kept
        let report = CheckReport(
            run: run,
            findings: findings,
            suppressed: outcome.suppressed,
            showsOrder: order,
            isForTerminal: output == nil && SystemFiles.isTerminal(STDOUT_FILENO),
            isColored: Terminal.showsColors(to: output)
        )
        let text =
            switch format {
            case .text: report.text
            case .json: report.json
            case .sarif:
                renderDiagnosticsSARIF(
                    findings,
                    suppressed: outcome.suppressed,
                    version: Kosbroker.configuration.version
                )
            }
        try Terminal.deliver(text, to: output)
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
    let suppressed: [SuppressedDiagnostic]
    let showsOrder: Bool
    /// Whether people look: they are shown the line that a finding is about.
    let isForTerminal: Bool
    let isColored: Bool

    var text: String {
        var lines: [String] = []
        for checked in run.descriptions where showsOrder || checked.table != nil {
            lines.append(checked.file)
            if showsOrder { lines += checked.orderLines }
            if let table = checked.table { lines += table.lines }
            lines += checked.description.assumptions.map { "  assumed: \($0)" }
        }
        lines.append(summary)
        let rendered = renderDiagnosticsText(
            findings,
            isColored: isColored,
            contents: isForTerminal ? run.contents : nil
        )
        return rendered + lines.joined(separator: "\n") + "\n"
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
        ].joined(separator: ", ") + (suppressed.isEmpty ? "" : ", \(suppressed.count) suppressed")
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
        json.key("suppressed")
        json.beginArray()
        for entry in suppressed {
            json.beginObject()
            json.key("reason")
            json.value(entry.reason)
            json.key("diagnostic")
            json.value(entry.diagnostic)
            json.endObject()
        }
        json.endArray()
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
