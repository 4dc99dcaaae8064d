import Diagnostics
import Foundation
import InitDescriptions
import LocatedYAML
import SecurityEvents
import TestSupport
import Testing

/// What reading `text` gives, and every diagnostic.
func inspect(
    _ text: String,
    fragments: [String] = [],
    defines: [String: String] = [:]
) -> (description: InitDescription, diagnostics: [Diagnostic]) {
    let paths = fragments.indices.map { "fragment-\($0 + 1).yaml" }
    var documents = Dictionary(uniqueKeysWithValues: zip(paths, fragments))
    documents["init.yaml.in"] = text
    var diagnostics: [Diagnostic] = []
    let description = inspectInitDescription(
        "init.yaml.in",
        source: .inMemory(documents),
        fragments: paths,
        defines: defines,
        diagnostics: &diagnostics
    )
    return (description, diagnostics)
}

/// Everything that a check says of a document; one called `connect…` is a `connect.yaml`.
func check(
    _ path: String,
    source: DocumentSource,
    defines: [String: String] = [:]
) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if path.hasPrefix("connect_") {
        _ = inspectConnectDescription(
            path,
            source: source,
            defines: defines,
            diagnostics: &diagnostics
        )
        return diagnostics
    }
    let description = inspectInitDescription(
        path,
        source: source,
        defines: defines,
        diagnostics: &diagnostics
    )
    return (diagnostics + findings(in: description)).inReadingOrder
}

/// Everything that a check says of `text`.
func check(_ text: String, defines: [String: String] = [:]) -> [Diagnostic] {
    check("init.yaml.in", source: .inMemory(["init.yaml.in": text]), defines: defines)
}
