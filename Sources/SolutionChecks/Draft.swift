import BrokerCore
package import FormalSpecifications
package import InitDescriptions
import SecurityEvents
import SolutionTests

/// A first policy and a first suite for a described solution: exactly what is declared, and everything
/// else denied, so that nobody starts from a blank page.
package struct Draft: Sendable {
    /// The documents that the drafts are to name, and what was said beside them.
    package struct Frame: Sendable {
        /// The init description, as the suite is to name it.
        package var file: String
        /// Documents with more entities, likewise.
        package var fragments: [String] = []
        /// What had to be put in for macros to read them.
        package var defines: [String: String] = [:]
        /// The name of a name server, or `none`; nil where nothing was said.
        package var nameServer: String?

        /// Names the init description alone.
        package init(file: String) { self.file = file }
    }

    let frame: Frame
    let name: String
    let solution: Solution
    /// Declared processes that a policy can name, in start order.
    let processes: [ProcessIdentity]
    /// Processes that are there without being started by Einit.
    let assumed: [ProcessIdentity]
    /// The channels of which a policy can name all parts.
    let links: [Link]
    let specifications: SpecificationIndex?
    /// What no policy can name, and is left to its author.
    package let leftOut: [String]

    /// The static channels from one process to another.
    struct Link {
        var client: ProcessName
        var server: ProcessName
        var connections: [String]
    }

    /// Drafts for a solution.
    ///
    /// - Parameters:
    ///   - description: the solution.
    ///   - frame: see ``Frame``.
    ///   - specifications: where the names of endpoints and interfaces are taken from.
    package init(
        _ description: InitDescription,
        _ frame: Frame,
        specifications: SpecificationIndex? = nil
    ) {
        let choice = frame.nameServer.flatMap { try? NameServerChoice($0) }
        let solution = Solution(description, nameServer: choice ?? .asDescribed)
        self.frame = frame
        self.solution = solution
        self.specifications = specifications
        let decided = solution.processes.filter { $0.presence == .decided }.map(\.identity)
        processes = decided.filter { $0.name.isSayable }
        assumed = solution.processes.filter { $0.presence == .assumed }.map(\.identity)
            .filter { $0.name.isSayable }
        let unsayable = solution.channels.filter { !$0.isSayable }
        leftOut =
            decided.filter { !$0.name.isSayable }.map { "the process `\($0.name)`" }
            + unsayable.map {
                "the channel `\($0.connection)` from `\($0.client)` to `\($0.server)`"
            }
        links = Self.links(solution.channels.filter(\.isSayable))
        let stem = frame.file.split(separator: "/").last?.split(separator: ".").first
        name = stem.map(String.init) ?? "solution"
    }

    /// Gathers the channels of each pair of processes, in the order in which Einit makes the first.
    private static func links(_ channels: [Solution.Channel]) -> [Link] {
        struct Ends: Hashable {
            var client: ProcessName
            var server: ProcessName
        }
        var links: [Link] = []
        var positions: [Ends: Int] = [:]
        for channel in channels {
            let ends = Ends(client: channel.client, server: channel.server)
            let connection = channel.connection.description
            if let position = positions[ends] {
                links[position].connections.append(connection)
            } else {
                positions[ends] = links.count
                links.append(
                    Link(
                        client: channel.client,
                        server: channel.server,
                        connections: [connection]
                    )
                )
            }
        }
        return links
    }
}

extension Solution.Channel {
    fileprivate var isSayable: Bool {
        client.isSayable && server.isSayable && connection.isPattern
    }
}

extension Name {
    /// Whether a policy takes the name for itself, and not for a group or a prefix.
    var isPattern: Bool {
        bytes.first != UInt8(ascii: "$") && !bytes.contains(UInt8(ascii: "*"))
    }
}

extension ProcessName {
    /// Whether policies and suites can name the process: some words mean something else there.
    fileprivate var isSayable: Bool {
        isPattern && !["self", "all", "none"].contains(description)
    }
}
