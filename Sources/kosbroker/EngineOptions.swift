import ArgumentParser
import Diagnostics
import ExternalEngine
import LocatedYAML
import SecurityEvents
import SecurityPolicy

/// Who decides beside the policy.
struct EngineOptions: ParsableArguments {
    @Option(help: ArgumentHelp("A program that must allow each event too.", valueName: "command"))
    var engine: String?

    @Option(
        name: .customLong("engine-deadline"),
        help: ArgumentHelp("How long that program may take.", valueName: "milliseconds")
    )
    var engineDeadline = 100

    @Option(
        help: ArgumentHelp("A policy that is asked beside the live one.", valueName: "file")
    )
    var candidate: [String] = []

    func validate() throws {
        guard (1...3_600_000).contains(engineDeadline) else {
            throw ValidationError("--engine-deadline takes milliseconds from 1 to 3600000")
        }
    }

    /// The candidate, where there is one; nil and errors where it is invalid.
    func loadCandidate(
        _ documents: DocumentSource,
        _ diagnostics: inout [Diagnostic]
    ) -> Policy? {
        guard !candidate.isEmpty else { return nil }
        return loadPolicy(candidate, from: documents, diagnostics: &diagnostics)
    }

    /// Starts the program, where there is one; it decides until nobody holds it any more.
    func startProgram() -> ExternalProgramEngine? {
        engine.map {
            ExternalProgramEngine(
                command: $0,
                deadline: .milliseconds(engineDeadline),
                hash: sha256
            )
        }
    }
}

/// Puts together who decides.
struct EngineMaker {
    let external: ExternalProgramEngine?
    let candidate: Policy?

    /// The rules, together with the external program and beside the candidate, as asked for; nil
    /// where nothing decides.
    func engine(_ rules: RuleEngine?) -> (any PolicyEngine)? {
        var engines: [any PolicyEngine] = []
        if let rules { engines.append(rules) }
        if let external { engines.append(external) }
        guard let first = engines.first else { return nil }
        let live: any PolicyEngine =
            engines.count == 1 ? first : AllMustAllowEngine(engines, hash: sha256)
        guard let candidate else { return live }
        return LiveBesideCandidateEngine(
            live: live,
            candidate: RuleEngine(candidate, hash: sha256)
        )
    }
}
