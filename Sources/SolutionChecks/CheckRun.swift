package import BrokerCore
import Diagnostics
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

    let options: CheckOptions
    let source: DocumentSource
    private(set) var engine: RuleEngine?
    private(set) var specifications: SpecificationFindings?
    package private(set) var documents: [Document] = []
    package private(set) var descriptions: [CheckedDescription] = []
    /// Policies among the documents, as loaded.
    private(set) var policies: [Policy] = []
    /// In the order of their finding; see ``outcome``.
    private(set) var found: [Diagnostic] = []

    /// Whether a document could not be read at all.
    package var hasUnreadable: Bool { found.contains { $0.id == "unreadable" } }

    /// Whether a policy was given that has errors, so that nothing was put to it.
    package var lacksPolicy: Bool { !options.policies.isEmpty && engine == nil }

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
        case nil: if isNamed { reportUnknown(path, bytes) }
        }
    }

    /// Says why a document that the user named is none of ours.
    private mutating func reportUnknown(_ path: String, _ bytes: [UInt8]) {
        let count = found.count
        _ = readYAML(bytes, file: path, diagnostics: &found)
        guard !found[count...].contains(where: { $0.severity == .error }) else { return }
        found.append(
            Diagnostic(
                "unknown-document",
                at: SourceLocation(file: path, line: 1, column: 1),
                "this is neither an init description nor a policy nor a suite",
                hint: "their top-level keys are `entities`, `policy` and `suite`"
            )
        )
    }

    private mutating func checkDescription(_ path: String) {
        let description = inspectInitDescription(
            path,
            source: source,
            fragments: options.fragments,
            defines: options.defines,
            nameServer: options.nameServer?.name,
            diagnostics: &found
        )
        found += InitDescriptions.findings(in: description)
        let known = description.knownPart
        if let specifications { found += specifications.findings(in: known) }
        let solution = Solution(known, nameServer: options.nameServer ?? .asDescribed)
        var table: PolicyTable?
        if var engine {
            let unknown = UnknownParts(description)
            let result = PolicyTable(
                known,
                solution: solution,
                unknown: unknown,
                engine: &engine
            )
            found += result.findings(engine.policy, solution: solution, unknown: unknown)
            let names = DeclaredNames(solution.declared)
            found += unknown.confine(engine.policy.findings(against: names))
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
        if let specifications, let loaded { found += specifications.findings(in: loaded) }
    }

    private mutating func checkPolicy(_ path: String) {
        let policy = loadPolicy(
            [path],
            from: source,
            assumesRequiredGroups: true,
            diagnostics: &found
        )
        if let policy { policies.append(policy) }
    }
}
