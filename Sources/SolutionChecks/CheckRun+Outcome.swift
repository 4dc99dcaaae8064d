package import Diagnostics
import LocatedYAML
import SecurityPolicy

extension CheckRun {
    /// All that was found, by place, each once, without what comments in the documents suppress.
    package var outcome: SuppressionOutcome {
        var spelling = Spelling(source)
        for document in documents { spelling.add(document.file) }
        let findings = (found + specificationFindings).map { spelling.respell($0) }
        let policyFiles = Set((engine?.policy.files ?? []).map { spelling.name(of: $0) })
        // Each file by itself: what was looked for in the policy was not in the others.
        var byFile = Dictionary(grouping: findings, by: \.place.file)
        for document in documents {
            byFile[spelling.name(of: document.file), default: []] += []
        }
        var outcome = applySuppressions(to: [], in: [])
        for file in byFile.keys.sorted() {
            let ofFile = applySuppressions(
                to: byFile[file] ?? [],
                in: contents(of: file).map { [(file: file, bytes: $0)] } ?? [],
                notLookedFor: notLookedFor(
                    isPolicy: policyFiles.contains(file),
                    hasErrors: byFile[file]?.hasErrors ?? false
                )
            )
            outcome.kept += ofFile.kept
            outcome.suppressed += ofFile.suppressed
        }
        return outcome
    }

    /// The bytes of a document, for whoever shows a line of it.
    package func contents(of file: String) -> [UInt8]? {
        let path = file == Spelling.standardInput ? "-" : file
        return try? source.read(path, YAMLLimits().bytes).get()
    }

    /// Names in policies that were checked by themselves: those of the policy that init descriptions
    /// were put to have been looked at with more knowledge.
    private var specificationFindings: [Diagnostic] {
        guard let specifications else { return [] }
        let files = descriptions.isEmpty ? [] : engine?.policy.files ?? []
        let known = Set(files.map(source.identity))
        return policies.filter { policy in
            !policy.files.allSatisfy { known.contains(source.identity($0)) }
        }.flatMap { specifications.findings(in: $0, nil) }
    }

    /// What this run did not look for, so that a suppression of it is not called useless.
    ///
    /// - Parameters:
    ///   - isPolicy: whether init descriptions were put to the document.
    ///   - hasErrors: whether it has errors, beside which nobody can tell who is isolated.
    /// - Returns: ids of findings.
    private func notLookedFor(isPolicy: Bool, hasErrors: Bool) -> Set<String> {
        var ids: Set<String> = hasErrors ? ["isolated-process"] : []
        if engine == nil || descriptions.isEmpty || !isPolicy {
            ids.formUnion(PolicyTable.policyFindingIDs)
        }
        if engine == nil { ids.formUnion(PolicyTable.findingIDs) }
        if specifications == nil { ids.formUnion(SpecificationFindings.findingIDs) }
        return ids
    }
}

/// Gives each document one name, however many paths lead to it: a policy that the command line, a suite
/// and another policy name is one file, and so are its findings and suppressions.
private struct Spelling {
    static let standardInput = "<stdin>"

    private let source: DocumentSource
    private var names: [[UInt8]: String] = [:]
    private var known: [[UInt8]: String] = [:]

    init(_ source: DocumentSource) {
        self.source = source
    }

    /// The documents that the user named go first.
    mutating func add(_ path: String) { _ = name(of: path) }

    mutating func name(of path: String) -> String {
        let bytes = Array(path.utf8)
        if let name = known[bytes] { return name }
        let identity = source.identity(path)
        let name = names[identity] ?? (path == "-" ? Self.standardInput : path)
        names[identity] = name
        known[bytes] = name
        return name
    }

    mutating func respell(_ finding: Diagnostic) -> Diagnostic {
        let name = name(of: finding.place.file)
        guard name != finding.place.file else { return finding }
        return Diagnostic(
            finding.id,
            finding.severity,
            at: SourceLocation(
                file: name,
                line: finding.place.line,
                column: finding.place.column
            ),
            finding.message,
            hint: finding.hint
        )
    }
}
