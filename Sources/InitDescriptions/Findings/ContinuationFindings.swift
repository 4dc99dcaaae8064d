import Diagnostics

/// `+` macros where there is no list to continue.
///
/// `@INIT_X_ENTITY_CONNECTIONS+@` becomes elements of a list, without the key that begins one.
/// Where none stands before it, what it brings ends up in another list, or nowhere. The form
/// without `+` is not reported after a list: versions of the SDK differ in what it does there.
func continuationFindings(in description: InitDescription) -> [Diagnostic] {
    let entities = Dictionary(
        description.entities.map { ($0.places.entity, $0) },
        uniquingKeysWith: { first, _ in first }
    )
    let macros = Dictionary(grouping: description.macros) { $0.entityPlace }
    return macros.flatMap { place, macros -> [Diagnostic] in
        guard let entity = place.flatMap({ entities[$0] }) else { return [] }
        return macros.indices.compactMap { index in
            continuationFinding(macros[index], after: macros[..<index], in: entity)
        }
    }
}

/// A key that holds a list or a mapping, and where its value begins.
private struct KeyPlace {
    let key: String
    let place: SourceLocation
}

private func continuationFinding(
    _ macro: TemplateMacro,
    after earlier: ArraySlice<TemplateMacro>,
    in entity: Entity
) -> Diagnostic? {
    guard macro.appends, let key = macro.kind.key else { return nil }
    // Any of these may begin the list, or be part of it.
    let mayBegin = earlier.contains {
        $0.kind == macro.kind || $0.kind == .other || $0.kind == .generatorExpression
    }
    guard !mayBegin else { return nil }
    let before = keyPlaces(of: entity).filter { $0.place < macro.place }
    let last = before.max { $0.place < $1.place }
    guard last?.key != key else { return nil }
    let hasList = before.contains { $0.key == key }
    let text =
        hasList
        ? "`\(macro.text)` continues `\(last?.key ?? "")`, which stands between it and `\(key)`"
        : "`\(macro.text)` continues a list, and no `\(key)` stands before it"
    return Diagnostic(
        "macro-plus",
        .warning,
        at: macro.place,
        text,
        hint: hasList
            ? "write it directly after `\(key)`"
            : "leave out the `+`: the macro then brings the key `\(key)` as well"
    )
}

private func keyPlaces(of entity: Entity) -> [KeyPlace] {
    let places = entity.places
    let all: [(String, SourceLocation?)] = [
        ("name", places.name), ("task", places.task), ("path", places.path),
        ("args", places.args), ("env", places.env), ("connections", places.connections),
    ]
    return all.compactMap { key, place in place.map { KeyPlace(key: key, place: $0) } }
}

extension TemplateMacro.Kind {
    /// The key whose list the macro begins or continues.
    fileprivate var key: String? {
        switch self {
        case .connections: "connections"
        case .arguments: "args"
        case .environment: "env"
        case .externalEntities, .generatorExpression, .other: nil
        }
    }
}
