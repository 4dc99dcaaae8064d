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
///   - diagnostics: receives every fault. With an error among them the tree is what was found
///     before it.
/// - Returns: the tree, or nil where nothing can be said of the contents.
package func readYAML(
    _ bytes: [UInt8],
    file: String,
    limits: YAMLLimits = YAMLLimits(),
    diagnostics: inout [Diagnostic]
) -> YAMLDocument? {
    nil
}
