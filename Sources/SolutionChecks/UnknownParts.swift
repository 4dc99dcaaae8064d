package import Diagnostics
package import InitDescriptions
package import SecurityEvents

/// What only the build of a solution knows: no finding depends on it.
package struct UnknownParts: Sendable {
    /// Whether there may be processes that no document names.
    package let mayHaveMoreProcesses: Bool
    /// The processes that may have other channels than those that are written down.
    private let openClients: Set<ProcessName>

    /// - Parameter description: all of it, also what stands in it with a name that is not known.
    package init(_ description: InitDescription) {
        // Of a faulty description parts are missing.
        mayHaveMoreProcesses =
            !description.isComplete || description.hasErrors
            || description.macros.contains(where: \.mayBringProcesses)
            || !description.entities.allSatisfy { entity in
                entity.isKnown && entity.connections.allSatisfy(\.isTargetKnown)
            }
        let withMacro = description.macros.filter(\.mayBringConnections).compactMap(\.process)
        let withUnknownChannel = description.entities.filter { entity in
            !entity.connections.allSatisfy(\.isNameKnown)
        }
        openClients = Set(withMacro + withUnknownChannel.map(\.task))
    }

    /// Whether a process may have channels of other names than those that are written down.
    package func mayHaveMoreChannels(_ process: ProcessName) -> Bool {
        openClients.contains(process)
    }

    /// Whether any process may.
    package var mayHaveMoreChannels: Bool { mayHaveMoreProcesses || !openClients.isEmpty }

    /// What is left of findings about names in a policy: a name that nothing declares may be that of
    /// a process which the build brings.
    package func confine(_ findings: [Diagnostic]) -> [Diagnostic] {
        guard mayHaveMoreProcesses else { return findings }
        return findings.compactMap { finding in
            switch finding.id {
            case "inert-deny": nil
            case "unknown-name": finding.hint == nil ? nil : finding.as(.note)
            case "class-not-process": finding.as(.warning)
            default: finding
            }
        }
    }
}

extension Connection {
    /// Whether the name of the channel is the real one, and no macro of CMake or C.
    fileprivate var isNameKnown: Bool { isIDKnown && idMacro?.isDefined ?? true }
}

extension Diagnostic {
    fileprivate func `as`(_ severity: Severity) -> Diagnostic {
        Diagnostic(id, severity, at: place, message, hint: hint)
    }
}
