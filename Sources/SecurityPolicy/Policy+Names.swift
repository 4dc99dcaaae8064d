package import Diagnostics
package import SecurityEvents

/// The processes that a solution declares, as far as rules can name them.
package struct DeclaredNames: Sendable {
    package var processes: Set<[UInt8]>
    package var classes: Set<[UInt8]>

    /// Takes the processes of a solution; those that are there without being declared are added.
    package init(_ processes: some Sequence<ProcessIdentity>) {
        let all = Array(processes) + ProcessIdentity.predefined + [.nameServer]
        self.processes = Set(all.map(\.name.bytes))
        classes = Set(all.map(\.className.bytes))
    }
}

extension Policy {
    /// What rules say about names that the solution does not have.
    ///
    /// A class where a process name belongs makes an allow rule useless and a deny rule a hole: in
    /// rules that restrict it is an error.
    package func findings(against declared: DeclaredNames) -> [Diagnostic] {
        mentions.compactMap { finding($0, declared) } + inertDenies(declared)
    }

    private func finding(_ mention: Mention, _ declared: DeclaredNames) -> Diagnostic? {
        guard case .literal(let name) = mention.pattern else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        switch mention.sort {
        case .interface, .endpoint, .connection: return nil
        case .className:
            if declared.classes.contains(name) || declared.processes.contains(name) { return nil }
            let known = declared.classes.map { String(decoding: $0, as: UTF8.self) }
            return unknown(text, "class", at: mention.place, among: known)
        case .processName:
            if declared.processes.contains(name) { return nil }
            guard declared.classes.contains(name) else {
                let known = declared.processes.map { String(decoding: $0, as: UTF8.self) }
                return unknown(text, "process", at: mention.place, among: known)
            }
            return Diagnostic(
                "class-not-process",
                mention.failsOpen ? .error : .warning,
                at: mention.place,
                "`\(text)` is a class; no process is called so",
                hint: "write {class: \(text)}, or the name of the process"
            )
        }
    }

    private func unknown(
        _ name: String,
        _ what: String,
        at place: SourceLocation,
        among known: [String]
    ) -> Diagnostic {
        Diagnostic(
            "unknown-name",
            .warning,
            at: place,
            "the init description declares no \(what) `\(name)`",
            hint: Suggestion.didYouMean(name, among: known)
        )
    }

    private func inertDenies(_ declared: DeclaredNames) -> [Diagnostic] {
        rules.filter { $0.effect == .deny }.compactMap { rule in
            guard let condition = rule.conditions.first(where: { isInert($0, declared) }) else {
                return nil
            }
            return Diagnostic(
                "inert-deny",
                .warning,
                at: rule.place,
                "`\(rule.id)` can deny nothing here: no declared process is "
                    + "`\(condition.field.rawValue): \(condition.text)`"
            )
        }
    }

    /// Whether no declared process meets the condition. Prefixes stand for names that may yet come.
    private func isInert(_ condition: Condition, _ declared: DeclaredNames) -> Bool {
        guard !condition.isNegated else { return false }
        let known: Set<[UInt8]>
        let set: PatternSet
        switch condition.subject {
        case .name(let id) where condition.field.isProcess:
            (set, known) = (sets[id.index], declared.processes)
        case .className(let id):
            (set, known) = (sets[id.index], declared.classes.union(declared.processes))
        case .name, .caller, .path: return false
        }
        return set.patterns.allSatisfy { pattern in
            if case .literal(let name) = pattern { !known.contains(name) } else { false }
        }
    }
}
