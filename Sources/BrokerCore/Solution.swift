package import SecurityEvents

/// What Einit is to start and to connect: an init description as plain data.
package struct Solution: Hashable, Sendable {
    /// Whether Einit is asked to start a process.
    package enum Presence: Hashable, Sendable {
        /// Started by Einit if the policy allows its `init.execute`.
        case decided
        /// There without an event, as what `@INIT_EXTERNAL_ENTITIES@` may stand for.
        case assumed
    }

    /// One process of the solution.
    package struct Process: Hashable, Sendable {
        package var identity: ProcessIdentity
        package var presence: Presence

        package init(_ identity: ProcessIdentity, _ presence: Presence = .decided) {
            self.identity = identity
            self.presence = presence
        }
    }

    /// One static channel; `connection` is its `id` in the init description.
    package struct Channel: Hashable, Sendable {
        package var client: ProcessName
        package var server: ProcessName
        package var connection: ConnectionName

        package init(client: ProcessName, server: ProcessName, connection: ConnectionName) {
            self.client = client
            self.server = server
            self.connection = connection
        }
    }

    /// In start order, each name once; those of class `kl.core.NameServer` are name servers.
    package var processes: [Process]
    /// In the order in which Einit creates them.
    package var channels: [Channel]
    /// Classes of names that are declared but not among `processes`, as a name server left out.
    package var classes: [ProcessName: ClassName]

    package init(
        processes: [Process],
        channels: [Channel] = [],
        classes: [ProcessName: ClassName] = [:]
    ) {
        self.processes = processes
        self.channels = channels
        self.classes = classes
    }
}
