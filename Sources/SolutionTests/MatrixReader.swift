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
    struct Target {
        /// nil where the matrix has no targets, as for `cm.listen`.
        var node: YAMLNode?
        var place: SourceLocation
        var name: String
        /// Its keys without the name, for an `allow` that writes the target out.
        var written: [String: [UInt8]]
    }

    /// The rows of a matrix.
    struct Callers {
        var listed: [ProcessName]
        /// Whether the matrix says `all`.
        var isAll = false

        /// The rows for an operation: Einit starts processes, and takes part in nothing else.
        func rows(_ operation: Operation) -> [ProcessName] {
            isAll && operation == .execute ? [ProcessIdentity.einit.name] + listed : listed
        }
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
        let name = reader.optional("name")?.title("`name`", &diagnostics)
        reader.finish(&diagnostics)
        guard let operations, let callers else { return nil }
        let columns = targets ?? [Target(place: node.place, name: "", written: [:])]
        let listed = Set(operations.flatMap(callers.rows)).sorted()
        let allowed = allow.map { readAllow($0, listed, columns, &diagnostics) } ?? [:]
        guard operations.count * listed.count * columns.count <= Self.cellLimit else {
            diagnostics.append(
                Diagnostic(
                    "matrix-too-large",
                    at: node.place,
                    "a matrix has at most \(Self.cellLimit) cells"
                )
            )
            return nil
        }
        let title = "matrix \(number): \(operations.map(\.rawValue).joined(separator: ", "))"
        var matrix = Matrix(name: name ?? title, place: node.place, cells: [])
        for operation in operations {
            for (index, target) in columns.enumerated() {
                matrix.cells += cells(operation, callers, target, &diagnostics) {
                    allowed[$0]?.contains(index) ?? false
                }
            }
        }
        return matrix
    }

    /// One column of the table, as far as one operation goes.
    private func cells(
        _ operation: Operation,
        _ callers: Callers,
        _ target: Target,
        _ diagnostics: inout [Diagnostic],
        isAllowed: (ProcessName) -> Bool
    ) -> [Matrix.Cell] {
        let row: EventField = operation.carries(.client) ? .client : .process
        var fields = EventFields(caller: nil)
        if let node = target.node {
            let what = "a target of `\(operation.rawValue)`"
            guard var reader = MappingReader(node, what, &diagnostics) else { return [] }
            _ = reader.optional("name")
            for field in operation.fields where field != row {
                fields.take(field, reader.optional(field.rawValue), steps, &diagnostics)
            }
            reader.finish(&diagnostics)
        }
        var cells: [Matrix.Cell] = []
        for caller in callers.rows(operation) {
            var fields = fields
            if row == .client { fields.client = caller } else { fields.caller = caller }
            let event = fields.event(operation, steps.known, at: target.place, &diagnostics)
            // A fault of a target is one of every caller's; once is enough.
            guard let event else { break }
            cells.append(
                Matrix.Cell(
                    event: event,
                    place: target.place,
                    caller: caller,
                    isFromAll: callers.isAll,
                    target: target.name,
                    isAllowed: isAllowed(caller)
                )
            )
        }
        return cells
    }

    private func readOperations(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [Operation] {
        let items = node.oneOrMore("`do`", &diagnostics) ?? []
        if node.kind == .sequence, items.isEmpty {
            diagnostics.append(Diagnostic("empty-list", at: node.place, "`do` is an empty list"))
        }
        var operations: [Operation] = []
        for item in items {
            guard let operation = steps.operation(item, &diagnostics) else { continue }
            if operations.contains(operation) {
                diagnostics.append(
                    Diagnostic(
                        "duplicate-operation",
                        at: item.place,
                        "`\(operation.rawValue)` is listed twice"
                    )
                )
            }
            operations.append(operation)
        }
        return operations
    }

    private func readCallers(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> Callers {
        if node.isText("all") { return Callers(listed: everyone, isAll: true) }
        let items = node.oneOrMore("`callers`", &diagnostics) ?? []
        if node.kind == .sequence, items.isEmpty {
            diagnostics.append(
                Diagnostic("empty-list", at: node.place, "`callers` is an empty list")
            )
        }
        var callers: [ProcessName] = []
        for item in items {
            if item.isText("all") {
                diagnostics.append(
                    Diagnostic(
                        "conflicting-keys",
                        at: item.place,
                        "`all` stands in a list of callers",
                        hint: "write `callers: all`"
                    )
                )
            } else if let caller = steps.process(item, "a caller", &diagnostics) {
                if callers.contains(caller) {
                    diagnostics.append(
                        Diagnostic(
                            "duplicate-caller",
                            at: item.place,
                            "`\(caller)` is listed twice"
                        )
                    )
                }
                callers.append(caller)
            }
        }
        return Callers(listed: callers)
    }
}
