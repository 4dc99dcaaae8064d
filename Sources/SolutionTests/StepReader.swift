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
        for item in node.items where !diagnostics.isUnbearable {
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
        guard var reader = MappingReader(node, what(given[0], node), &diagnostics),
            let value = reader.optional(given[0])
        else { return nil }
        let count = diagnostics.count
        let action: Step.Action? =
            switch given[0] {
            case "do": call(value, &reader, &diagnostics)
            case "decide": decide(value, &reader, &diagnostics)
            case "advance":
                number(value, "`advance`", UInt32.self, &diagnostics)
                    .map { .advance(UInt64($0)) }
            case "expect-pending": pending(value, &diagnostics)
            case "exit": exit(value, &diagnostics)
            case "start": start(value, &reader, &diagnostics)
            default: process(value, "`refused`", &diagnostics).map(Step.Action.refused)
            }
        // Which keys there are depends on the operation.
        if !diagnostics[count...].contains(where: \.isUnknownOperation) {
            reader.finish(&diagnostics)
        }
        return diagnostics[count...].contains { $0.severity == .error } ? nil : action
    }

    /// The step, for messages; a step with an operation is called by it.
    private func what(_ kind: String, _ node: YAMLNode) -> String {
        let value = node.entries.first { $0.key.text == kind }?.value.text ?? ""
        let isNamed = ["do", "decide"].contains(kind) && value.utf8.count <= 30 && !value.isEmpty
        return isNamed ? "`\(kind): \(value)`" : "a step with `\(kind)`"
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
        guard let operation = operation(node, &diagnostics) else { return nil }
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
        // What is missing beside an unknown caller is not known.
        guard caller != nil,
            let event = fields.event(operation, known, at: node.place, &diagnostics)
        else { return nil }
        if let side = event.strangeSide {
            diagnostics.append(
                Diagnostic(
                    "impossible-event",
                    .warning,
                    at: node.place,
                    "the \(side.field.rawValue) of `\(operation.rawValue)` is always its caller, "
                        + "`\(event.process.name)`, never `\(side.process.name)`",
                    hint: "leave `\(side.field.rawValue)` out"
                )
            )
        }
        return expectation.map { .decide(event, $0) }
    }

    private func exit(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> Step.Action? {
        guard let process = process(node, "`exit`", &diagnostics) else { return nil }
        guard !ProcessIdentity.predefined.contains(where: { $0.name == process }) else {
            diagnostics.append(
                Diagnostic("predefined-process", at: node.place, "`\(process)` never ends")
            )
            return nil
        }
        return .exit(process)
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
            return number(node, "`expect-pending`", UInt32.self, &diagnostics)
                .map { .expectPendingCount(Int($0)) }
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
