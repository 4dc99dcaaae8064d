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
        if let golden { outcome.kept += try compare(run, outcome.kept, with: golden) }
        try Terminal.deliver(report(run, outcome), to: output)
        try end(run, outcome.kept)
    }

    private func report(_ run: CheckRun, _ outcome: SuppressionOutcome) -> String {
        let report = CheckReport(
            run: run,
            findings: outcome.kept,
            suppressed: outcome.suppressed,
            showsOrder: order,
            isForTerminal: output == nil && SystemFiles.isTerminal(STDOUT_FILENO),
            isColored: Terminal.showsColors(to: output)
        )
        return switch format {
        case .text: report.text
        case .json: report.json
        case .sarif:
            renderDiagnosticsSARIF(
                outcome.kept,
                suppressed: outcome.suppressed,
                version: Kosbroker.configuration.version
            )
        }
    }

    /// Ends with the documented exit code.
    private func end(_ run: CheckRun, _ findings: [Diagnostic]) throws {
        if run.hasUnreadable || findings.contains(where: { $0.id == "unreadable" }) {
            throw CommandEnd.invalidDocument
        }
        if run.lacksPolicy {
            Terminal.complain("kosbroker: the policy has errors; nothing was put to it")
            throw CommandEnd.findings
        }
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
        _ run: CheckRun,
        _ findings: [Diagnostic],
        with golden: String
    ) throws -> [Diagnostic] {
        let checked = run.descriptions.first
        let isWhole = checked?.description.isComplete ?? false
        guard !run.hasUnreadable, !run.lacksPolicy, checked == nil || isWhole else {
            Terminal.complain("kosbroker: `\(golden)` is not looked at: documents are missing")
            return []
        }
        guard let checked, run.descriptions.count == 1 else {
            throw ValidationError(
                "--golden is about one init description, not \(run.descriptions.count)"
            )
        }
        let table = AccessTable(checked.solution, checked.table)
        let approved = SystemFiles.read(golden, limit: YAMLLimits().bytes)
        if updateGolden {
            if findings.hasErrors {
                Terminal.complain("kosbroker: `\(golden)` is not written while there are errors")
            } else {
                let old = SystemFiles.exists(golden) ? try? approved.get() : nil
                try Terminal.deliver(table.text(over: old ?? []), to: golden)
            }
            return []
        }
        switch approved {
        case .success(let bytes): return table.differences(from: bytes, file: golden)
        case .failure(let fault):
            return [
                Diagnostic(
                    "unreadable",
                    at: SourceLocation(file: golden, line: 1, column: 1),
                    "cannot read `\(golden)`: \(fault.message)",
                    hint: "--update-golden writes it"
                )
            ]
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
        for checked in run.descriptions {
            let assumptions = checked.description.assumptions
            guard showsOrder || checked.table != nil || !assumptions.isEmpty else { continue }
            lines.append(checked.file)
            if showsOrder { lines += checked.orderLines }
            if let table = checked.table { lines += table.lines }
            lines += assumptions.map { "  assumed: \($0)" }
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
