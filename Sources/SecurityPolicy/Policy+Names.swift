package import Diagnostics
package import SecurityEvents

/// The processes that a solution declares, as far as rules can name them.
package struct DeclaredNames: Sendable {
    package var processes: Set<[UInt8]>
    package var classes: Set<[UInt8]>
    /// The processes with their classes.
    package var identities: [ProcessIdentity]

    /// Takes the processes of a solution; those that are there without being declared are added.
    package init(_ processes: some Sequence<ProcessIdentity>) {
        let all = Array(processes) + ProcessIdentity.predefined + [.nameServer]
        identities = all
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
        var known = KnownTexts(declared)
        var findings: [Diagnostic] = []
        // What fails open comes first at its place; that it is useless elsewhere too adds nothing.
        for mention in mentions where findings.last?.place != mention.place {
            if let finding = finding(mention, declared, known) { findings.append(finding) }
            // For so many as anybody reads: each is compared with all declared names.
            if findings.count == Self.suggestionLimit { known = KnownTexts() }
        }
        return (findings + inertDenies(declared)).inReadingOrder
    }

    /// For how many unknown names a similar one is looked for.
    private static let suggestionLimit = 100

    /// The declared names as text, for suggestions.
    private struct KnownTexts {
        var processes: [String] = []
        var classes: [String] = []

        init() {}

        init(_ declared: DeclaredNames) {
            processes = declared.processes.map { String(decoding: $0, as: UTF8.self) }
            classes = declared.classes.map { String(decoding: $0, as: UTF8.self) }
        }
    }

    private func finding(
        _ mention: Mention,
        _ declared: DeclaredNames,
        _ known: KnownTexts
    ) -> Diagnostic? {
        guard case .literal(let name) = mention.pattern else { return nil }
        let text = String(decoding: name, as: UTF8.self)
        switch mention.sort {
        case .interface, .endpoint, .connection: return nil
        case .className:
            if declared.classes.contains(name) { return nil }
            let hint =
                declared.processes.contains(name)
                ? "`\(text)` is a process; to mean it, write its name without `class`"
                : Suggestion.didYouMean(text, among: known.classes)
            return unknown(text, "class", at: mention.place, hint)
        case .processName:
            if declared.processes.contains(name) { return nil }
            guard declared.classes.contains(name) else {
                let hint = Suggestion.didYouMean(text, among: known.processes)
                return unknown(text, "process", at: mention.place, hint)
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
        _ hint: String?
    ) -> Diagnostic {
        Diagnostic(
            "unknown-name",
            .warning,
            at: place,
            "the init description declares no \(what) `\(name)`",
            hint: hint
        )
    }

    private func inertDenies(_ declared: DeclaredNames) -> [Diagnostic] {
        rules.filter { $0.effect == .deny }.compactMap { rule in
            if let condition = rule.conditions.first(where: { isInert($0, declared) }) {
                return inert(rule, "nothing declared is", [condition])
            }
            guard rule.operations.allSatisfy({ isImpossible(rule, $0, declared) }) else {
                return nil
            }
            return inert(rule, "no caller is", rule.conditions)
        }
    }

    private func inert(_ rule: Rule, _ what: String, _ conditions: [Condition]) -> Diagnostic {
        let texts = conditions.map { "`\($0.field.rawValue): \($0.text)`" }
        return Diagnostic(
            "inert-deny",
            .warning,
            at: rule.place,
            "`\(rule.id)` can deny nothing that is declared here: \(what) "
                + texts.joined(separator: " and ")
        )
    }

    /// Whether no caller can meet the conditions on both of its names, `process` and the side that is
    /// always its own; for `init.connect` the caller is Einit.
    private func isImpossible(
        _ rule: Rule,
        _ operation: Operation,
        _ declared: DeclaredNames
    ) -> Bool {
        let own = rule.conditions.filter {
            $0.field == .process || $0.field == operation.callerField
        }
        guard !own.isEmpty else { return false }
        let isOpen = own.contains { condition in
            switch condition.subject {
            case .name(let id), .className(let id):
                // Names that may yet come can meet a prefix or a complement.
                condition.isNegated
                    || sets[id.index].patterns.contains {
                        if case .literal = $0 { false } else { true }
                    }
            case .caller: !condition.isNegated && own.count == 1
            case .path: true
            }
        }
        var callers = operation == .initConnect ? [ProcessIdentity.einit] : declared.identities
        if operation != .initConnect {
            guard !isOpen || own.contains(where: { $0.subject == .caller && $0.isNegated }) else {
                return false
            }
            callers += own.flatMap(spelledOut).filter {
                !declared.processes.contains($0.name.bytes)
            }
        }
        return !callers.contains { caller in
            let event = SecurityEvent(operation, by: caller, client: caller, server: caller)
            return own.allSatisfy { holds($0, for: event) }
        }
    }

    /// The processes that a condition names, declared or not.
    private func spelledOut(_ condition: Condition) -> [ProcessIdentity] {
        guard case .name(let id) = condition.subject else { return [] }
        return sets[id.index].patterns.compactMap { pattern in
            guard case .literal(let name) = pattern else { return nil }
            return (try? ProcessName(name)).map(ProcessIdentity.init(undeclared:))
        }
    }

    /// Whether nothing meets the condition: no declared process, or nothing at all.
    ///
    /// Prefixes stand for names that may yet come, and so do complements, but for that of `"*"`.
    private func isInert(_ condition: Condition, _ declared: DeclaredNames) -> Bool {
        let known: Set<[UInt8]>?
        let patterns: [Pattern]
        switch condition.subject {
        case .name(let id):
            patterns = sets[id.index].patterns
            known = condition.field.isProcess ? declared.processes : nil
        case .className(let id): (patterns, known) = (sets[id.index].patterns, declared.classes)
        case .caller, .path: return false
        }
        if condition.isNegated { return patterns.contains(.any) }
        return patterns.allSatisfy { pattern in
            guard case .literal(let name) = pattern, let known else { return false }
            return !known.contains(name)
        }
    }
}
