package import Diagnostics

/// A parsed document: a flat tree of nodes over the bytes that it was read from.
///
/// Nodes are records in one array and scalars are slices of the text wherever they stand there
/// verbatim, so that a policy of 100,000 rules is no 100,000 objects.
package final class YAMLDocument: Sendable {
    /// The path as the user gave it, or `<stdin>`.
    package let file: String

    init(file: String) {
        self.file = file
    }

    /// The topmost node; nil for an empty document.
    package var root: YAMLNode? { nil }
}

/// A node of a document: a scalar, a sequence or a mapping, with its place.
package struct YAMLNode: Sendable {
    package enum Kind: Sendable { case scalar, sequence, mapping }

    package let document: YAMLDocument
    let index: Int32

    package var kind: Kind { preconditionFailure("to be written") }
    /// Where the node starts, counted as editors count.
    package var place: SourceLocation { preconditionFailure("to be written") }
    /// The value of a scalar, with its escapes and folds resolved; empty for other kinds.
    package var bytes: [UInt8] { preconditionFailure("to be written") }
    /// ``bytes`` as text.
    package var text: String { preconditionFailure("to be written") }
    /// Whether this is a scalar without quotes and without a value, as after `key:`.
    package var isEmptyPlain: Bool { preconditionFailure("to be written") }
    /// The elements of a sequence, in order; empty for other kinds.
    package var items: [YAMLNode] { preconditionFailure("to be written") }
    /// The entries of a mapping, in order; empty for other kinds. A repeated key is reported by the
    /// reader and left out here.
    package var entries: [(key: YAMLNode, value: YAMLNode)] { preconditionFailure("to be written") }
}
