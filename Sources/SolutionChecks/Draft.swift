import BrokerCore
package import InitDescriptions
import SecurityEvents
import SolutionTests

/// A first policy and a first suite for a described solution: exactly what is declared, and everything
/// else denied, so that nobody starts from a blank page.
package struct Draft: Sendable {
    private let name: String
    private let file: String
    private let processes: [ProcessName]
    private let assumed: [ProcessName]
    private let channels: [Solution.Channel]
    private let defines: [String: String]

    /// - Parameters:
    ///   - description: the solution.
    ///   - file: the path of its document as the suite is to name it.
    ///   - defines: what had to be put in for macros to read it.
    package init(_ description: InitDescription, file: String, defines: [String: String]) {
        let solution = Solution(description, nameServer: .asDescribed)
        self.file = file
        self.defines = defines
        processes = solution.processes.filter { $0.presence == .decided }.map(\.identity.name)
        assumed = solution.processes.filter { $0.presence == .assumed }.map(\.identity.name)
        // What a policy cannot name, a channel called `$x` or `a*`, is left to its author.
        channels = solution.channels.filter {
            Self.isSayable($0.client.bytes) && Self.isSayable($0.server.bytes)
                && Self.isSayable($0.connection.bytes)
        }
        let stem = file.split(separator: "/").last ?? "solution"
        name = stem.split(separator: ".").first.map(String.init) ?? "solution"
    }

    private static func isSayable(_ name: [UInt8]) -> Bool {
        name.first != UInt8(ascii: "$") && !name.contains(UInt8(ascii: "*"))
    }

    // MARK: The policy

    /// The policy as a document.
    package var policy: String {
        var lines = [
            "# A first policy, drafted from \(file): exactly the declared processes and channels.",
            "# Nothing is allowed at run time yet; see the proposals at the end.",
            "policy: \(yaml(name))",
        ]
        lines += rules
        lines += proposals
        return lines.joined(separator: "\n") + "\n"
    }

    private var rules: [String] {
        var lines: [String] = []
        let startable = processes.filter { Self.isSayable($0.bytes) }
        if !startable.isEmpty {
            lines += [
                "  - id: einit-starts-the-processes",
                "    allow: init.execute",
                "    process: Einit",
                "    target:",
            ]
            lines += startable.map { "      - \(yaml($0.description))" }
        }
        var ids = Identifiers()
        for channel in channels {
            lines += [
                "  - id: " + ids.make("channel-\(channel.client)-to-\(channel.server)"),
                "    allow: init.connect",
                "    process: Einit",
                "    client: \(yaml(channel.client.description))",
                "    server: \(yaml(channel.server.description))",
                "    connection: \(yaml(channel.connection.description))",
            ]
        }
        return lines.isEmpty ? [] : ["rules:"] + lines
    }

    /// Rules for channels that are made at run time, commented out: the description cannot know them.
    private var proposals: [String] {
        var lines = [
            "",
            "  # Proposals for channels that are made at run time. Take the `# ` away from what the",
            "  # solution needs, and write the names of its endpoints and interfaces.",
            "  #",
            "  # - id: servers-listen-and-drop",
            "  #   allow: [cm.listen, cm.drop]",
            "  #   server: self",
        ]
        var ids = Identifiers()
        var seen: Set<String> = []
        for channel in channels {
            let id = "connect-\(channel.client)-to-\(channel.server)"
            guard channel.client != channel.server, seen.insert(id).inserted else { continue }
            lines += [
                "  # - id: " + ids.make(id),
                "  #   allow: [cm.connect, cm.accept]",
                "  #   client: \(yaml(channel.client.description))",
                "  #   server: \(yaml(channel.server.description))",
                "  #   endpoint: ENDPOINT",
            ]
        }
        for process in processes.filter({ Self.isSayable($0.bytes) }) {
            lines += [
                "  # - id: " + ids.make("publish-\(process)"),
                "  #   allow: [ns.publish, ns.unpublish]",
                "  #   process: \(yaml(process.description))",
                "  #   server: self",
                "  #   interface: INTERFACE",
                "  #   endpoint: ENDPOINT",
            ]
        }
        return lines
    }

    // MARK: The suite

    /// An endpoint that no rule of the draft knows.
    private static let unknownEndpoint = "any.endpoint"

    /// The suite as a document, for a policy in `policy.yaml` beside it.
    package var suite: String {
        var lines = [
            "# A first suite, drafted from \(file): what is declared is allowed, all else is denied.",
            "suite: \(yaml(name))",
            "init: \(yaml(file))",
            "policy: [policy.yaml]",
        ]
        if !defines.isEmpty {
            lines.append("# The build gives these macros their values; write what it puts there.")
            lines.append("defines:")
            for (key, value) in defines.sorted(by: { $0.key < $1.key }) {
                lines.append("  \(yaml(key)): \(yaml(value))")
            }
        }
        lines.append("strangers: [\(Self.unknownEndpoint)]")
        if let first = processes.first {
            lines += [
                "tests:",
                "  - name: every declared process is started",
                "    steps:",
            ]
            lines += processes.map {
                "      - {decide: init.execute, as: Einit, target: \(yaml($0.description))}"
            }
            lines += [
                "  - name: a process starts no other",
                "    steps:",
                "      - {decide: init.execute, as: \(yaml(first.description)), "
                    + "target: \(yaml(first.description)), expect: {denied: no-rule}}",
            ]
        }
        lines.append("matrix:")
        lines += channelMatrix
        lines += [
            "  - name: nobody connects at run time",
            "    do: [cm.connect, cm.accept]",
            "    callers: all",
            "    targets:",
        ]
        let servers = processes + assumed
        lines += ([ProcessIdentity.kernel.name] + servers).map {
            "      - {server: \(yaml($0.description)), endpoint: \(Self.unknownEndpoint)}"
        }
        lines += [
            "  - name: nobody reaches a name server",
            "    do: ns.create",
            "    callers: all",
            "    targets:",
            "      - {name: static, server: kl.core.NameServer, path: static}",
            "      - {name: dynamic, server: kl.core.NameServer, path: dynamic}",
        ]
        return lines.joined(separator: "\n") + "\n"
    }

    /// Static channels: each client with exactly its own.
    private var channelMatrix: [String] {
        struct Target: Hashable {
            var server: String
            var connection: String
        }
        var targets: [Target] = []
        var numbers: [Target: Int] = [:]
        var allowed: [(client: String, targets: [Int])] = []
        for channel in channels {
            let target = Target(
                server: channel.server.description,
                connection: channel.connection.description
            )
            let number = numbers[target] ?? targets.count + 1
            if numbers[target] == nil {
                numbers[target] = number
                targets.append(target)
            }
            if let index = allowed.firstIndex(where: { $0.client == channel.client.description }) {
                allowed[index].targets.append(number)
            } else {
                allowed.append((channel.client.description, [number]))
            }
        }
        guard !targets.isEmpty else { return [] }
        var lines = [
            "  - name: each process has its static channels and no others",
            "    do: init.connect",
            "    callers: all",
            "    targets:",
        ]
        for (index, target) in targets.enumerated() {
            lines.append(
                "      - {name: c\(index + 1), server: \(yaml(target.server)), "
                    + "connection: \(yaml(target.connection))}"
            )
        }
        lines.append("    allow:")
        for (client, numbers) in allowed {
            let names = numbers.map { "c\($0)" }.joined(separator: ", ")
            lines.append("      \(yaml(client)): [\(names)]")
        }
        return lines
    }
}

/// Makes identifiers of rules out of names, each once.
private struct Identifiers {
    private var used: Set<String> = []

    mutating func make(_ text: String) -> String {
        var id = ""
        for scalar in text.unicodeScalars {
            let isPlain =
                scalar.isASCII
                && (scalar.properties.isAlphabetic || ("0"..."9") ~= scalar || scalar == "."
                    || scalar == "_" || scalar == "-")
            id.unicodeScalars.append(isPlain ? scalar : "-")
        }
        let stem = String(id.prefix(90))
        var candidate = stem
        var number = 2
        while !used.insert(candidate).inserted {
            candidate = "\(stem)-\(number)"
            number += 1
        }
        return candidate
    }
}

/// Text as a YAML scalar: plain where that is safe, else in double quotes.
private func yaml(_ text: String) -> String {
    let isPlain =
        !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "/"), UInt8(ascii: "-"):
                true
            default: false
            }
        } && text.utf8.first != UInt8(ascii: "-")
    if isPlain { return text }
    var quoted = "\""
    for character in text.unicodeScalars {
        if character == "\"" || character == "\\" { quoted += "\\" }
        quoted.unicodeScalars.append(character)
    }
    return quoted + "\""
}
