import Diagnostics
import LocatedYAML
import SecurityEvents

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
        known.check(name, at: node.place, &diagnostics)
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
        if let number = Number(digits: text) { return number }
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
            unknownOperationID,
            at: place,
            "no operation is called `\(text)`",
            hint: Suggestion.didYouMean(text, among: names)
                ?? "operations: " + names.joined(separator: ", ")
        )
    }

    static let unknownOperationID = "unknown-operation"

    var isUnknownOperation: Bool { id == Self.unknownOperationID }
}
