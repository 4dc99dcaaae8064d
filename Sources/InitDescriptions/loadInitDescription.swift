package import Diagnostics
import LocatedYAML
import SecurityEvents

/// A document and the path that it was read from.
package struct InitSource: Sendable {
    package let file: String
    package let bytes: [UInt8]

    /// - Parameters:
    ///   - file: the path as the user gave it, for diagnostics.
    ///   - bytes: an init description, or a CMake template of one.
    package init(file: String, bytes: [UInt8]) {
        self.file = file
        self.bytes = bytes
    }
}

/// Loads an init description that is to be worked with: all of it, or nothing.
///
/// - Parameters:
///   - source: the description.
///   - fragments: documents of the same format whose entities are added to it, such as hidden
///     system programs or attackers.
///   - defines: values of `@NAME@` macros inside values, and of C macros that hold connection ids.
///   - diagnostics: receives every fault of all documents.
/// - Returns: the description, or nil where there is an error.
package func loadInitDescription(
    _ source: InitSource,
    fragments: [InitSource] = [],
    defines: [String: String] = [:],
    diagnostics: inout [Diagnostic]
) -> InitDescription? {
    var found: [Diagnostic] = []
    let description = inspectInitDescription(
        source,
        fragments: fragments,
        defines: defines,
        diagnostics: &found
    )
    diagnostics += found
    return found.hasErrors ? nil : description
}

/// Reads an init description as far as it can be read, for checks that want to find everything.
///
/// The parameters are those of ``loadInitDescription(_:fragments:defines:diagnostics:)``. What is
/// returned beside an error lacks what is faulty: it is to be checked, never to be run.
package func inspectInitDescription(
    _ source: InitSource,
    fragments: [InitSource] = [],
    defines: [String: String] = [:],
    diagnostics: inout [Diagnostic]
) -> InitDescription {
    var found: [Diagnostic] = []
    let documents = ([source] + fragments).map { readDocument($0, defines, &found) }
    var description = InitDescription(
        file: source.file,
        entities: documents.flatMap { $0.entities },
        macros: documents.flatMap { $0.macros }
    )
    // Of half a document nothing can be said as a whole: what is missing may stand in the rest.
    if documents.allSatisfy({ $0.isComplete }) {
        let checks = DescriptionChecks(
            entities: description.entities,
            macros: description.macros,
            declaredNames: Set(documents.flatMap { $0.declaredNames }),
            unresolvedTargets: documents.reduce(into: []) { $0.formUnion($1.unresolvedTargets) }
        )
        found += checks.diagnostics
        description.entities = checks.uniqueEntities
        description.assumedProcesses = checks.assumedProcesses
        if description.entities.isEmpty, !description.macros.contains(where: \.mayBringProcesses),
            !found.hasErrors
        {
            let start = SourceLocation(file: source.file, line: 1, column: 1)
            let place = documents[0].place ?? start
            found.append(Diagnostic("no-entities", .warning, at: place, "no process is declared"))
        }
    }
    diagnostics += found.inReadingOrder
    return description
}
