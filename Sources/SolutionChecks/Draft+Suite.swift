import BrokerCore
import FormalSpecifications
import SecurityEvents
import SolutionTests

extension Draft {
    /// How many cells a drafted matrix may have: no more than a suite takes, and few enough to read.
    private static let cells = 500_000

    /// The suite as a document, for a policy in `policy.yaml` beside it.
    package var suite: String {
        let lines =
            heading + tests + ["matrix:"] + channelMatrices + connectMatrices + [
                "  - name: nobody opens a name server",
                "    do: ns.create",
                "    callers: all",
                "    targets:",
                "      - {name: static, server: kl.core.NameServer, path: static}",
                "      - {name: dynamic, server: kl.core.NameServer, path: dynamic}",
            ]
        return lines.map { "\($0)\n" }.joined()
    }

    /// An endpoint that no rule of the draft knows, and no process is called.
    private var unknownEndpoint: String {
        let names = Set(solution.processes.map(\.identity.name.description))
        var candidate = "any.endpoint"
        while names.contains(candidate) { candidate += ".more" }
        return candidate
    }

    /// The endpoints of the specified classes, as far as a suite can name them as strangers: until a
    /// rule mentions them they are.
    private var known: [ClassName: [String]] {
        let predefined = ProcessIdentity.predefined + [.nameServer]
        let taken = Set((predefined + solution.declared).map(\.name.bytes))
        var known: [ClassName: [String]] = [:]
        for className in Set((processes + assumed).map(\.className)) {
            var seen = taken
            known[className] = specifications?.processClass(className)?.endpoints.map(\.path)
                .filter { $0.isPattern && seen.insert($0.bytes).inserted }.map(\.description)
        }
        return known
    }

    private var heading: [String] {
        var lines = [
            "# A first suite, drafted from \(YAMLText.scalar(frame.file))",
            "# What is declared is allowed, and all else is denied.",
            "suite: \(YAMLText.scalar(name))",
            "init: \(YAMLText.scalar(frame.file))",
        ]
        if !frame.fragments.isEmpty {
            let list = frame.fragments.map(YAMLText.scalar).joined(separator: ", ")
            lines.append("processes: [\(list)]")
        }
        lines.append("policy: [policy.yaml]")
        if let nameServer = frame.nameServer {
            lines.append("name-server: \(YAMLText.scalar(nameServer))")
        }
        if !frame.defines.isEmpty {
            lines.append("# The build gives these macros their values; write what it puts there.")
            lines.append("defines:")
            for (key, value) in frame.defines.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(YAMLText.scalar(key)): \(YAMLText.scalar(value))")
            }
        }
        let strangers = [unknownEndpoint] + Set(known.values.joined()).sorted()
        return lines + ["strangers: [\(strangers.map(YAMLText.scalar).joined(separator: ", "))]"]
    }

    private var tests: [String] {
        guard let first = processes.first?.name.description else { return [] }
        let started = processes.map {
            "      - {decide: init.execute, as: Einit, "
                + "target: \(YAMLText.scalar($0.name.description))}"
        }
        return [
            "tests:",
            "  - name: every declared process is started",
            "    steps:",
        ] + started + [
            "  - name: a process starts no other",
            "    steps:",
            "      - {decide: init.execute, as: \(YAMLText.scalar(first)), "
                + "target: \(YAMLText.scalar(first)), expect: {denied: no-rule}}",
        ]
    }

    // MARK: Matrices

    /// Static channels: each client with exactly its own.
    private var channelMatrices: [String] {
        struct Target: Hashable {
            var server: ProcessName
            var connection: String
        }
        var targets: [Target] = []
        var clients: [Target: [ProcessName]] = [:]
        for link in links {
            for connection in link.connections {
                let target = Target(server: link.server, connection: connection)
                if clients[target] == nil { targets.append(target) }
                clients[target, default: []].append(link.client)
            }
        }
        return parts(targets, operations: 1).flatMap { part, suffix in
            var names: [ProcessName: [String]] = [:]
            var lines = [
                "  - name: each process has its static channels and no others\(suffix)",
                "    do: init.connect",
                "    callers: all",
                "    targets:",
            ]
            for (index, target) in part.enumerated() {
                lines.append(
                    "      - {name: c\(index + 1), "
                        + "server: \(YAMLText.scalar(target.server.description)), "
                        + "connection: \(YAMLText.scalar(target.connection))}"
                )
                for client in clients[target] ?? [] {
                    names[client, default: []].append("c\(index + 1)")
                }
            }
            lines.append("    allow:")
            for (client, names) in names.sorted(by: { $0.key < $1.key }) {
                let list = names.joined(separator: ", ")
                lines.append("      \(YAMLText.scalar(client.description)): [\(list)]")
            }
            return lines
        }
    }

    /// Connections to every process: to an endpoint of any name, and to those that it has.
    private var connectMatrices: [String] {
        let servers = [ProcessIdentity.kernel] + processes + assumed
        let known = known
        let targets = servers.flatMap { server in
            ([unknownEndpoint] + (known[server.className] ?? [])).map {
                (server: server.name.description, endpoint: $0)
            }
        }
        return parts(targets, operations: 2).flatMap { part, suffix in
            [
                "  - name: nobody connects at run time\(suffix)",
                "    do: [cm.connect, cm.accept]",
                "    callers: all",
                "    targets:",
            ]
                + part.map {
                    "      - {server: \(YAMLText.scalar($0.server)), "
                        + "endpoint: \(YAMLText.scalar($0.endpoint))}"
                }
        }
    }

    /// Targets in as many parts as the number of cells of a matrix makes needed, and what their
    /// matrices are called beside their name.
    private func parts<Target>(
        _ targets: [Target],
        operations: Int
    ) -> [(targets: ArraySlice<Target>, suffix: String)] {
        let rows = (solution.processes.count + 1) * operations
        let size = max(1, Self.cells / rows)
        let starts = Array(stride(from: 0, to: targets.count, by: size))
        return starts.enumerated().map { number, start in
            let suffix = starts.count == 1 ? "" : ", part \(number + 1) of \(starts.count)"
            return (targets[start..<min(start + size, targets.count)], suffix)
        }
    }
}
