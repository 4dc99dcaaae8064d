import Diagnostics
import LocatedYAML
import SecurityEvents

/// Reads a matrix into its cells: pure decisions, those that are listed allowed, all others denied.
struct MatrixReader {
    let steps: StepReader
    let everyone: [ProcessName]

    /// How many cells one matrix may have.
    private static let cellLimit = 1_000_000

    /// One column: the fields that it gives, and what it may be called.
    private struct Target {
        var node: YAMLNode
        var name: String
        /// Its keys without the name, for an `allow` that writes the target out.
        var written: [String: String]
    }

    func matrix(
        _ node: YAMLNode,
        number: Int,
        _ diagnostics: inout [Diagnostic]
    ) -> Matrix? {
        guard var reader = MappingReader(node, "a matrix", &diagnostics) else { return nil }
        let operations = reader.required("do", &diagnostics).map {
            readOperations($0, &diagnostics)
        }
        let callers = reader.required("callers", &diagnostics)
            .map { readCallers($0, &diagnostics) }
        let targets = reader.optional("targets").map { readTargets($0, &diagnostics) }
        let allow = reader.optional("allow")
        let name = reader.text("name", &diagnostics)
        reader.finish(&diagnostics)
        guard let operations, let callers else { return nil }
        let columns = targets ?? [Target(node: node, name: "", written: [:])]
        let allowed = allow.map { readAllow($0, callers, columns, &diagnostics) } ?? [:]
        guard operations.count * callers.count * columns.count <= Self.cellLimit else {
            diagnostics.append(
                Diagnostic(
                    "matrix-too-large",
                    at: node.place,
                    "a matrix has at most \(Self.cellLimit) cells"
                )
            )
            return nil
        }
        var matrix = Matrix(
            name: name
                ?? "matrix \(number): \(operations.map(\.rawValue).joined(separator: ", "))",
            place: node.place,
            cells: []
        )
        for operation in operations {
            for (index, target) in columns.enumerated() {
                let given = targets == nil ? nil : target.node
                for caller in callers {
                    let event = event(operation, caller, given, at: target.node.place, &diagnostics)
                    // A fault of a target is one of every caller's; once is enough.
                    guard let event else { break }
                    matrix.cells.append(
                        Matrix.Cell(
                            event: event,
                            caller: caller.description,
                            target: target.name,
                            isAllowed: allowed[caller]?.contains(index) ?? false
                        )
                    )
                }
            }
        }
        return matrix
    }

    private func event(
        _ operation: Operation,
        _ caller: ProcessName,
        _ target: YAMLNode?,
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) -> SecurityEvent? {
        var fields = EventFields(caller: nil)
        let row: EventField = operation.carries(.client) ? .client : .process
        if row == .client { fields.client = caller } else { fields.caller = caller }
        if let target {
            guard var reader = MappingReader(target, "a target", &diagnostics) else { return nil }
            _ = reader.optional("name")
            for field in operation.fields where field != row {
                fields.take(field, reader.optional(field.rawValue), steps, &diagnostics)
            }
            reader.finish(&diagnostics)
        }
        return fields.event(operation, steps.known, at: place, &diagnostics)
    }

    private func readOperations(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [Operation] {
        let items = node.kind == .sequence ? node.items : [node]
        if items.isEmpty {
            diagnostics.append(Diagnostic("empty-list", at: node.place, "`do` is an empty list"))
        }
        return items.compactMap { steps.operation($0, &diagnostics) }
    }

    private func readCallers(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [ProcessName] {
        if node.kind == .scalar, node.text == "all" { return everyone }
        let items = node.kind == .sequence ? node.items : [node]
        if items.isEmpty {
            diagnostics.append(
                Diagnostic("empty-list", at: node.place, "`callers` is an empty list")
            )
        }
        return items.compactMap { steps.process($0, "a caller", &diagnostics) }
    }

    private func readTargets(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [Target] {
        guard node.expect(.sequence, "`targets`", &diagnostics) else { return [] }
        if node.items.isEmpty {
            diagnostics.append(
                Diagnostic("empty-list", at: node.place, "`targets` is an empty list")
            )
        }
        var targets: [Target] = []
        for item in node.items where item.expect(.mapping, "a target", &diagnostics) {
            let written = written(item, &diagnostics)
            let name = item.entries.first { $0.key.text == "name" }?.value.text
            let values = item.entries.filter { $0.key.text != "name" }.compactMap {
                written[$0.key.text]
            }
            if let name, let other = targets.first(where: { $0.name == name }) {
                diagnostics.append(
                    Diagnostic(
                        "duplicate-target",
                        at: item.place,
                        "two targets are called `\(name)`, the first at \(other.node.place)"
                    )
                )
            }
            targets.append(
                Target(node: item, name: name ?? values.joined(separator: " "), written: written)
            )
        }
        return targets
    }

    /// The keys and values of a target, without its name.
    private func written(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [String: String] {
        var written: [String: String] = [:]
        for (key, value) in node.entries where key.text != "name" {
            written[key.text] = steps.environment.text(value, "`\(key.text)`", &diagnostics)
        }
        return written
    }

    // MARK: Allowed cells

    private func readAllow(
        _ node: YAMLNode,
        _ callers: [ProcessName],
        _ targets: [Target],
        _ diagnostics: inout [Diagnostic]
    ) -> [ProcessName: Set<Int>] {
        guard node.expect(.mapping, "`allow`", &diagnostics) else { return [:] }
        var allowed: [ProcessName: Set<Int>] = [:]
        for (key, value) in node.entries {
            guard let caller = steps.name(key, "a caller", ProcessName.self, &diagnostics) else {
                continue
            }
            guard callers.contains(caller) else {
                diagnostics.append(
                    Diagnostic(
                        "unknown-caller",
                        at: key.place,
                        "`\(caller)` is not among the callers of the matrix",
                        hint: Suggestion.didYouMean(
                            caller.description,
                            among: callers.map(\.description)
                        )
                    )
                )
                continue
            }
            allowed[caller, default: []].formUnion(readColumns(value, targets, &diagnostics))
        }
        return allowed
    }

    private func readColumns(
        _ node: YAMLNode,
        _ targets: [Target],
        _ diagnostics: inout [Diagnostic]
    ) -> Set<Int> {
        if node.kind == .scalar, node.text == "all" { return Set(targets.indices) }
        guard node.expect(.sequence, "the targets of a caller", &diagnostics) else { return [] }
        if node.items.isEmpty {
            diagnostics.append(
                Diagnostic(
                    "empty-list",
                    at: node.place,
                    "the targets of a caller are an empty list",
                    hint: "leave the caller out; what is not listed must be denied"
                )
            )
        }
        return Set(node.items.compactMap { column($0, targets, &diagnostics) })
    }

    private func column(
        _ node: YAMLNode,
        _ targets: [Target],
        _ diagnostics: inout [Diagnostic]
    ) -> Int? {
        if node.kind == .mapping {
            let wanted = written(node, &diagnostics)
            if let index = targets.firstIndex(where: { $0.written == wanted }) { return index }
        } else if let text = steps.environment.text(node, "a target", &diagnostics) {
            if let index = targets.firstIndex(where: { $0.name == text }) { return index }
        }
        diagnostics.append(
            Diagnostic(
                "unknown-target",
                at: node.place,
                "this is no target of the matrix",
                hint: node.kind == .scalar
                    ? Suggestion.didYouMean(node.text, among: targets.map(\.name)) : nil
            )
        )
        return nil
    }
}
