import BrokerCore
import Diagnostics
import LocatedYAML
import SecurityEvents

/// Reads steps: what a process does, and what is expected of it.
struct StepReader {
    var environment: Environment
    var known: KnownNames
    /// Names under which earlier steps saved something.
    var saved: Set<String> = []

    /// Reads the steps of a list, in order.
    mutating func steps(
        _ node: YAMLNode,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> [Step] {
        guard node.expect(.sequence, what, &diagnostics) else { return [] }
        if node.items.isEmpty {
            diagnostics.append(Diagnostic("empty-list", at: node.place, "\(what) is an empty list"))
        }
        var steps: [Step] = []
        for item in node.items {
            guard let action = action(item, &diagnostics) else { continue }
            steps.append(Step(place: item.place, action: action))
        }
        return steps
    }

    /// The keys that say what kind of step it is.
    private static let kinds = [
        "do", "decide", "advance", "expect-pending", "exit", "start", "refused",
    ]

    private mutating func action(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> Step.Action? {
        guard node.expect(.mapping, "a step", &diagnostics) else { return nil }
        let given = node.entries.map(\.key.text).filter(Self.kinds.contains)
        guard given.count == 1 else {
            diagnostics.append(kindError(node, given))
            return nil
        }
        guard var reader = MappingReader(node, "a step with `\(given[0])`", &diagnostics),
            let value = reader.optional(given[0])
        else { return nil }
        let count = diagnostics.count
        let action: Step.Action? =
            switch given[0] {
            case "do": call(value, &reader, &diagnostics)
            case "decide": decide(value, &reader, &diagnostics)
            case "advance":
                number(value, "`advance`", UInt64.self, &diagnostics).map(
                    Step.Action.advance
                )
            case "expect-pending": pending(value, &diagnostics)
            case "exit": process(value, "`exit`", &diagnostics).map(Step.Action.exit)
            case "start": start(value, &reader, &diagnostics)
            default: process(value, "`refused`", &diagnostics).map(Step.Action.refused)
            }
        reader.finish(&diagnostics)
        return diagnostics.count == count ? action : nil
    }

    private func kindError(_ node: YAMLNode, _ given: [String]) -> Diagnostic {
        guard given.isEmpty else {
            let names = given.map { "`\($0)`" }.joined(separator: " and ")
            return Diagnostic(
                "conflicting-keys",
                at: node.place,
                "a step does one thing, not \(names)"
            )
        }
        let suggestion = node.entries.lazy
            .compactMap { Suggestion.didYouMean($0.key.text, among: Self.kinds) }.first
        let kinds = Self.kinds.map { "`\($0)`" }.joined(separator: ", ")
        return Diagnostic(
            "missing-key",
            at: node.place,
            "a step needs one of the keys \(kinds)",
            hint: suggestion
        )
    }

    // MARK: Kinds of steps

    private mutating func decide(
        _ node: YAMLNode,
        _ reader: inout MappingReader,
        _ diagnostics: inout [Diagnostic]
    ) -> Step.Action? {
        let caller = reader.required("as", &diagnostics)
            .flatMap { process($0, "`as`", &diagnostics) }
        let operation = operation(node, &diagnostics)
        guard let operation else { return nil }
        var fields = EventFields(caller: caller)
        for field in operation.fields {
            fields.take(field, reader.optional(field.rawValue), self, &diagnostics)
        }
        let expectation = expectation(
            reader.optional("expect"),
            at: node.place,
            of: .decision,
            &diagnostics
        )
        guard let event = fields.event(operation, known, at: node.place, &diagnostics) else {
            return nil
        }
        return expectation.map { .decide(event, $0) }
    }

    private mutating func start(
        _ node: YAMLNode,
        _ reader: inout MappingReader,
        _ diagnostics: inout [Diagnostic]
    ) -> Step.Action? {
        let classNode = reader.optional("class")
        var className: ClassName?
        if let classNode {
            className = name(classNode, "`class`", ClassName.self, &diagnostics)
            // The step itself declares the process.
            if let text = environment.text(node, "`start`", &diagnostics),
                let process = try? ProcessName(text)
            {
                known.add(process)
            }
        }
        let starter =
            reader.optional("by").map { process($0, "`by`", &diagnostics) }
            ?? ProcessIdentity.einit.name
        let expectation = expectation(
            reader.optional("expect"),
            at: node.place,
            of: .start,
            &diagnostics
        )
        guard let process = process(node, "`start`", &diagnostics), let starter, let expectation
        else { return nil }
        let step = StartStep(
            process: process,
            className: className,
            starter: starter,
            expectation: expectation
        )
        return .start(step)
    }

    private func pending(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> Step.Action? {
        guard node.kind == .sequence else {
            return number(node, "`expect-pending`", Int.self, &diagnostics)
                .map(Step.Action.expectPendingCount)
        }
        var names: [String] = []
        for item in node.items {
            guard let text = item.scalarText("`expect-pending`", &diagnostics) else { continue }
            let name = text.hasPrefix("$") ? String(text.dropFirst()) : text
            if !saved.contains(name) { diagnostics.append(notSaved(name, at: item.place)) }
            names.append(name)
        }
        return .expectPending(names)
    }
}

// MARK: Values

extension StepReader {
    func operation(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Operation? {
        guard let text = environment.text(node, "an operation", &diagnostics) else { return nil }
        if let operation = Operation(rawValue: text) { return operation }
        diagnostics.append(
            .unknownOperation(text, at: node.place, among: Operation.allCases.map(\.rawValue))
        )
        return nil
    }

    /// The name of a process that the solution knows.
    func process(
        _ node: YAMLNode,
        _ what: String,
        _ diagnostics: inout [Diagnostic]
    ) -> ProcessName? {
        guard let name = name(node, what, ProcessName.self, &diagnostics) else { return nil }
        known.check(name.description, at: node.place, &diagnostics)
        return name
    }

    /// A name of any sort; an error where it is none.
    func name<Role>(
        _ node: YAMLNode,
        _ what: String,
        _ type: Name<Role>.Type,
        _ diagnostics: inout [Diagnostic]
    ) -> Name<Role>? {
        guard let text = environment.text(node, what, &diagnostics) else { return nil }
        do throws(NameFault) {
            return try Name<Role>(text)
        } catch {
            diagnostics.append(Diagnostic("invalid-name", at: node.place, "\(what) \(error)"))
            return nil
        }
    }

    func number<Number: FixedWidthInteger>(
        _ node: YAMLNode,
        _ what: String,
        _ type: Number.Type,
        _ diagnostics: inout [Diagnostic]
    ) -> Number? {
        guard let text = environment.text(node, what, &diagnostics) else { return nil }
        if let number = Number(text), number >= 0 { return number }
        diagnostics.append(
            Diagnostic(
                "invalid-number",
                at: node.place,
                "\(what) is a whole number from 0 to \(Number.max), not `\(text)`"
            )
        )
        return nil
    }

    func notSaved(_ name: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "unknown-variable",
            at: place,
            "no step before saves `$\(name)`",
            hint: Suggestion.didYouMean(name, among: saved)
                ?? "an earlier step says `save: \(name)`"
        )
    }
}

extension Diagnostic {
    static func unknownOperation(
        _ text: String,
        at place: SourceLocation,
        among names: [String]
    ) -> Diagnostic {
        Diagnostic(
            "unknown-operation",
            at: place,
            "no operation is called `\(text)`",
            hint: Suggestion.didYouMean(text, among: names)
                ?? "operations: " + names.joined(separator: ", ")
        )
    }
}
