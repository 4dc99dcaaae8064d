import FormalSpecifications
import SecurityEvents

extension Draft {
    /// Rules for channels that are made at run time, commented out: the description cannot know them.
    var proposals: [String] {
        var ids = Identifiers()
        let rules =
            nameServerRules + processes.flatMap { publishRules($0, &ids) }
            + listenRules(&ids) + connectRules(&ids)
        let heading =
            specifications == nil
            ? [
                "Proposals for channels that are made at run time. Take the `# ` away from what the",
                "solution needs, and write the names of its endpoints and interfaces.",
            ]
            : [
                "Proposals for channels that are made at run time, with the names of the formal",
                "specifications. Take the `# ` away from what the solution needs.",
            ]
        let start = processes.isEmpty ? ["# rules:"] : []
        return [""] + start + heading.map { "  # \($0)" } + ["  #"] + rules.map { "  # \($0)" }
    }

    private var nameServerRules: [String] {
        [
            "- id: all-open-the-name-server",
            "  allow: ns.create",
            "- id: all-connect-to-the-name-server",
            "  allow: cm.connect",
            "  server: kl.core.NameServer",
            "  endpoint: kl.core.NameServer",
        ]
    }

    /// A server publishes its endpoints, a rule for each interface.
    private func publishRules(_ process: ProcessIdentity, _ ids: inout Identifiers) -> [String] {
        var lines: [String] = []
        for (interface, endpoints) in offers(process) {
            lines += [
                "- id: " + ids.make("publish-\(process.name)"),
                "  allow: [ns.publish, ns.unpublish]",
                "  process: \(YAMLText.scalar(process.name.description))",
                "  server: self",
                "  interface: \(YAMLText.scalar(interface))",
                "  endpoint: \(YAMLText.list(endpoints))",
            ]
        }
        return lines
    }

    private func listenRules(_ ids: inout Identifiers) -> [String] {
        let servers = processes.filter { !offers($0).isEmpty }.map(\.name.description)
        guard !servers.isEmpty else { return [] }
        return [
            "- id: " + ids.make("servers-listen-and-drop"),
            "  allow: [cm.listen, cm.drop]",
            "  process: \(YAMLText.list(servers))",
            "  server: self",
        ]
    }

    /// Whoever has a static channel may well want another one: clients look for the interfaces of their
    /// servers, and connect to their endpoints.
    private func connectRules(_ ids: inout Identifiers) -> [String] {
        let identities = Dictionary(
            (processes + assumed).map { ($0.name, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        var lines: [String] = []
        for link in links where link.client != link.server {
            let server = identities[link.server] ?? ProcessIdentity(undeclared: link.server)
            let offers = offers(server)
            guard !offers.isEmpty else { continue }
            lines += connectRules(
                link.client.description,
                link.server.description,
                offers,
                &ids
            )
        }
        if lines.isEmpty, processes.count > 1 {
            lines = connectRules("CLIENT", "SERVER", [Self.placeholder], &ids)
        }
        return lines
    }

    private func connectRules(
        _ client: String,
        _ server: String,
        _ offers: [Offer],
        _ ids: inout Identifiers
    ) -> [String] {
        [
            "- id: " + ids.make("find-\(client)-to-\(server)"),
            "  allow: ns.enumerate",
            "  process: \(YAMLText.scalar(client))",
            "  interface: \(YAMLText.list(offers.map(\.interface)))",
            "- id: " + ids.make("connect-\(client)-to-\(server)"),
            "  allow: [cm.connect, cm.accept]",
            "  client: \(YAMLText.scalar(client))",
            "  server: \(YAMLText.scalar(server))",
            "  endpoint: \(YAMLText.list(offers.flatMap(\.endpoints)))",
        ]
    }

    // MARK: Endpoints and interfaces

    private typealias Offer = (interface: String, endpoints: [String])

    private static let placeholder: Offer = ("INTERFACE", ["ENDPOINT"])

    /// What a process offers, by interface; words to be replaced where nobody says.
    private func offers(_ process: ProcessIdentity) -> [Offer] {
        guard let known = specifications?.processClass(process.className) else {
            // Programs of the SDK are reached over their static channels; others may be anything.
            return process.className.description.hasPrefix("kl.") ? [] : [Self.placeholder]
        }
        var offers: [Offer] = []
        for endpoint in known.endpoints
        where endpoint.path.isPattern && endpoint.interface.isPattern {
            let interface = endpoint.interface.description
            let path = endpoint.path.description
            if let index = offers.firstIndex(where: { $0.interface == interface }) {
                offers[index].endpoints.append(path)
            } else {
                offers.append((interface, [path]))
            }
        }
        // The rest of its endpoints stands in a file that is not here.
        if !known.isComplete, offers.isEmpty { return [Self.placeholder] }
        return offers
    }
}
