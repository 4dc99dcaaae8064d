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
    // What may have begun a list in the entity at hand; the macros of one follow each other.
    var earlier: Set<TemplateMacro.Kind> = []
    var entityPlace: SourceLocation?
    return description.macros.compactMap { macro in
        if macro.entityPlace != entityPlace {
            entityPlace = macro.entityPlace
            earlier = []
        }
        let mayContinue: Set<TemplateMacro.Kind> = [macro.kind, .other, .generatorExpression]
        defer { earlier.insert(macro.kind) }
        guard let entity = entityPlace.flatMap({ entities[$0] }) else { return nil }
        return earlier.isDisjoint(with: mayContinue) ? continuationFinding(macro, in: entity) : nil
    }
}

private func continuationFinding(_ macro: TemplateMacro, in entity: Entity) -> Diagnostic? {
    guard macro.appends, let key = macro.kind.key else { return nil }
    let keys = keyPlaces(of: entity)
    let before = keys.filter { $0.place < macro.place }
    let last = before.max { $0.place < $1.place }
    guard last?.key != key else { return nil }
    let hasList = before.contains { $0.key == key }
    let message =
        hasList
        ? "`\(macro.text)` continues `\(last?.key ?? "")`, which stands between it and `\(key)`"
        : "`\(macro.text)` continues a list, and no `\(key)` stands before it"
    return Diagnostic(
        "macro-plus",
        .warning,
        at: macro.place,
        message,
        hint: keys.contains { $0.key == key }
            ? "write it directly after `\(key)`"
            : "leave out the `+`: the macro then brings the key `\(key)` as well"
    )
}

/// The keys of an entity that are written, with where their values begin.
private func keyPlaces(of entity: Entity) -> [(key: String, place: SourceLocation)] {
    let places = entity.places
    let all: [(String, SourceLocation?)] = [
        ("name", places.name), ("task", places.task), ("path", places.path),
        ("args", places.args), ("env", places.env), ("connections", places.connections),
    ]
    return all.compactMap { key, place in place.map { (key, $0) } }
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
