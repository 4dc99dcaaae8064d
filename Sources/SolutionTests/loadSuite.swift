package import BrokerCore
package import Diagnostics
import InitDescriptions
package import LocatedYAML
import SecurityEvents
package import SecurityPolicy

/// What the command line says beside the suite; what is left out is the suite's own.
package struct SuiteOverrides: Sendable {
    /// Another init description: the same suite in another environment.
    package var initDescription: String?
    /// Another policy.
    package var policies: [String] = []
    package var nameServer: NameServerChoice?
    package var fragments: [String] = []
    package var defines: [String: String] = [:]
    /// Whether it is an error that neither suite nor command line names a policy.
    package var needsPolicy = true

    package init() {}
}

/// A suite with everything that it speaks of, ready to run.
package struct LoadedSuite: Sendable {
    package var suite: Suite
    package var solution: Solution
    /// nil where neither suite nor command line names one.
    package var policy: Policy?
    /// What had to be assumed about the solution, a line each.
    package var assumptions: [String]
    /// The names that the suite means to be unknown.
    package var strangers: Set<[UInt8]>
}

/// Loads a suite, its init description and its policy.
///
/// - Returns: nil where any of them has an error; all of them are in `diagnostics`.
package func loadSuite(
    _ path: String,
    _ overrides: SuiteOverrides = SuiteOverrides(),
    from source: DocumentSource,
    diagnostics: inout [Diagnostic]
) -> LoadedSuite? {
    var found: [Diagnostic] = []
    let suite = SuiteLoader(path: path, overrides: overrides, source: source).load(&found)
    if found.contains(where: { $0.cutsDocument && $0.place.file == path }) {
        found.removeAll { $0.mayComeOfCut && $0.place.file == path }
    }
    diagnostics += found.inReadingOrder
    return found.hasErrors ? nil : suite
}

private struct SuiteLoader {
    let path: String
    let overrides: SuiteOverrides
    let source: DocumentSource

    func load(_ diagnostics: inout [Diagnostic]) -> LoadedSuite? {
        let start = SourceLocation(file: path, line: 1, column: 1)
        let count = diagnostics.count
        guard let bytes = read(path, at: start, &diagnostics),
            let tree = readYAML(bytes, file: path, diagnostics: &diagnostics)
        else { return nil }
        guard let root = tree.root else {
            if diagnostics.count == count {
                diagnostics.append(Diagnostic("empty-document", at: start, "the suite is empty"))
            }
            return nil
        }
        guard let frame = SuiteFrame(root, file: path, &diagnostics) else { return nil }
        let policy = loadPolicy(frame, &diagnostics)
        let description = loadDescription(frame, &diagnostics)
        let choice = choice(frame)
        let solution = description.map { Solution($0, nameServer: choice) }
        let strangers = Set(frame.strangers.map(\.name.bytes))
        let known = KnownNames(solution, strangers: strangers)
        if let solution { check(solution, choice, frame, known, &diagnostics) }
        let reader = SuiteReader(
            frame: frame,
            known: known,
            everyone: (solution?.processes.map(\.identity.name) ?? []) + [stranger(beside: known)]
        )
        let suite = reader.suite(&diagnostics)
        guard let solution, let description else { return nil }
        if let policy {
            let unknown = frame.strangers.map { ProcessIdentity(undeclared: $0.name) }
            diagnostics += policy.findings(against: DeclaredNames(solution.declared + unknown))
            // What a faulty suite says is not known in full.
            if !diagnostics.hasErrors {
                diagnostics +=
                    SuiteWarnings(suite: suite, strangers: strangers, policy: policy).all
            }
        }
        return LoadedSuite(
            suite: suite,
            solution: solution,
            policy: policy,
            assumptions: description.assumptions,
            strangers: strangers
        )
    }

    /// Reports what the frame says of processes and the solution says otherwise.
    private func check(
        _ solution: Solution,
        _ choice: NameServerChoice,
        _ frame: SuiteFrame,
        _ known: KnownNames,
        _ diagnostics: inout [Diagnostic]
    ) {
        if let conflict = solution.conflict(with: choice) {
            let place = overrides.nameServer == nil ? frame.nameServer?.place : nil
            diagnostics.append(
                Diagnostic(
                    "name-server-class",
                    at: place ?? frame.place,
                    conflict,
                    hint: "a name server has the class `\(ProcessIdentity.nameServer.className)`"
                )
            )
        }
        for (name, place) in frame.strangers where known.isDeclared(name.bytes) {
            diagnostics.append(
                Diagnostic(
                    "declared-stranger",
                    .warning,
                    at: place,
                    "`\(name)` is no stranger: the solution has it"
                )
            )
        }
    }

    /// A name that nobody has declared.
    private func stranger(beside known: KnownNames) -> ProcessName {
        for number in 1... {
            if let name = try? ProcessName("any-other-\(number)"), !known.isKnown(name.bytes) {
                return name
            }
        }
        preconditionFailure("there is always another number")
    }

    private func read(
        _ path: String,
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) -> [UInt8]? {
        switch source.read(path, YAMLLimits().bytes) {
        case .success(let bytes): return bytes
        case .failure(let fault):
            diagnostics.append(
                Diagnostic("unreadable", at: place, "cannot read `\(path)`: \(fault.message)")
            )
            return nil
        }
    }

    private func loadPolicy(
        _ frame: SuiteFrame,
        _ diagnostics: inout [Diagnostic]
    ) -> Policy? {
        guard overrides.policies.isEmpty else {
            return SecurityPolicy.loadPolicy(
                overrides.policies,
                from: source,
                diagnostics: &diagnostics
            )
        }
        if !frame.keys.contains("policy"), overrides.needsPolicy {
            diagnostics.append(
                Diagnostic(
                    "missing-key",
                    at: frame.place,
                    "nothing decides: the suite has no key `policy`",
                    hint: "write `policy: [FILE]`, or give --policy"
                )
            )
        }
        var isReadable = true
        for reference in frame.policies {
            isReadable =
                read(reference.path, at: reference.place, &diagnostics) != nil && isReadable
        }
        guard isReadable, !frame.policies.isEmpty else { return nil }
        let paths = frame.policies.map(\.path)
        return SecurityPolicy.loadPolicy(paths, from: source, diagnostics: &diagnostics)
    }

    private func loadDescription(
        _ frame: SuiteFrame,
        _ diagnostics: inout [Diagnostic]
    ) -> InitDescription? {
        guard let main = overrides.initDescription ?? frame.initDescription?.path else {
            if !frame.keys.contains("init") {
                diagnostics.append(
                    Diagnostic(
                        "missing-key",
                        at: frame.place,
                        "a suite needs the key `init`",
                        hint: "write `init: FILE`, or give --init"
                    )
                )
            }
            return nil
        }
        // What the suite names and cannot be read is reported where the suite names it.
        let own = overrides.initDescription == nil ? frame.initDescription : nil
        let references = [own].compactMap(\.self) + frame.fragments
        var isReadable = true
        for reference in references {
            isReadable =
                read(reference.path, at: reference.place, &diagnostics) != nil && isReadable
        }
        guard isReadable else { return nil }
        // What the suite and the command line both name is one document.
        let named = Set(frame.fragments.map { source.identity($0.path) })
        let more = overrides.fragments.filter { !named.contains(source.identity($0)) }
        return loadInitDescription(
            main,
            source: source,
            fragments: frame.fragments.map(\.path) + more,
            defines: frame.defines.merging(overrides.defines) { _, command in command },
            nameServer: choice(frame).name,
            diagnostics: &diagnostics
        )
    }

    private func choice(_ frame: SuiteFrame) -> NameServerChoice {
        overrides.nameServer ?? frame.nameServer?.choice ?? .asDescribed
    }
}
