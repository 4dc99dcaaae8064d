import ArgumentParser
import BrokerCore
import Diagnostics
import InitDescriptions
import JSONText
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionTests
import SystemFiles

/// `kosbroker explain`: what a policy says about one event, and why.
struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Say what a policy decides about one event, and why.",
        discussion: "Exits 0 for either verdict."
    )

    enum Format: String, CaseIterable, ExpressibleByArgument {
        case text, json
    }

    @Argument(help: "The operation, such as cm.connect.")
    var operation: String

    @Option(help: ArgumentHelp("The policy.", valueName: "file"))
    var policy: [String]

    @Option(
        name: .customLong("init"),
        help: ArgumentHelp("The init description: classes, static channels.", valueName: "file")
    )
    var initDescription: String?

    @OptionGroup var solution: SolutionOptions

    @Option(name: .customLong("as"), help: ArgumentHelp("The caller.", valueName: "process"))
    var process: String

    @Option(name: .customLong("as-class"), help: "The caller's class, where no init says it.")
    var className: String?

    @Option var client: String?
    @Option var server: String?
    @Option var target: String?
    @Option var connection: String?
    @Option var interface: String?
    @Option var endpoint: String?
    @Option(help: "static or dynamic.") var path: String?

    @Option(help: "The form of the answer: text or json.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Where the answer goes.", valueName: "file"))
    var output: String?

    func run() throws {
        guard let named = Operation(rawValue: operation) else {
            let names = Operation.allCases.map(\.rawValue)
            let hint =
                Suggestion.didYouMean(operation, among: names)
                ?? "operations: \(names.joined(separator: ", "))"
            throw ValidationError("no operation is called `\(operation)`; \(hint)")
        }
        var query = ExplainQuery(named, process: process)
        query.className = className
        let given: [EventField: String?] = [
            .client: client, .server: server, .target: target, .connection: connection,
            .interface: interface, .endpoint: endpoint, .path: path,
        ]
        query.fields = given.compactMapValues(\.self)
        var diagnostics: [Diagnostic] = []
        let documents = RunDocuments.source()
        let known = try loadSolution(documents, &diagnostics)
        let policy = loadPolicy(self.policy, from: documents, diagnostics: &diagnostics)
        if let known, let policy {
            diagnostics += policy.findings(against: DeclaredNames(known.declared))
        }
        guard let policy, !diagnostics.hasErrors else {
            Terminal.complain(diagnostics)
            if format == .json {
                try Terminal.deliver(renderDiagnosticsJSON(diagnostics), to: output)
            }
            throw CommandEnd.invalidDocument
        }
        Terminal.complain(diagnostics)
        if let known {
            for text in query.unknownNames(in: known) { Terminal.complain("kosbroker: \(text)") }
        }
        let events: [SecurityEvent]
        do throws(QueryFault) {
            events = try query.events(in: known)
        } catch {
            throw ValidationError(error.message)
        }
        var engine: any PolicyEngine = RuleEngine(policy, hash: sha256)
        let explanation = CallExplanation(events, by: &engine)
        let text =
            switch format {
            case .text: explanation.text(policy: engine.label)
            case .json: explanation.json(policy: engine.label)
            }
        try Terminal.deliver(text, to: output)
    }

    private func loadSolution(
        _ documents: DocumentSource,
        _ diagnostics: inout [Diagnostic]
    ) throws -> Solution? {
        guard let initDescription else { return nil }
        let choice = try solution.nameServerChoice() ?? .asDescribed
        let description = loadInitDescription(
            initDescription,
            source: documents,
            fragments: solution.fragments,
            defines: try solution.defines(),
            nameServer: choice.name,
            diagnostics: &diagnostics
        )
        return description.map { Solution($0, nameServer: choice) }
    }
}
