package import Diagnostics

/// A node of a document: a scalar, a sequence or a mapping, with its place.
package struct YAMLNode: Sendable {
    package enum Kind: Sendable { case scalar, sequence, mapping }

    package let document: YAMLDocument
    let index: Int32

    init(document: YAMLDocument, index: Int) {
        self.document = document
        self.index = Int32(index)
    }

    package var kind: Kind { record.kind }

    /// Where the node starts, counted as editors count.
    package var place: SourceLocation { document.source.place(at: Int(record.start)) }

    /// The value of a scalar, with its escapes and folds resolved; empty for other kinds.
    package var bytes: [UInt8] {
        withBytes { span in
            var bytes: [UInt8] = []
            bytes.reserveCapacity(span.count)
            for offset in span.indices { bytes.append(span[offset]) }
            return bytes
        }
    }

    /// ``bytes`` as text.
    package var text: String { String(decoding: bytes, as: UTF8.self) }

    /// Whether this is a scalar without quotes and without a value, as after `key:`.
    package var isEmptyPlain: Bool {
        record.kind == .scalar && record.extent == 0
            && record.traits.contains(.plain) && !record.traits.contains(.resolved)
    }

    /// Whether an alias stood here.
    ///
    /// It has been reported; nothing more is to be said of its value.
    package var isAlias: Bool { record.traits.contains(.alias) }

    /// The elements of a sequence, in order; empty for other kinds.
    package var items: [YAMLNode] {
        guard kind == .sequence else { return [] }
        var items: [YAMLNode] = []
        document.nodes.forEachItem(of: Int(index)) { item in
            items.append(YAMLNode(document: document, index: item))
        }
        return items
    }

    /// The entries of a mapping, in order; empty for other kinds.
    ///
    /// A key that is repeated, empty or no scalar is reported by the reader and left out here.
    package var entries: [(key: YAMLNode, value: YAMLNode)] {
        guard kind == .mapping else { return [] }
        var entries: [(key: YAMLNode, value: YAMLNode)] = []
        document.nodes.forEachEntry(of: Int(index)) { key, value in
            entries.append(
                (
                    YAMLNode(document: document, index: key),
                    YAMLNode(document: document, index: value)
                )
            )
        }
        return entries
    }

    /// Hands out ``bytes`` without copying them.
    package func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        document.withBytes(of: Int(index), body)
    }

    /// Whether this is a scalar with the value `text`, byte for byte.
    package func isText(_ text: String) -> Bool {
        kind == .scalar && withBytes { $0.hasSameBytes(as: text.utf8Span.span) }
    }

    private var record: NodeRecord { document.nodes.records[Int(index)] }
}
