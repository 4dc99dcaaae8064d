package import Diagnostics
package import LocatedYAML
import SecurityEvents

/// What a `connect.yaml` says: the static channels that a program needs which uses a library.
///
/// The build puts them where `@INIT_<program>_ENTITY_CONNECTIONS@` stands.
package struct ConnectDescription: Sendable {
    /// The path as the user gave it.
    package let file: String
    package let connections: [Connection]
}

/// Reads a `connect.yaml` as far as it can be read.
///
/// The format is not documented, and no file of this name is public but as part of the SDK: the
/// manual only says that it fills in `target` and `id`. So it is read tolerantly: a list of
/// connections, such a list under `connections` or under any other key, or one connection. What a
/// connection has besides `target` and `id` is a warning, and nothing is said about targets, which
/// other documents declare.
///
/// - Parameters:
///   - path: the document, or a CMake template of one.
///   - source: reads the document.
///   - defines: values of macros inside names.
///   - diagnostics: receives everything that is found.
/// - Returns: the connections that could be read.
package func inspectConnectDescription(
    _ path: String,
    source: DocumentSource,
    defines: [String: String] = [:],
    diagnostics: inout [Diagnostic]
) -> ConnectDescription {
    var found: [Diagnostic] = []
    switch source.read(path, YAMLLimits().bytes) {
    case .success(let bytes):
        let template = Template(bytes, file: path)
        let document = readYAML(template.bytes, file: path, diagnostics: &found)
        var ofDocument = DescriptionReader(template: template, defines: defines)
        let connections = document?.root.map { ofDocument.readConnectDescription($0) } ?? []
        ofDocument.reportUnknownValues()
        found += ofDocument.diagnostics
        if !found.hasErrors {
            found += repetitions(in: connections)
            found += channelCharacterFindings(in: connections)
            found += reservedChannelFindings(in: connections)
        }
        diagnostics += found.map(template.unmarked).inReadingOrder
        return ConnectDescription(file: path, connections: connections)
    case .failure(let fault):
        let start = SourceLocation(file: path, line: 1, column: 1)
        diagnostics.append(
            Diagnostic("unreadable", at: start, "`\(path)` cannot be read: \(fault.message)")
        )
        return ConnectDescription(file: path, connections: [])
    }
}

/// Whether a document that has no `entities` looks like a `connect.yaml`: a list of mappings with
/// `target`, or a mapping with `target` or `connections`.
package func looksLikeConnectDescription(_ bytes: [UInt8]) -> Bool {
    var ignored: [Diagnostic] = []
    let root = readYAML(Template(bytes, file: "").bytes, file: "", diagnostics: &ignored)?.root
    guard let root else { return false }
    let keys = (root.kind == .sequence ? root.items.first ?? root : root).entries.map(\.key)
    if keys.contains(where: { $0.isText("target") }) { return true }
    return root.kind == .mapping && keys.contains { $0.isText("connections") }
        && !keys.contains { $0.isText("entities") }
}

extension DescriptionReader {
    /// The connections of a `connect.yaml`, whichever of the accepted shapes it has.
    fileprivate mutating func readConnectDescription(_ root: YAMLNode) -> [Connection] {
        guard root.kind == .mapping else { return readList(root, "a connect.yaml") }
        let entries = root.entries
        if entries.contains(where: { $0.key.isText("target") || $0.key.isText("id") }) {
            return [readOne(root)].compactMap { $0 }
        }
        return entries.flatMap { key, value in
            value.kind == .mapping
                ? [readOne(value)].compactMap { $0 } : readList(value, "`\(key.text)`")
        }
    }

    private mutating func readList(_ node: YAMLNode, _ what: String) -> [Connection] {
        elements(of: node, what).compactMap { readOne($0) }
    }

    private mutating func readOne(_ node: YAMLNode) -> Connection? {
        readConnection(node, .generated, unknownKeys: .warning)
    }
}
