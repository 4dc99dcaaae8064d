import Diagnostics
import LocatedYAML
import SecurityEvents

/// What one document says, before it is checked together with others.
struct ReadDocument {
    let entities: [Entity]
    let macros: [TemplateMacro]
    /// Names of processes, also of those whose entities are too faulty to be used.
    let declaredNames: Set<ProcessName>
    let unresolvedTargets: Set<ProcessName>
    /// Where the contents begin; nil for a document without any.
    let place: SourceLocation?
    /// Whether the YAML was read to its end.
    let isComplete: Bool
}

/// Reads one document; everything in it that is wrong by itself becomes a diagnostic.
func readDocument(
    _ source: InitSource,
    _ defines: [String: String],
    _ diagnostics: inout [Diagnostic]
) -> ReadDocument {
    let template = Template(source.bytes, file: source.file)
    var found: [Diagnostic] = []
    let document = readYAML(template.bytes, file: source.file, diagnostics: &found)
    // A repeated key leaves the rest of the tree whole; any other fault ends it.
    let isComplete = found.allSatisfy { $0.severity < .error || $0.id == "duplicate-key" }
    var reader = DescriptionReader(template: template, defines: defines)
    if let root = document?.root {
        reader.read(root)
    } else if isComplete {
        let place = SourceLocation(file: source.file, line: 1, column: 1)
        found.append(Diagnostic("missing-key", at: place, "an init description needs `entities`"))
    }
    found += reader.diagnostics
    diagnostics += found.map(template.unmarked)
    let macros = placed(template.macros, in: reader.outlines)
    diagnostics += macros.compactMap(unknownMacro)
    return ReadDocument(
        entities: reader.entities,
        macros: macros,
        declaredNames: Set(reader.outlines.compactMap(\.task)),
        unresolvedTargets: reader.unresolvedTargets,
        place: document?.root?.place,
        isComplete: isComplete && document?.root != nil
    )
}

/// Tells in which entity each macro stands: the last that begins before it.
///
/// Macros of the build are written at the start of a line wherever they belong, so that only the
/// order counts. A macro of unknown meaning may bring processes unless it is indented into an
/// entity.
private func placed(
    _ macros: [TemplateMacro],
    in outlines: [DescriptionReader.Outline]
) -> [TemplateMacro] {
    var next = outlines.startIndex
    return macros.map { macro in
        while next < outlines.endIndex, outlines[next].place < macro.place { next += 1 }
        let entity = next > outlines.startIndex ? outlines[next - 1] : nil
        var macro = macro
        if macro.kind != .externalEntities { macro.process = entity?.task }
        if macro.kind == .other || macro.kind == .generatorExpression {
            let isInside = entity.map { macro.place.column >= $0.place.column } ?? false
            macro.mayBringProcesses = !isInside
        }
        return macro
    }
}

/// A macro whose name says nothing about what it brings.
private func unknownMacro(_ macro: TemplateMacro) -> Diagnostic? {
    guard macro.kind == .other else { return nil }
    let what = macro.mayBringProcesses ? "processes and channels" : "channels"
    return Diagnostic(
        "unknown-macro",
        .note,
        at: macro.place,
        "what `\(macro.text)` brings is not known; \(what) may come from it"
    )
}
