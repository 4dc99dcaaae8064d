package import Diagnostics
package import LocatedYAML
package import SecurityEvents

/// Loads an init description that is to be worked with: all of it, or nothing.
///
/// - Parameters:
///   - path: an init description, or a CMake template of one.
///   - source: reads the documents.
///   - fragments: paths of documents of the same format whose entities are added, such as hidden
///     system programs or attackers.
///   - defines: values of `@NAME@` macros inside values, and of C macros that hold connection ids.
///   - nameServer: a name server that is brought in beside the description; a target of that name
///     does not dangle, unless the description declares a name server of its own.
///   - diagnostics: receives every fault of all documents.
/// - Returns: the description, or nil where there is an error.
package func loadInitDescription(
    _ path: String,
    source: DocumentSource,
    fragments: [String] = [],
    defines: [String: String] = [:],
    nameServer: ProcessName? = nil,
    diagnostics: inout [Diagnostic]
) -> InitDescription? {
    var found: [Diagnostic] = []
    let description = inspectInitDescription(
        path,
        source: source,
        fragments: fragments,
        defines: defines,
        nameServer: nameServer,
        diagnostics: &found
    )
    // Nothing can be run whose names are not known.
    found = found.map { $0.id == "undefined-macro" ? $0.asError : $0 }
    diagnostics += found
    return found.hasErrors ? nil : description
}

extension Diagnostic {
    /// The same, as an error.
    fileprivate var asError: Diagnostic { Diagnostic(id, .error, at: place, message, hint: hint) }
}

/// Reads an init description as far as it can be read, for checks that want to find everything.
///
/// The parameters are those of ``loadInitDescription(_:source:fragments:defines:nameServer:diagnostics:)``.
/// What is returned beside an error lacks what is faulty: it is to be checked, never to be run.
///
/// A macro without a value inside a name is a note here and an error there: real templates have
/// them, and the build knows the value. What such a name stands in is kept and marked as unknown.
package func inspectInitDescription(
    _ path: String,
    source: DocumentSource,
    fragments: [String] = [],
    defines: [String: String] = [:],
    nameServer: ProcessName? = nil,
    diagnostics: inout [Diagnostic]
) -> InitDescription {
    var found: [Diagnostic] = []
    let documents = ([path] + fragments).compactMap {
        readDocument($0, source, defines, &found)
    }
    var description = InitDescription(
        file: path,
        entities: documents.flatMap(\.entities),
        macros: documents.flatMap(\.macros)
    )
    // Of half a document nothing can be said as a whole: what is missing may stand in the rest.
    if documents.count == 1 + fragments.count, documents.allSatisfy(\.isComplete) {
        let checks = DescriptionChecks(documents, nameServer: nameServer)
        found += checks.diagnostics
        description.entities = checks.uniqueEntities
        description.assumedProcesses = checks.assumedProcesses
        description.isComplete = true
    }
    description.hasErrors = found.hasErrors
    diagnostics += found.inReadingOrder
    return description
}
