package import SecurityEvents

/// A static channel that Einit makes.
package struct StaticChannel: Hashable, Sendable {
    package let client: ProcessName
    package let server: ProcessName
    package let id: ConnectionName
}

// What a broker needs to play Einit.
extension InitDescription {
    /// The declared processes in the order in which Einit starts them.
    package var startOrder: [Entity] {
        let order = InitDescriptions.startOrder(
            of: entities.map(\.task),
            channels: entities.flatMap { entity in
                entity.channels.map { (client: entity.task, server: $0.target) }
            }
        )
        let byName = Dictionary(
            entities.map { ($0.task, $0) },
            uniquingKeysWith: { first, _ in first }
        )
        return order.compactMap { byName[$0] }
    }

    /// The static channels in the order in which Einit makes them: by client in start order, for
    /// one client in byte order of the ids.
    package var channelsInCreationOrder: [StaticChannel] {
        startOrder.flatMap { entity in
            entity.channels.map {
                StaticChannel(client: entity.task, server: $0.target, id: $0.id)
            }
        }
    }

    /// Whether a process of class `kl.core.NameServer` is declared.
    package var declaresNameServer: Bool {
        entities.contains { $0.className == ProcessIdentity.nameServer.className }
    }

    /// Whether `@INIT_EXTERNAL_ENTITIES@` may bring a name server that is not declared.
    package var mayBringNameServer: Bool {
        externalEntities != nil && !declaresNameServer
    }

    /// What was assumed, for people: a line for each kind of assumption, none where all is known.
    package var assumptions: [String] {
        var lines: [String] = []
        func add(_ text: String, _ names: [String]) {
            if !names.isEmpty { lines.append("\(text): \(names.joined(separator: ", "))") }
        }
        add(
            "processes assumed to be there, which a macro may bring",
            assumedProcesses.map { "`\($0.name)`" }
        )
        let open = Set(macros.filter(\.mayBringConnections).compactMap(\.process))
        add(
            "processes that may have more static channels, which a macro may bring",
            entities.filter { open.contains($0.task) }.map { "`\($0.task)`" }
        )
        let unknownIDs = entities.flatMap(\.connections)
            .filter { $0.idMacro?.isDefined == false }.map(\.id)
        add("channels whose name is a C macro", Set(unknownIDs).sorted().map { "`\($0)`" })
        if mayBringNameServer, let externalEntities {
            lines.append("`\(externalEntities.text)` may bring a name server")
        }
        return lines
    }
}

extension Entity {
    /// The channels that Einit makes for this client, in byte order of their ids.
    ///
    /// Einit keeps them by id, so that a repeated one collapses without a word. Which one stays
    /// where their targets differ is not documented; the last one is our choice.
    package var channels: [Connection] {
        Dictionary(connections.map { ($0.id, $0) }, uniquingKeysWith: { _, last in last })
            .values.sorted { $0.id < $1.id }
    }
}
