import ArgumentParser
import Glibc
import LiveSuites

/// The command line: one file per command, each parses its arguments and calls the libraries.
@main
struct Kosbroker: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "kosbroker",
        abstract: "Models and checks how a KasperskyOS solution creates IPC channels at run time.",
        discussion: """
            Exit codes: 0 fine; 1 findings or failed tests; 2 usage; 3 a document is unreadable or \
            invalid; 4 nothing was run; 5 no answer.
            """,
        version: "0.1.0",
        subcommands: [
            CheckCommand.self, DraftCommand.self, TestCommand.self, ExplainCommand.self,
            RunCommand.self, ExecCommand.self,
            AuditCommand.self,
        ]
    )

    /// Runs the command and maps every end to the documented exit codes.
    static func main() {
        // What live tests start, and nobody types: no command, so that no help shows it.
        if CommandLine.arguments.dropFirst() == [Agent.argument] { Agent.run() }
        var name = "kosbroker"
        do {
            var command = try parseAsRoot()
            guard !(command is Self) else {
                Terminal.complain(helpMessage())
                Glibc.exit(CommandEnd.usage.rawValue)
            }
            if let own = type(of: command).configuration.commandName { name += " \(own)" }
            try command.run()
        } catch let end as CommandEnd {
            Glibc.exit(end.rawValue)
        } catch let error as ValidationError {
            Terminal.complain(
                "Error: \(error.message)\n  See '\(name) --help' for more information."
            )
            Glibc.exit(CommandEnd.usage.rawValue)
        } catch {
            let isHelp = exitCode(for: error).isSuccess
            let message = fullMessage(for: error)
            if isHelp { print(message) } else { Terminal.complain(message) }
            Glibc.exit(isHelp ? 0 : CommandEnd.usage.rawValue)
        }
    }
}

/// How a command ends when it does not end well; the values are the documented exit codes.
enum CommandEnd: Int32, Error {
    case findings = 1
    case usage = 2
    case invalidDocument = 3
    case nothingRun = 4
    case noAnswer = 5
}
