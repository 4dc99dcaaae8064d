package import Diagnostics

extension Diagnostic {
    /// Whether this fault ended the reading of its document, so that the tree lacks what came after.
    package var cutsDocument: Bool {
        ["yaml-syntax", "too-deep", "too-many-nodes", "too-many-faults"].contains(id)
    }

    /// Whether the finding may only say that the rest of a cut document is missing.
    package var mayComeOfCut: Bool {
        ["missing-key", "empty-value", "empty-list"].contains(id)
    }
}
