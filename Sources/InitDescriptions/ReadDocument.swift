import Diagnostics
import LocatedYAML
import SecurityEvents

/// What one document says, before it is checked together with others.
struct ReadDocument {
    let entities: [Entity]
    let macros: [TemplateMacro]
    /// Every entity, also those too faulty to be used.
    let outlines: [DescriptionReader.Outline]
    let targets: [DescriptionReader.Target]
    /// Where the list of entities begins, where there is one.
    let entitiesPlace: SourceLocation?
    /// Whether the document was read to its end.
    let isComplete: Bool
}

/// Faults of the YAML that leave the tree whole; any other may end it.
private let harmless: Set<String> = [
    "duplicate-key", "second-document", "yaml-anchor", "yaml-directive", "yaml-tag",
]

/// Reads one document; everything in it that is wrong by itself becomes a diagnostic.
///
/// - Returns: nil when there is no such document.
func readDocument(
    _ path: String,
    _ source: DocumentSource,
    _ defines: [String: String],
    _ diagnostics: inout [Diagnostic]
) -> ReadDocument? {
    let start = SourceLocation(file: path, line: 1, column: 1)
    switch source.read(path, YAMLLimits().bytes) {
    case .success(let bytes):
        return readDocument(bytes, path, defines, &diagnostics)
    case .failure(let fault):
        diagnostics.append(
            Diagnostic("unreadable", at: start, "`\(path)` cannot be read: \(fault.message)")
        )
        return nil
    }
}

private func readDocument(
    _ bytes: [UInt8],
    _ path: String,
    _ defines: [String: String],
    _ diagnostics: inout [Diagnostic]
) -> ReadDocument {
    let template = Template(bytes, file: path)
    var found: [Diagnostic] = []
    let document = readYAML(template.bytes, file: path, diagnostics: &found)
    let end = found.first { $0.severity == .error && !harmless.contains($0.id) }?.place
    var reader = DescriptionReader(template: template, defines: defines)
    if let root = document?.root {
        reader.read(root)
    } else if end == nil {
        let start = SourceLocation(file: path, line: 1, column: 1)
        found.append(
            Diagnostic("missing-key", at: start, "an init description needs the key `entities`")
        )
    }
    found += end.map { reader.diagnostics(before: $0) } ?? reader.diagnostics
    diagnostics += found.map(template.unmarked)
    let allMacros = (template.macros + reader.valueMacros).sorted { $0.place < $1.place }
    let macros = placed(allMacros, in: reader.outlines)
    diagnostics += macros.lazy.compactMap(unknownMacro).prefix([Diagnostic].bearable)
    return ReadDocument(
        entities: reader.entities,
        macros: macros,
        outlines: reader.outlines,
        targets: reader.targets,
        entitiesPlace: reader.entitiesPlace,
        isComplete: end == nil && document?.root != nil && !reader.isCutShort
    )
}

extension DescriptionReader {
    /// What was found before the place where the tree breaks off.
    ///
    /// There the fault has its own consequences, and what the last entity lacks may well stand
    /// behind it.
    fileprivate func diagnostics(before end: SourceLocation) -> [Diagnostic] {
        let last = outlines.last { $0.place < end }
        return diagnostics.filter { diagnostic in
            guard diagnostic.place < end else { return false }
            let isInLast = last.map { diagnostic.place >= $0.place } ?? true
            return diagnostic.id != "missing-key" || !isInLast
        }
    }
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
        if macro.kind != .externalEntities {
            macro.process = entity?.task
            macro.entityPlace = entity?.place
        }
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
