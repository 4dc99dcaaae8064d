import ArgumentParser
import BrokerDaemon

/// `kosbroker exec`: attaches a program that is started by hand to a running broker.
struct ExecCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "exec",
        abstract: "Start a program as a process of the solution that `kosbroker run` runs.",
        discussion: """
            The broker decides whether the process may start, as Einit would be; then the command \
            takes the place of kosbroker. Exits 1 where the policy denies it, 5 where it cannot be; \
            otherwise the end is the command's.
            """
    )

    @Option(
        name: .customLong("as"),
        help: ArgumentHelp("The process that the program is to be.", valueName: "process")
    )
    var process: String

    @Option(
        help: ArgumentHelp(
            "Where the broker listens; needed where several run.",
            valueName: "socket"
        )
    )
    var control: String?

    @Argument(
        parsing: .postTerminator,
        help: ArgumentHelp("The program and its arguments, after `--`.", valueName: "command")
    )
    var command: [String]

    func validate() throws {
        guard !command.isEmpty else {
            throw ValidationError("no command: write it after `--`")
        }
    }

    func run() throws {
        do throws(AttachFault) {
            try executeAttached(as: process, command, control: control)
        } catch {
            switch error {
            case .denied(let text):
                Terminal.complain("kosbroker: \(text)")
                throw CommandEnd.findings
            case .failed(let text):
                Terminal.complain("kosbroker: \(text)")
                throw CommandEnd.noAnswer
            }
        }
    }
}
