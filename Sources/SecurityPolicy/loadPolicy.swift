package import Diagnostics
package import LocatedYAML
import SecurityEvents

/// Loads a policy with everything that it includes.
///
/// An invalid document is never partly loaded: every fault in every file that can be reached is
/// reported, with its place, and then there is no policy.
///
/// - Parameters:
///   - paths: one policy, in one or several documents; the first names it.
///   - source: where documents come from.
///   - assumesRequiredGroups: whether a group that nobody defines is taken for an empty one where a
///     document requires it: for a look at a document that is made to be included.
///   - diagnostics: receives every fault and warning.
/// - Returns: the policy, or nil where any document has an error.
package func loadPolicy(
    _ paths: [String],
    from source: DocumentSource,
    assumesRequiredGroups: Bool = false,
    diagnostics: inout [Diagnostic]
) -> Policy? {
    var found: [Diagnostic] = []
    var loader = PolicyLoader(source: source, assumesRequiredGroups: assumesRequiredGroups)
    for path in paths { loader.visit(path, &found) }
    let policy = loader.policy(&found)
    // Wherever reading stopped, the policy is not whole.
    if found.isUnbearable, let last = found.inReadingOrder.last {
        found.append(
            Diagnostic("too-many-faults", at: last.place, "reading stops after so many faults")
        )
    }
    diagnostics += found.inReadingOrder
    return found.hasErrors ? nil : policy
}

/// The walk over the files of a policy.
private struct PolicyLoader {
    /// How many files a policy may have, and how deep they may include one another.
    private static let fileLimit = 1000
    private static let depthLimit = 64
    /// How many characters of a path messages show.
    private static let longestPath = 1000

    let source: DocumentSource
    let assumesRequiredGroups: Bool
    private var documents: [PolicyDocument] = []
    /// The files that have been read, and those whose includes are being read, as bytes: paths in
    /// which an `é` is written in two ways are two files, but one String.
    private var read: Set<[UInt8]> = []
    private var open: [[UInt8]] = []
    /// Whether some document could not be read to its end: what it would have defined is not missing.
    private var isPartial = false

    init(source: DocumentSource, assumesRequiredGroups: Bool) {
        self.source = source
        self.assumesRequiredGroups = assumesRequiredGroups
    }

    mutating func visit(
        _ path: String,
        from reference: PolicyDocument.Reference? = nil,
        _ diagnostics: inout [Diagnostic]
    ) {
        let place = reference?.place ?? SourceLocation(file: path, line: 1, column: 1)
        let identity = source.identity(path)
        if open.contains(identity) {
            diagnostics.append(
                Diagnostic(
                    "include-cycle",
                    at: place,
                    "\(quoted(path)) includes itself through this entry"
                )
            )
            return
        }
        guard !read.contains(identity), !diagnostics.isUnbearable else { return }
        guard documents.count < Self.fileLimit, open.count < Self.depthLimit else {
            diagnostics.append(
                Diagnostic(
                    "too-many-includes",
                    at: place,
                    "a policy has at most \(Self.fileLimit) files, \(Self.depthLimit) deep"
                )
            )
            return
        }
        read.insert(identity)
        open.append(identity)
        defer { open.removeLast() }
        switch source.read(path, YAMLLimits().bytes) {
        case .failure(let fault):
            isPartial = true
            diagnostics.append(
                Diagnostic(
                    "unreadable",
                    at: place,
                    "cannot read \(quoted(path)): \(fault.message)"
                )
            )
        case .success(let bytes):
            take(bytes, path, &diagnostics)
        }
    }

    private func quoted(_ path: String) -> String {
        Excerpt.quoted(path.utf8, longest: Self.longestPath)
    }

    private mutating func take(
        _ bytes: [UInt8],
        _ path: String,
        _ diagnostics: inout [Diagnostic]
    ) {
        var faults: [Diagnostic] = []
        let tree = readYAML(bytes, file: path, diagnostics: &faults)
        let isCut = tree == nil || faults.contains(where: \.cutsDocument)
        diagnostics += faults
        if isCut { isPartial = true }
        guard let tree, tree.root != nil || faults.isEmpty else { return }
        var found: [Diagnostic] = []
        var document = PolicyDocument(file: path, root: tree.root, &found)
        if isCut {
            document.forgetLast(of: tree.root)
            found.removeAll(where: \.mayComeOfCut)
        }
        diagnostics += found
        documents.append(document)
        for reference in document.includes {
            let target = DocumentSource.resolve(reference.text, relativeTo: path)
            visit(target, from: reference, &diagnostics)
        }
    }

    /// Resolves groups, reads the rules of every file and puts them together.
    func policy(_ diagnostics: inout [Diagnostic]) -> Policy? {
        guard let first = documents.first else { return nil }
        var groups = GroupTable()
        for document in documents {
            for (name, items) in document.groups where !diagnostics.isUnbearable {
                groups.define(name.text, .init(place: name.place, items: items), &diagnostics)
            }
        }
        var missing: [Diagnostic] = []
        for required in documents.flatMap(\.requires) where !missing.isUnbearable {
            groups.require(required.text, at: required.place, &missing)
        }
        if !assumesRequiredGroups { diagnostics += missing }
        groups.resolve(&diagnostics)
        if documents.allSatisfy(\.rules.isEmpty), !diagnostics.hasErrors {
            diagnostics.append(
                Diagnostic(
                    "empty-policy",
                    .warning,
                    at: SourceLocation(file: first.file, line: 1, column: 1),
                    "the policy has no rules and denies all"
                )
            )
        }
        var reader = RuleReader(groups: groups)
        let rules = readAll(documents.flatMap(\.rules), &diagnostics) { reader.rule($0, &$1) }
        let invariants = readAll(documents.flatMap(\.invariants), &diagnostics) {
            reader.invariant($0, &$1)
        }
        if isPartial {
            diagnostics.removeAll { ["unknown-group", "required-group"].contains($0.id) }
        }
        return Policy(
            name: first.name ?? "",
            rules: rules.sorted { $0.id < $1.id },
            invariants: invariants.sorted { $0.id < $1.id },
            sets: reader.sets,
            mentions: withoutRepeats(reader.mentions.sorted()),
            files: documents.map(\.file)
        )
    }

    private func withoutRepeats(_ sorted: [Policy.Mention]) -> [Policy.Mention] {
        var kept: [Policy.Mention] = []
        for mention in sorted where mention != kept.last { kept.append(mention) }
        return kept
    }

    /// Reads nodes until there are more faults than anybody can use.
    private func readAll<Element>(
        _ nodes: [YAMLNode],
        _ diagnostics: inout [Diagnostic],
        _ read: (YAMLNode, inout [Diagnostic]) -> Element?
    ) -> [Element] {
        var elements: [Element] = []
        for node in nodes where !diagnostics.isUnbearable {
            if let element = read(node, &diagnostics) { elements.append(element) }
        }
        return elements
    }
}
