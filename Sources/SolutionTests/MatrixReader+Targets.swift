import Diagnostics
import LocatedYAML
import SecurityEvents

extension MatrixReader {
    func readTargets(_ node: YAMLNode, _ diagnostics: inout [Diagnostic]) -> [Target] {
        guard node.expect(.sequence, "`targets`", &diagnostics) else { return [] }
        if node.items.isEmpty {
            diagnostics.append(
                Diagnostic("empty-list", at: node.place, "`targets` is an empty list")
            )
        }
        var targets: [Target] = []
        var names: [[UInt8]: SourceLocation] = [:]
        var fields: [[String: [UInt8]]: SourceLocation] = [:]
        for item in node.items where item.expect(.mapping, "a target", &diagnostics) {
            let written = written(item, &diagnostics)
            let name = item.entries.first { $0.key.isText("name") }?.value
                .title("`name`", &diagnostics)
            let values = item.entries.compactMap { written[$0.key.text] }
                .map { String(decoding: $0, as: UTF8.self) }
            if let name, let first = names[Array(name.utf8)] {
                diagnostics.append(
                    duplicate("two targets are called `\(name)`", item.place, first)
                )
            } else if let first = fields[written] {
                diagnostics.append(duplicate("two targets are the same", item.place, first))
            }
            if let key = name.map({ Array($0.utf8) }) { names[key] = names[key] ?? item.place }
            fields[written] = fields[written] ?? item.place
            targets.append(
                Target(
                    node: item,
                    place: item.place,
                    name: name ?? values.joined(separator: " "),
                    written: written
                )
            )
        }
        return targets
    }

    private func duplicate(
        _ message: String,
        _ place: SourceLocation,
        _ first: SourceLocation
    ) -> Diagnostic {
        Diagnostic("duplicate-target", at: place, message + ", the first at \(first)")
    }

    /// The keys and values of a target, without its name.
    private func written(
        _ node: YAMLNode,
        _ diagnostics: inout [Diagnostic]
    ) -> [String: [UInt8]] {
        var written: [String: [UInt8]] = [:]
        for (key, value) in node.entries where !key.isText("name") {
            written[key.text] = steps.environment.text(value, "`\(key.text)`", &diagnostics)
                .map { Array($0.utf8) }
        }
        return written
    }

    // MARK: Allowed cells

    func readAllow(
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
        if node.isText("all") { return Set(targets.indices) }
        guard
            let items = node.kind == .mapping
                ? [node] : node.oneOrMore("the targets of a caller", &diagnostics)
        else { return [] }
        if node.kind == .sequence, items.isEmpty {
            diagnostics.append(
                Diagnostic(
                    "empty-list",
                    at: node.place,
                    "the targets of a caller are an empty list",
                    hint: "leave the caller out; what is not listed must be denied"
                )
            )
        }
        return Set(items.compactMap { column($0, targets, &diagnostics) })
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
            if let index = targets.firstIndex(where: { $0.name.utf8.elementsEqual(text.utf8) }) {
                return index
            }
        }
        diagnostics.append(
            Diagnostic(
                "unknown-target",
                at: node.place,
                node.kind == .scalar
                    ? "no target of the matrix is called `\(node.text)`"
                    : "no target of the matrix has these fields",
                hint: hint(node, targets)
            )
        )
        return nil
    }

    private func hint(_ node: YAMLNode, _ targets: [Target]) -> String? {
        guard node.kind == .scalar else { return nil }
        let names = targets.map(\.name).filter { !$0.isEmpty }
        return Suggestion.didYouMean(node.text, among: names)
            ?? (names.isEmpty || names.count > 8
                ? nil : "targets: " + names.map { "`\($0)`" }.joined(separator: ", "))
    }
}
