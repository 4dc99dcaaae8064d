package import Diagnostics

/// Takes a mapping apart key by key, so that nothing in it goes unread.
///
/// Every document format reads its mappings through this: unknown keys, missing keys, values of the
/// wrong kind and empty values become located diagnostics in one place. Take what is known with
/// ``optional(_:)`` and its kin, then call ``finish()``.
package struct MappingReader {
    package let node: YAMLNode
    /// What the mapping is, for messages: "a rule", "a test".
    package let what: String
    private let entries: [(key: YAMLNode, value: YAMLNode)]
    private var asked: [String] = []

    /// Begins with `node`; nil, and a `wrong-type` error, when it is no mapping.
    package init?(_ node: YAMLNode, _ what: String, _ diagnostics: inout [Diagnostic]) {
        guard node.expect(.mapping, what, &diagnostics) else { return nil }
        self.node = node
        self.what = what
        entries = node.entries
    }

    /// The value of `key`, or nil where the mapping lacks it.
    package mutating func optional(_ key: String) -> YAMLNode? {
        asked.append(key)
        return entries.first { $0.key.text == key }?.value
    }

    /// The value of `key`; a `missing-key` error and nil where the mapping lacks it.
    package mutating func required(
        _ key: String,
        _ diagnostics: inout [Diagnostic]
    ) -> YAMLNode? {
        if let value = optional(key) { return value }
        diagnostics.append(
            Diagnostic("missing-key", at: node.place, "\(what) needs the key `\(key)`")
        )
        return nil
    }

    /// The text of `key`, which must be a scalar with a value; nil where it is missing or is not.
    package mutating func text(_ key: String, _ diagnostics: inout [Diagnostic]) -> String? {
        optional(key)?.scalarText("`\(key)`", &diagnostics)
    }

    /// Reports every key that nobody asked for.
    ///
    /// - Parameter severity: an error, but for formats whose readers pass over unknown keys.
    package func finish(
        _ diagnostics: inout [Diagnostic],
        severity: Diagnostic.Severity = .error
    ) {
        for entry in entries {
            let key = entry.key.text
            guard !asked.contains(key) else { continue }
            let known = asked.sorted().map { "`\($0)`" }.joined(separator: ", ")
            diagnostics.append(
                Diagnostic(
                    "unknown-key",
                    severity,
                    at: entry.key.place,
                    "\(what) has no key `\(key)`",
                    hint: Suggestion.didYouMean(key, among: asked) ?? "known keys: \(known)"
                )
            )
        }
    }
}

extension YAMLNode {
    /// Whether the node is of `kind`; otherwise a located `wrong-type` (or `empty-value`) error.
    package func expect(
        _ kind: Kind,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> Bool {
        if self.kind == kind { return true }
        if isEmptyPlain {
            diagnostics.append(
                Diagnostic("empty-value", at: place, "\(what) has no value")
            )
        } else {
            diagnostics.append(
                Diagnostic(
                    "wrong-type",
                    at: place,
                    "\(what) is \(self.kind.description), not \(kind.description)"
                )
            )
        }
        return false
    }

    /// The text of a scalar that has a value; otherwise nil and a located error.
    package func scalarText(_ what: String, _ diagnostics: inout [Diagnostic]) -> String? {
        guard expect(.scalar, what, &diagnostics) else { return nil }
        guard !isEmptyPlain else {
            diagnostics.append(Diagnostic("empty-value", at: place, "\(what) has no value"))
            return nil
        }
        return text
    }
}

extension YAMLNode.Kind {
    /// With its article, for messages.
    package var description: String {
        switch self {
        case .scalar: "a single value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        }
    }
}
