import Diagnostics
import SecurityEvents

/// A server whose clients find it by the name of the channel.
private struct ReservedChannel {
    let id: String
    /// What is reported.
    let findingID: String
    let server: String
    let consequence: String
    let hint: String

    static let nameServer = ReservedChannel(
        id: "kl.core.NameServer",
        findingID: "name-server-channel-id",
        server: "the name server",
        consequence: "`NsCreate` does not use it",
        hint: "call it `kl.core.NameServer`; without that `NsCreate` makes a channel dynamically"
    )
    static let connectionManager = ReservedChannel(
        id: "kl.core.DCM",
        findingID: "dcm-channel-id",
        server: "the dynamic connection manager",
        consequence: "programs do not find it",
        hint: "call it `kl.core.DCM`"
    )
}

/// Static channels to the name server and to the dynamic connection manager under other names than
/// those under which programs look for them.
func reservedChannelFindings(in entities: [Entity]) -> [Diagnostic] {
    var reserved: [ProcessName: ReservedChannel] = [:]
    for entity in entities {
        if entity.className == ProcessIdentity.nameServer.className {
            reserved[entity.task] = .nameServer
        } else if entity.isDynamicConnectionManager || "\(entity.className)" == "kl.core.DCM" {
            reserved[entity.task] = .connectionManager
        }
    }
    let declared = Set(entities.map(\.task))
    return entities.flatMap { entity in
        reservedChannelFindings(in: entity.connections) { target in
            declared.contains(target) ? reserved[target] : undeclared(target)
        }
    }
}

/// The same for channels of which only the targets are known.
func reservedChannelFindings(in connections: [Connection]) -> [Diagnostic] {
    reservedChannelFindings(in: connections) { undeclared($0) }
}

/// A process that nothing declares has its name as its class.
private func undeclared(_ target: ProcessName) -> ReservedChannel? {
    switch "\(target)" {
    case ReservedChannel.nameServer.id: .nameServer
    case ReservedChannel.connectionManager.id: .connectionManager
    default: nil
    }
}

/// Findings for one client, unless it has a second channel there that programs do find.
private func reservedChannelFindings(
    in connections: [Connection],
    reserved: (ProcessName) -> ReservedChannel?
) -> [Diagnostic] {
    var misnamed: [(Connection, ReservedChannel)] = []
    var found: Set<ProcessName> = []
    for connection in connections where connection.isTargetKnown {
        guard let channel = reserved(connection.target) else { continue }
        let id = "\(connection.id)"
        // A name server of another name is asked for by that name.
        if !connection.isIDKnown || id == channel.id || id == "\(connection.target)" {
            found.insert(connection.target)
        } else {
            misnamed.append((connection, channel))
        }
    }
    return misnamed.filter { !found.contains($0.0.target) }.map { connection, channel in
        Diagnostic(
            channel.findingID,
            .warning,
            at: connection.places.id,
            "the channel to \(channel.server) is called `\(connection.id)`: "
                + channel.consequence,
            hint: channel.hint
        )
    }
}
