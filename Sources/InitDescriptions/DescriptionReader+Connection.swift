import Diagnostics
import LocatedYAML
import SecurityEvents

extension DescriptionReader {
    /// Reads one element of a list of connections; `unknownKeys` says how bad an unknown key is.
    mutating func readConnection(
        _ node: YAMLNode,
        _ origin: Connection.Origin,
        unknownKeys: Diagnostic.Severity = .error
    ) -> Connection? {
        guard var mapping = MappingReader(node, "a connection", &diagnostics) else { return nil }
        let targetNode = mapping.required("target", &diagnostics)
        let target = targetNode.flatMap { targetName($0) }
        let idNode = mapping.required("id", &diagnostics)
        let id = idNode.flatMap { readID($0) }
        mapping.finish(&diagnostics, severity: unknownKeys)
        guard let targetNode, let target, let idNode, let id else { return nil }
        return Connection(
            target: target.name,
            id: id.name,
            idMacro: id.macro,
            origin: origin,
            isTargetKnown: target.isKnown,
            isIDKnown: id.isKnown,
            places: Connection.Places(
                connection: node.place,
                target: targetNode.place,
                id: idNode.place
            )
        )
    }

    /// The name of a channel: a scalar, or a C macro and the header that has it.
    private mutating func readID(
        _ node: YAMLNode
    ) -> (name: ConnectionName, macro: Connection.MacroReference?, isKnown: Bool)? {
        guard node.kind == .mapping else {
            let id: ReadName<NameRole.Connection>? = name(node, "`id`")
            return id.map { ($0.name, nil, $0.isKnown) }
        }
        guard var mapping = MappingReader(node, "an `id`", &diagnostics) else { return nil }
        let variableNode = mapping.required("var", &diagnostics)
        let headerNode = mapping.optional("include")
        if headerNode == nil {
            diagnostics.append(
                Diagnostic(
                    "missing-key",
                    .warning,
                    at: node.place,
                    "an `id` that is a C macro needs the key `include`",
                    hint: "name the header that defines the macro"
                )
            )
        }
        let header = headerNode.flatMap { text($0, "`include`") }
        mapping.finish(&diagnostics)
        guard let variableNode, let variable = text(variableNode, "`var`") else { return nil }
        let value = defines[variable]
        let id: ConnectionName? = checkedName(
            value ?? "var:\(variable)",
            "`id`",
            at: variableNode.place
        )
        let macro = Connection.MacroReference(
            variable: variable,
            header: header,
            isDefined: value != nil
        )
        return id.map { ($0, macro, value != nil) }
    }
}
