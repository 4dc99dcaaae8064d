import ArgumentParser
import AuditLog
import BrokerCore
import BrokerDaemon
import Diagnostics
import ExternalEngine
import InitDescriptions
import LocatedYAML
import SecurityEvents
import SecurityPolicy
import SolutionTests

/// Loads what is to be run, finds the programs, and runs it: nothing starts before all is there.
struct RunPreparation {
    private let command: RunCommand

    /// Documents that can be run.
    private struct Loaded {
        var description: InitDescription
        var solution: Solution
        var policy: Policy?
        var candidate: Policy?
    }

    init(_ command: RunCommand) { self.command = command }

    func run() throws {
        keepStandardDescriptors()
        var diagnostics: [Diagnostic] = []
        let loaded = try load(&diagnostics)
        Terminal.complain(diagnostics)
        guard let loaded, !diagnostics.hasErrors else { throw CommandEnd.invalidDocument }
        let programs = RunPrograms(
            folders: ProgramFolders(programFolders),
            external: command.external
        )
        let plan = try programs.plan(loaded.description, loaded.solution)
        let limits = try command.brokerLimits()
        let external = command.engines.startProgram()
        let maker = EngineMaker(external: external, candidate: loaded.candidate)
        guard let engine = maker.engine(loaded.policy.map { RuleEngine($0, hash: sha256) }) else {
            preconditionFailure("a run for which nothing decides is refused")
        }
        let wall = WallTime.now
        let audit = try command.audit.open(wall: wall)
        let result: RunResult
        do throws(SystemFault) {
            result = try start(plan, engine, limits, audit, wall) {
                reload(plan.solution, external)
            }.run()
        } catch {
            Terminal.complain("kosbroker: \(error.message)")
            throw CommandEnd.noAnswer
        }
        for trouble in result.troubles { Terminal.complain("kosbroker: \(trouble)") }
        if !result.troubles.isEmpty { throw CommandEnd.noAnswer }
    }

    /// Where programs are looked for.
    private var programFolders: [String] {
        command.programs.isEmpty
            ? [Paths.folder(of: command.initDescription)] : command.programs
    }

    private func start(
        _ plan: RunPlan,
        _ engine: any PolicyEngine,
        _ limits: Limits,
        _ audit: RunAuditLog?,
        _ wall: WallTime,
        reload: @escaping () -> PolicyReload
    ) throws(SystemFault) -> SolutionRun {
        var settings = RunSettings(hash: sha256, wall: wall)
        settings.format = command.format
        settings.isColored = Terminal.showsColors(to: nil)
        settings.isQuiet = command.quiet
        settings.isDumpable = command.dumpable
        settings.control = command.control
        settings.channelsOnReload = command.channelsOnReload
        settings.grace = .milliseconds(command.grace)
        let broker = ChannelBroker(
            solution: plan.solution,
            engine: engine,
            options: Options(limits: limits, mode: command.mode, strict: command.strict)
        )
        let daemon = try Daemon(broker: broker, audit: audit)
        return try SolutionRun(plan, settings, daemon: daemon, reloadPolicy: reload)
    }
}

// Documents.
extension RunPreparation {
    private func load(_ diagnostics: inout [Diagnostic]) throws -> Loaded? {
        let documents = RunDocuments.source()
        let choice = try command.solution.nameServerChoice() ?? .asDescribed
        let description = loadInitDescription(
            command.initDescription,
            source: documents,
            fragments: command.solution.fragments,
            defines: try command.solution.defines(),
            nameServer: choice.name,
            diagnostics: &diagnostics
        )
        let solution = description.map { Solution($0, nameServer: choice) }
        if let description, let solution {
            diagnostics += description.undefinedInPrograms
            if let conflict = solution.conflict(with: choice) {
                throw ValidationError("--name-server: \(conflict)")
            }
        }
        let policy = loadPolicy(documents, solution, &diagnostics)
        let candidate = command.engines.loadCandidate(documents, &diagnostics)
        diagnostics = diagnostics.inReadingOrder
        guard let description, let solution else { return nil }
        return Loaded(
            description: description,
            solution: solution,
            policy: policy,
            candidate: candidate
        )
    }

    private func loadPolicy(
        _ documents: DocumentSource,
        _ solution: Solution?,
        _ diagnostics: inout [Diagnostic]
    ) -> Policy? {
        guard !command.policy.isEmpty else { return nil }
        let policy = SecurityPolicy.loadPolicy(
            command.policy,
            from: documents,
            diagnostics: &diagnostics
        )
        if let policy, let solution {
            diagnostics += policy.findings(against: DeclaredNames(solution.declared))
        }
        return policy
    }

    /// Loads the policy and the candidate once more: all of it or nothing.
    private func reload(_ solution: Solution, _ external: ExternalProgramEngine?) -> PolicyReload {
        var diagnostics: [Diagnostic] = []
        let documents = RunDocuments.source()
        let policy = loadPolicy(documents, solution, &diagnostics)
        let candidate = command.engines.loadCandidate(documents, &diagnostics)
        let maker = EngineMaker(external: external, candidate: candidate)
        guard !diagnostics.hasErrors,
            let engine = maker.engine(policy.map { RuleEngine($0, hash: sha256) })
        else {
            return .refused(diagnostics.inReadingOrder.map(\.text).joined(separator: "\n"))
        }
        return .loaded(engine)
    }
}
