import Diagnostics
import SecurityEvents

/// Processes that no static channel leads to or from.
///
/// Only where everything is written down: no macro may bring a channel or a process, every name is
/// known, and neither a name server nor a dynamic connection manager is there for the others to
/// find each other at run time. A single process has nobody to talk to.
func isolationFindings(in description: InitDescription) -> [Diagnostic] {
    let entities = description.entities
    guard entities.count > 1, !description.hasErrors, isAllWritten(description) else { return [] }
    var connected: Set<ProcessName> = []
    for entity in entities {
        for connection in entity.connections where connection.target != entity.task {
            connected.insert(entity.task)
            connected.insert(connection.target)
        }
    }
    guard !connected.isEmpty else { return [] }
    return entities.filter { !connected.contains($0.task) }.map { entity in
        Diagnostic(
            "isolated-process",
            .note,
            at: entity.places.process,
            "no static channel leads to `\(entity.task)` or from it",
            hint: "it can talk to others over channels that are made at run time, or not at all"
        )
    }
}

private func isAllWritten(_ description: InitDescription) -> Bool {
    let mayBringMore = description.macros.contains {
        $0.kind != .arguments && $0.kind != .environment
    }
    return !mayBringMore
        && description.entities.allSatisfy { entity in
            entity.isKnown && entity.connections.allSatisfy(\.isTargetKnown)
                && !entity.isDynamicConnectionManager && "\(entity.className)" != "kl.core.DCM"
                && entity.className != ProcessIdentity.nameServer.className
        }
}
