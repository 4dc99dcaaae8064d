import ArgumentParser
import BrokerCore
import BrokerDaemon
import SecurityEvents

/// `kosbroker run`: runs the programs of a solution against its policy.
struct RunCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Run the programs of a solution as its processes, and decide their calls.",
        discussion: """
            Plays Einit: starts the processes of the init description in start order, makes the \
            static channels, and serves until all programs have ended or until SIGINT or SIGTERM. \
            SIGHUP loads the policy again, all of it or nothing.

            Exits 0 whichever way it ends, 3 where a document is unreadable or invalid, 5 where \
            a program is missing or cannot start, or where the report or the audit log cannot be \
            written to its end.
            """
    )

    @Argument(help: ArgumentHelp("The init description.", valueName: "init"))
    var initDescription: String

    @Option(help: ArgumentHelp("The policy.", valueName: "file"))
    var policy: [String] = []

    @OptionGroup var solution: SolutionOptions

    @Option(
        help: ArgumentHelp(
            "Where programs are looked for, by the `path` of each process.",
            discussion: "Several folders are looked through in order. Default: that of init.",
            valueName: "folder"
        )
    )
    var programs: [String] = []

    @Option(
        help: ArgumentHelp(
            "A process for which nothing is started: it waits for `kosbroker exec`.",
            valueName: "process"
        )
    )
    var external: [String] = []

    @OptionGroup var audit: RunAuditOptions

    @Option(
        help: "Whether denials are carried out: enforce or permissive.",
        transform: { text in
            guard let mode = Mode(rawValue: text) else {
                throw ValidationError("--mode takes enforce or permissive, not `\(text)`")
            }
            return mode
        }
    )
    var mode: Mode = .enforce

    @Flag(help: "Refuse what is only recorded otherwise: a filter in cm.listen.")
    var strict = false

    @Option(
        name: .customLong("limit"),
        help: ArgumentHelp("How much a process may hold: waiting=2.", valueName: "name=n")
    )
    var limits: [String] = []

    @OptionGroup var engines: EngineOptions

    @Option(
        name: .customLong("on-reload"),
        help: "What a reload does to channels that the new policy denies: keep or revoke."
    )
    var channelsOnReload: ReloadMode = .keep

    @Option(help: ArgumentHelp("Where `kosbroker exec` finds this broker.", valueName: "socket"))
    var control: String?

    @Option(help: "The form of the report: text or json.")
    var format: RunFormat = .text

    @Flag(help: "Leave decisions out of the report.")
    var quiet = false

    /// For tests, which look into the broker.
    @Flag(help: .hidden)
    var dumpable = false

    /// For tests, which do not want to wait.
    @Option(help: .hidden)
    var grace = 2000

    func validate() throws {
        guard !policy.isEmpty || engines.engine != nil else {
            throw ValidationError("nothing decides: give a policy with --policy")
        }
        _ = try solution.defines()
        _ = try solution.nameServerChoice()
        _ = try brokerLimits()
    }

    func run() throws { try RunPreparation(self).run() }

    /// The limits with what is said about them.
    func brokerLimits() throws -> Limits {
        var limits = Limits()
        for text in self.limits {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, let number = Int(parts[1]), (0...1_000_000).contains(number)
            else {
                throw ValidationError("--limit takes NAME=N with N up to 1000000, not `\(text)`")
            }
            let known = Limits.settable
            guard let limit = known.first(where: { $0.name.rawValue == parts[0] })?.limit else {
                let names = known.map(\.name.rawValue).joined(separator: ", ")
                throw ValidationError("no limit is called `\(parts[0])`; limits: \(names)")
            }
            limits[keyPath: limit] = number
        }
        return limits
    }
}

extension ReloadMode: ExpressibleByArgument {}
extension RunFormat: ExpressibleByArgument {}
