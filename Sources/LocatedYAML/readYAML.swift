package import Diagnostics

/// What a document may cost.
package struct YAMLLimits: Sendable {
    package var bytes = 64 << 20
    package var depth = 64
    package var nodes = 8_000_000

    package init() {}
}

/// Reads one document strictly.
///
/// - Parameters:
///   - bytes: the document, UTF-8.
///   - file: the path for diagnostics.
///   - limits: what the document may cost; the defaults are the limits of the formats.
///   - diagnostics: receives every fault. With an error among them the tree is what was found
///     before it.
/// - Returns: the tree, or nil where nothing can be said of the contents.
package func readYAML(
    _ bytes: [UInt8],
    file: String,
    limits: YAMLLimits = YAMLLimits(),
    diagnostics: inout [Diagnostic]
) -> YAMLDocument? {
    let source = SourceText(file: file, bytes: bytes)
    var faults = FaultCollector(source)
    guard let check = TextCheck(source, limit: limits.bytes, &faults) else {
        diagnostics += faults.diagnostics()
        return nil
    }
    let prologue = Prologue(source, &faults)
    var builder = TreeBuilder(
        source,
        limits: limits,
        base: prologue.end,
        isASCII: check.isASCII,
        faults: faults
    )
    LibYAMLParser.read(bytes, from: prologue.end) { builder.read(&$0) }
    diagnostics += builder.faults.diagnostics()
    return YAMLDocument(source, builder.nodes)
}
