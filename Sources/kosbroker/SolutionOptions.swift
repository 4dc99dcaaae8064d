import ArgumentParser
import SecurityEvents
import SolutionTests

/// What the command line says about a solution beside its documents.
struct SolutionOptions: ParsableArguments {
    @Option(
        name: .customLong("name-server"),
        help: "The process that is a name server where none is declared; none leaves all out."
    )
    var nameServer: String?

    @Option(
        name: .customLong("with"),
        help: ArgumentHelp(
            "A document with more entities: hidden system programs, attackers.",
            valueName: "file"
        )
    )
    var fragments: [String] = []

    @Option(
        name: .customLong("define"),
        help: ArgumentHelp("The value of a macro in the init description.", valueName: "name=value")
    )
    var definitions: [String] = []

    /// What is said about the name server; nil where nothing is.
    func nameServerChoice() throws -> NameServerChoice? {
        guard let nameServer else { return nil }
        do throws(NameFault) {
            return try NameServerChoice(nameServer)
        } catch {
            throw ValidationError("--name-server \(error)")
        }
    }

    /// The macros' values by name.
    func defines() throws -> [String: String] {
        var defines: [String: String] = [:]
        for definition in definitions {
            let parts = definition.split(
                separator: "=",
                maxSplits: 1,
                omittingEmptySubsequences: false
            )
            guard parts.count == 2, !parts[0].isEmpty else {
                throw ValidationError("--define takes NAME=VALUE, not `\(definition)`")
            }
            defines[String(parts[0])] = String(parts[1])
        }
        return defines
    }
}
