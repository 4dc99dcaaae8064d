package import Diagnostics

/// A parsed document: a flat tree of nodes over the bytes that it was read from.
///
/// Nodes are records in one array and scalars are slices of the text wherever they stand there
/// verbatim, so that a policy of 100,000 rules is no 100,000 objects.
package final class YAMLDocument: Sendable {
    let source: SourceText
    let nodes: NodeTable

    init(_ source: SourceText, _ nodes: consuming NodeTable) {
        self.source = source
        self.nodes = nodes
    }

    /// Hands out the value of a scalar; nothing for collections.
    func withBytes<Result>(of index: Int, _ body: (Span<UInt8>) -> Result) -> Result {
        nodes.withBytes(of: index, in: source.bytes, body)
    }

    /// The path as the user gave it, or `<stdin>`.
    package var file: String { source.file }

    /// The topmost node; nil for an empty document.
    package var root: YAMLNode? {
        nodes.count > 0 ? YAMLNode(document: self, index: 0) : nil
    }

    /// Where the document starts: the place for what concerns it as a whole.
    package var place: SourceLocation { source.place(at: source.start) }
}
