package import Diagnostics

extension YAMLNode {
    /// Whether the node is of `kind`; otherwise a located `wrong-type` (or `empty-value`) error.
    ///
    /// `what` says what the node is, for messages: "a rule", "`allow`".
    package func expect(
        _ kind: Kind,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> Bool {
        // An alias stands for anything, and has been reported.
        if isAlias { return false }
        if self.kind == kind { return true }
        if isEmptyPlain {
            diagnostics.append(Diagnostic("empty-value", at: place, "\(what) has no value"))
        } else {
            reportType(what, kind.description, &diagnostics)
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

    /// The elements of a sequence, or the one value that stands in place of a list.
    ///
    /// - Returns: nil, with a located error, for a mapping and for a key without a value; an empty
    ///   list gives no elements and no error.
    package func oneOrMore(_ what: String, _ diagnostics: inout [Diagnostic]) -> [YAMLNode]? {
        if kind == .sequence { return items }
        guard kind == .scalar else {
            reportType(what, "a single value or a list", &diagnostics)
            return nil
        }
        return expect(isEmptyPlain ? .sequence : .scalar, what, &diagnostics) ? [self] : nil
    }

    private func reportType(
        _ what: String,
        _ expected: String,
        _ diagnostics: inout [Diagnostic]
    ) {
        diagnostics.append(
            Diagnostic("wrong-type", at: place, "\(what) is \(kind.description), not \(expected)")
        )
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
