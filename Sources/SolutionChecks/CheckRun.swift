package import BrokerCore
package import Diagnostics
import FormalSpecifications
package import InitDescriptions
package import LocatedYAML
package import SecurityEvents
import SecurityPolicy
package import SolutionTests

/// What the command line says about a check.
package struct CheckOptions: Sendable {
    /// A policy that every init description is put to.
    package var policies: [String] = []
    package var nameServer: NameServerChoice?
    package var fragments: [String] = []
    package var defines: [String: String] = [:]
    /// EDL, CDL and IDL files that names are compared with.
    package var specifications: [String] = []

    package init() {}
}

/// An init description that was checked, as far as it could be read.
package struct CheckedDescription: Sendable {
    package var file: String
    package var description: InitDescription
    package var solution: Solution
    /// What the policy says to it, where one was given and is valid.
    package var table: PolicyTable?
}

/// Checks documents of every kind and gathers what is found.
package struct CheckRun {
    /// A document and what it turned out to be.
    package struct Document: Sendable {
        package var file: String
        /// nil where it is none of ours.
        package var kind: DocumentKind?
    }

    private let options: CheckOptions
    private let source: DocumentSource
    private var engine: RuleEngine?
    private var specifications: SpecificationFindings?
    package private(set) var documents: [Document] = []
    package private(set) var descriptions: [CheckedDescription] = []
    /// In the order of their finding; see ``findings``.
    private var found: [Diagnostic] = []
    /// Whether a document could not be read at all.
    package private(set) var hasUnreadable = false

    /// - Parameters:
    ///   - options: what was said beside the documents.
    ///   - source: where documents come from.
    ///   - hash: for the label of the policy.
    package init(_ options: CheckOptions, from source: DocumentSource, hash: HashFunction) {
        self.options = options
        self.source = source
        if !options.specifications.isEmpty {
            let index = loadSpecifications(
                options.specifications,
                source: source,
                diagnostics: &found
            )
            specifications = SpecificationFindings(index)
        }
        guard !options.policies.isEmpty else { return }
        let policy = loadPolicy(options.policies, from: source, diagnostics: &found)
        engine = policy.map { RuleEngine($0, hash: hash) }
        hasUnreadable = found.contains { $0.id == "unreadable" }
    }

    /// All that was found, by place, each once, without what comments in the documents suppress.
    package var outcome: SuppressionOutcome {
        let files = Set(documents.map(\.file)).union(found.map(\.place.file))
        let sources = files.sorted().compactMap { file in
            contents(of: file).map { (file: file, bytes: $0) }
        }
        return applySuppressions(to: found, in: sources, notLookedFor: notLookedFor)
    }

    /// The bytes of a document, for whoever shows a line of it.
    package func contents(of file: String) -> [UInt8]? {
        try? source.read(file, YAMLLimits().bytes).get()
    }

    /// What this run did not look for, so that a suppression of it is not called useless.
    private var notLookedFor: Set<String> {
        var ids: Set<String> = []
        if engine == nil { ids.formUnion(PolicyTable.findingIDs) }
        if specifications == nil { ids.formUnion(SpecificationFindings.findingIDs) }
        return ids
    }

    /// Checks one document.
    ///
    /// - Parameters:
    ///   - path: where the document is, as messages name it.
    ///   - isNamed: whether the user named it, rather than a folder that it is in; what is none of
    ///     our documents is then a finding.
    package mutating func check(_ path: String, isNamed: Bool) {
        let bytes: [UInt8]
        let start = SourceLocation(file: path, line: 1, column: 1)
        switch source.read(path, YAMLLimits().bytes) {
        case .success(let read): bytes = read
        case .failure(let fault):
            hasUnreadable = true
            found.append(
                Diagnostic("unreadable", at: start, "cannot read `\(path)`: \(fault.message)")
            )
            documents.append(Document(file: path, kind: nil))
            return
        }
        let kind = DocumentKind(of: bytes, named: path)
        if kind != nil || isNamed { documents.append(Document(file: path, kind: kind)) }
        switch kind {
        case .initDescription: checkDescription(path)
        case .suite: checkSuite(path)
        case .policy: checkPolicy(path)
        case .connectDescription:
            _ = inspectConnectDescription(
                path,
                source: source,
                defines: options.defines,
                diagnostics: &found
            )
        case nil:
            guard isNamed else { return }
            found.append(
                Diagnostic(
                    "unknown-document",
                    at: start,
                    "this is neither an init description nor a policy nor a suite",
                    hint: "their top-level keys are `entities`, `policy` and `suite`"
                )
            )
        }
    }

    private mutating func checkDescription(_ path: String) {
        let description = inspectInitDescription(
            path,
            source: source,
            fragments: options.fragments,
            defines: options.defines,
            diagnostics: &found
        )
        found += InitDescriptions.findings(in: description)
        if let specifications { found += specifications.findings(in: description.knownPart) }
        let known = description.knownPart
        let solution = Solution(known, nameServer: options.nameServer ?? .asDescribed)
        var table: PolicyTable?
        if var engine {
            let result = PolicyTable(known, solution: solution, engine: &engine)
            found += result.findings(engine.policy, solution: solution)
            found += engine.policy.findings(against: DeclaredNames(solution.declared))
            if let specifications {
                found += specifications.findings(in: engine.policy, known)
            }
            table = result
        }
        descriptions.append(
            CheckedDescription(
                file: path,
                description: description,
                solution: solution,
                table: table
            )
        )
    }

    private mutating func checkSuite(_ path: String) {
        var overrides = SuiteOverrides()
        overrides.nameServer = options.nameServer
        overrides.fragments = options.fragments
        overrides.defines = options.defines
        overrides.policies = options.policies
        overrides.needsPolicy = false
        let loaded = loadSuite(path, overrides, from: source, diagnostics: &found)
        if let specifications, let loaded { found += specifications.findings(in: loaded.suite) }
    }

    private mutating func checkPolicy(_ path: String) {
        let policy = loadPolicy(
            [path],
            from: source,
            assumesRequiredGroups: true,
            diagnostics: &found
        )
        if let specifications, let policy { found += specifications.findings(in: policy, nil) }
    }
}
