import ArgumentParser
import AuditLog
import Diagnostics
import Glibc
import SecurityEvents

/// Which records are looked at: all conditions must hold, each of which can be given several times.
struct AuditFilterOptions: ParsableArguments {
    @Option(help: "start, stop, reload, mode, decision, outcome, misuse, …")
    var kind: [String] = []
    @Option(help: "allow or deny.") var verdict: [String] = []
    @Flag(help: "Only denials that permissive mode let through.") var notEnforced = false
    @Option(help: "An operation, or several such as 'cm.*'.") var operation: [String] = []
    @Option(help: "The word of a cause, such as no-rule.") var cause: [String] = []
    @Option(help: ArgumentHelp("The rule that is the cause.", valueName: "id"))
    var rule: [String] = []
    @Option(help: "The engine that decided.") var engine: [String] = []
    @Option(help: ArgumentHelp("What the caller got.", valueName: "rc")) var retcode: [String] = []
    @Option(help: "The caller: a name, 'prefix.*' or '*'.") var process: [String] = []
    @Option(name: .customLong("class"), help: "The caller's class.") var className: [String] = []
    @Option(help: "The process to be started.") var target: [String] = []
    @Option(help: "The client end.") var client: [String] = []
    @Option(help: "The server end.") var server: [String] = []
    @Option(help: "The name of a static channel.") var connection: [String] = []
    @Option var interface: [String] = []
    @Option var endpoint: [String] = []
    @Option(help: ArgumentHelp("Records of one call.", valueName: "number"))
    var call: [UInt64] = []
    @Option(
        help: ArgumentHelp(
            "From a moment on: 2026-01-02, 2026-01-02T03:04:05Z, or 10m ago (s, m, h, d).",
            valueName: "time"
        )
    )
    var since: String?
    @Option(help: ArgumentHelp("Up to a moment.", valueName: "time")) var until: String?
    @Option(help: ArgumentHelp("Record N, or N-M, N-, -M.", valueName: "range")) var seq: String?

    func validate() throws { _ = try query() }

    func query() throws -> AuditQuery {
        var query = AuditQuery()
        query.kinds = try words(kind, "--kind", AuditRecord.Kind.allCases)
        query.verdicts = try words(verdict, "--verdict", Verdict.allCases)
        query.enforced = notEnforced ? false : nil
        query.operations = try operations()
        query.causes = try cause.map { try word($0, "--cause", Cause.words) }
        query.retcodes = try retcode.map { name in
            let known = try word(name, "--retcode", Retcode.named.map(\.name))
            return Retcode(named: known) ?? .ok
        }
        query.rules = try patterns(rule, "--rule")
        query.engines = try patterns(engine, "--engine")
        query.processes = try patterns(process, "--process")
        query.classes = try patterns(className, "--class")
        query.targets = try patterns(target, "--target")
        query.clients = try patterns(client, "--client")
        query.servers = try patterns(server, "--server")
        query.connections = try patterns(connection, "--connection")
        query.interfaces = try patterns(interface, "--interface")
        query.endpoints = try patterns(endpoint, "--endpoint")
        query.calls = call
        query.since = try since.map { try moment($0, "--since") }
        query.until = try until.map { try moment($0, "--until") }
        query.sequences = try seq.map(range)
        return query
    }

    private func operations() throws -> [NamePattern] {
        let known = Operation.allCases.map(\.rawValue)
        let patterns = try patterns(operation, "--operation")
        for pattern in patterns where !known.contains(where: { pattern.matches($0) }) {
            _ = try word(pattern.description, "--operation", known)
        }
        return patterns
    }

    private func patterns(_ texts: [String], _ option: String) throws -> [NamePattern] {
        try texts.map { text in
            guard let pattern = NamePattern(text) else {
                throw ValidationError(
                    "\(option) takes a name, `prefix.*` or `*`, not `\(text)`"
                )
            }
            return pattern
        }
    }

    private func words<Word: RawRepresentable<String>>(
        _ texts: [String],
        _ option: String,
        _ all: [Word]
    ) throws -> [Word] {
        try texts.compactMap { Word(rawValue: try word($0, option, all.map(\.rawValue))) }
    }

    private func word(_ text: String, _ option: String, _ known: [String]) throws -> String {
        if known.contains(text) { return text }
        let hint =
            Suggestion.didYouMean(text, among: known)
            ?? "it takes \(known.joined(separator: ", "))"
        throw ValidationError("\(option) does not know `\(text)`; \(hint)")
    }

    private func moment(_ text: String, _ option: String) throws -> WallTime {
        let now = WallTime(secondsSince1970: UInt64(max(0, time(nil))))
        guard let moment = WallTime(reading: text, now: now) else {
            throw ValidationError(
                "\(option) takes a moment in UTC such as 2026-01-02T03:04:05Z, or 10m, not "
                    + "`\(text)`"
            )
        }
        return moment
    }

    private func range(_ text: String) throws -> ClosedRange<UInt64> {
        let parts = text.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let low = parts[0].isEmpty ? 1 : UInt64(parts[0])
        let high = parts.count == 1 ? low : parts[1].isEmpty ? UInt64.max : UInt64(parts[1])
        guard text != "-", let low, let high, low <= high else {
            throw ValidationError("--seq takes N, N-M, N- or -M, not `\(text)`")
        }
        return low...high
    }
}
