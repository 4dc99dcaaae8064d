import ArgumentParser
import BrokerCore
import BrokerDaemon
import Diagnostics
import InitDescriptions
import SecurityEvents

/// Finds the programs of a solution: all of them, before anything starts.
struct RunPrograms {
    let folders: ProgramFolders
    /// The processes that wait for a program instead.
    let external: [String]

    /// What is to be run.
    ///
    /// - Parameters:
    ///   - description: says which programs the processes have.
    ///   - solution: the processes and channels, made of it.
    /// - Returns: the plan, with a program for each process that needs one.
    /// - Throws: where one is missing, or an external process is none.
    func plan(_ description: InitDescription, _ solution: Solution) throws -> RunPlan {
        var plan = RunPlan(file: description.file, solution: solution)
        plan.assumptions = description.assumptions + description.missingArguments
        plan.external = Set(try external.map { try externalProcess($0, in: solution) })
        var missing: [String] = []
        for entity in description.startOrder
        where entity.needsProgram && !plan.external.contains(entity.task) {
            if let file = folders.file(entity.path) {
                plan.programs.append(
                    Program(
                        process: entity.task,
                        file: file,
                        arguments: [entity.path.lastPart] + entity.args,
                        environment: entity.env.map { ($0.key, $0.value) }
                    )
                )
            } else {
                let places = folders.candidates(entity.path).map { "`\($0)`" }
                let text =
                    places.isEmpty
                    ? "the path `\(entity.path)` names no file in the folders"
                    : places.joined(separator: ", ")
                missing.append("  `\(entity.task)`: \(text)")
            }
        }
        guard missing.isEmpty else { try complain(missing) }
        return plan
    }

    private func complain(_ missing: [String]) throws -> Never {
        let lines =
            ["kosbroker: no program that can be executed is there for"] + missing + [
                "say where programs are with --programs FOLDER; or which processes wait for",
                "`kosbroker exec` with --external PROCESS",
            ]
        Terminal.complain(lines.joined(separator: "\n"))
        throw CommandEnd.noAnswer
    }

    private func externalProcess(_ text: String, in solution: Solution) throws -> ProcessName {
        let identities = solution.processes.map(\.identity)
        guard let identity = identities.first(where: { $0.name.bytes == Array(text.utf8) }) else {
            let names = identities.map(\.name.description)
            let hint = Suggestion.didYouMean(text, among: names).map { "; \($0)" } ?? ""
            throw ValidationError("--external: the solution has no process `\(text)`\(hint)")
        }
        guard identity.className != ProcessIdentity.nameServer.className else {
            throw ValidationError("--external: `\(text)` is the broker's own name server")
        }
        return identity.name
    }
}

extension InitDescription {
    /// Macros without a value in what programs are started with: nobody wants these passed on.
    var undefinedInPrograms: [Diagnostic] {
        entities.filter(\.needsProgram).flatMap { entity in
            let places = entity.places
            let values =
                [(entity.path, places.path)] + entity.args.map { ($0, places.args) }
                + entity.env.map { ($0.value, places.env) }
            return values.flatMap { text, place in
                text.matches(of: /@([A-Z0-9_+]+)@/).map { match in
                    Diagnostic(
                        "undefined-macro",
                        at: place ?? places.entity,
                        "the value of `\(match.0)` is not known",
                        hint: "say what the build puts there: --define \(match.1)=VALUE"
                    )
                }
            }
        }
    }

    /// Programs for which macros may bring more than is known, a line for all.
    fileprivate var missingArguments: [String] {
        let names = macros.filter { $0.kind == .arguments || $0.kind == .environment }
            .compactMap(\.process)
        guard !names.isEmpty else { return [] }
        let list = Set(names).sorted().map { "`\($0)`" }.joined(separator: ", ")
        return ["no arguments and variables where a macro may bring some: \(list)"]
    }
}

extension Entity {
    /// Whether a program is started for it: the name server is the broker itself.
    fileprivate var needsProgram: Bool { className != ProcessIdentity.nameServer.className }
}

extension String {
    /// What stands behind the last slash.
    fileprivate var lastPart: String {
        split(separator: "/").last.map(String.init) ?? self
    }
}
