import Diagnostics
import LocatedYAML
import SecurityEvents

/// Reads the nodes of one document into entities, and notes every fault on the way.
struct DescriptionReader {
    let template: Template
    /// Values of `@NAME@` macros, and of the C macros that hold connection ids.
    let defines: [String: String]

    private(set) var entities: [Entity] = []
    /// Where the list of entities begins, where there is one.
    private(set) var entitiesPlace: SourceLocation?
    /// Every element of `entities`, also those too faulty to become an ``Entity``, for telling in
    /// which one a macro stands.
    private(set) var outlines: [Outline] = []
    /// Every target that could be read, also of connections and entities that are faulty.
    private(set) var targets: [Target] = []
    /// Macros that stand as values where a list or one of its elements belongs.
    private(set) var valueMacros: [TemplateMacro] = []
    var diagnostics: [Diagnostic] = []

    /// Whether reading stopped because of all the faults, with an error among them.
    private(set) var isCutShort = false
    /// How many of the diagnostics have been searched for an error, in vain.
    private var searched = 0

    /// Where in names each macro without a value stands.
    private var unknownValues: [Template.UnknownValue: [SourceLocation]] = [:]

    /// An entity as far as it could be read.
    struct Outline {
        let place: SourceLocation
        let task: ProcessName?
        /// Where the name of the process is written.
        let taskPlace: SourceLocation
    }

    /// A name that must be that of a process.
    struct Target {
        let name: ProcessName
        let place: SourceLocation
        /// Whether all macros in it have values: otherwise nothing can be said of it.
        let isKnown: Bool
    }

    /// A name that stands in a document.
    struct ReadName<Role> {
        let name: Name<Role>
        /// Whether all macros in it have values.
        let isKnown: Bool
    }

    init(template: Template, defines: [String: String]) {
        self.template = template
        self.defines = defines
    }

    /// Reads the whole document.
    mutating func read(_ root: YAMLNode) {
        guard var mapping = MappingReader(root, "an init description", &diagnostics) else { return }
        if let list = mapping.required("entities", &diagnostics) {
            if list.kind == .sequence || list.isEmptyPlain { entitiesPlace = list.place }
            for node in elements(of: list, "`entities`") where !isHopeless() { readEntity(node) }
        }
        mapping.finish(&diagnostics)
        reportUnknownValues()
    }

    /// Whether so much is wrong that there is no use in reading on.
    ///
    /// A description with very many warnings and no error is still read whole, since it can be run.
    private mutating func isHopeless() -> Bool {
        guard !isCutShort, diagnostics.isUnbearable, searched < diagnostics.count else {
            return isCutShort
        }
        isCutShort = diagnostics[searched...].contains { $0.severity == .error }
        searched = diagnostics.count
        return isCutShort
    }

    private mutating func readEntity(_ node: YAMLNode) {
        guard var mapping = MappingReader(node, "an entity", &diagnostics) else {
            outlines.append(Outline(place: node.place, task: nil, taskPlace: node.place))
            return
        }
        let nameNode = mapping.required("name", &diagnostics)
        let taskNode = mapping.optional("task")
        let className: ReadName<NameRole.Class>? = nameNode.flatMap { name($0, "`name`") }
        let ownName: ReadName<NameRole.Process>? = taskNode.flatMap { name($0, "`task`") }
        let task =
            taskNode == nil
            ? className.map { ProcessName(sameBytesAs: $0.name) } : ownName.map(\.name)
        let pathNode = mapping.optional("path")
        let path = pathNode.flatMap { text($0, "`path`") }
        let argsNode = mapping.optional("args")
        let args = argsNode.map { readArguments($0) }
        let envNode = mapping.optional("env")
        let env = envNode.map { readEnvironment($0) }
        let connections = readConnections(&mapping)
        let connectionsPlace = mapping.optional("connections")?.place
        let isManager = mapping.optional("dynamic_connection_manager").map { readFlag($0) }
        // Einit passes over keys that it does not know.
        mapping.finish(&diagnostics, severity: .warning)

        let taskPlace = (taskNode ?? nameNode ?? node).place
        outlines.append(Outline(place: node.place, task: task, taskPlace: taskPlace))
        guard let nameNode, let className, let task else { return }
        entities.append(
            Entity(
                className: className.name,
                task: task,
                path: path ?? className.name.shortName,
                args: args ?? [],
                env: env ?? [],
                connections: connections,
                isDynamicConnectionManager: isManager ?? false,
                isKnown: className.isKnown && ownName?.isKnown != false,
                places: Entity.Places(
                    entity: node.place,
                    name: nameNode.place,
                    task: taskNode?.place,
                    path: pathNode?.place,
                    args: argsNode?.place,
                    env: envNode?.place,
                    connections: connectionsPlace
                )
            )
        )
    }

    private mutating func readArguments(_ node: YAMLNode) -> [String] {
        guard !node.isEmptyPlain, macro(in: node) == nil else { return [] }
        guard node.expect(.sequence, "`args`", &diagnostics) else { return [] }
        return node.items.compactMap { looseText($0, "an argument") }
    }

    private mutating func readEnvironment(_ node: YAMLNode) -> [EnvironmentVariable] {
        guard !node.isEmptyPlain, macro(in: node) == nil else { return [] }
        guard node.expect(.mapping, "`env`", &diagnostics) else { return [] }
        return node.entries.compactMap { key, value in
            guard let keyText = text(key, "a variable's name") else { return nil }
            guard let valueText = looseText(value, "`\(keyText)`") else { return nil }
            return EnvironmentVariable(key: keyText, value: valueText, place: key.place)
        }
    }

    private mutating func readFlag(_ node: YAMLNode) -> Bool {
        let what = "`dynamic_connection_manager`"
        guard let text = text(node, what) else { return false }
        if text != "true", text != "false" {
            diagnostics.append(
                Diagnostic(
                    "wrong-type",
                    at: node.place,
                    "\(what) is `\(text)`, not `true` or `false`"
                )
            )
        }
        return text == "true"
    }

    private mutating func readConnections(_ entity: inout MappingReader) -> [Connection] {
        let lists: [(key: String, origin: Connection.Origin)] = [
            ("connections", .written), ("cmake_generated_connections", .generated),
        ]
        var connections: [Connection] = []
        for (key, origin) in lists {
            guard let list = entity.optional(key) else { continue }
            for node in elements(of: list, "`\(key)`") where !isHopeless() {
                if let connection = readConnection(node, origin) { connections.append(connection) }
            }
        }
        return connections
    }
}

extension DescriptionReader {
    /// The elements of a list of mappings, without macros that stand for some of them.
    ///
    /// A list may be left empty, as it is when all that it holds comes from a macro.
    mutating func elements(of node: YAMLNode, _ what: String) -> [YAMLNode] {
        if let macro = macro(in: node) {
            valueMacros.append(macro)
            return []
        }
        guard !node.isEmptyPlain, node.expect(.sequence, what, &diagnostics) else { return [] }
        return node.items.filter { item in
            guard let macro = macro(in: item) else { return true }
            valueMacros.append(macro)
            return false
        }
    }

    /// The macro that a value consists of, where its definition does not say what it is.
    private func macro(in node: YAMLNode) -> TemplateMacro? {
        guard node.kind == .scalar else { return nil }
        let (text, undefined) = template.resolve(node.text, defines: defines)
        let isMacro = undefined.count == 1 && text == undefined[0].text
        // Several expressions may stand side by side.
        let isExpression = text.hasPrefix("$<") && text.hasSuffix(">")
        return isMacro || isExpression ? TemplateMacro(text, at: node.place) : nil
    }

    /// A name; a macro in it that has no value is noted.
    mutating func name<Role>(_ node: YAMLNode, _ what: String) -> ReadName<Role>? {
        guard let written = node.scalarText(what, &diagnostics) else { return nil }
        let (text, undefined) = template.resolve(written, defines: defines)
        for value in undefined { unknownValues[value, default: []].append(node.place) }
        return checkedName(text, what, at: node.place).map {
            ReadName(name: $0, isKnown: undefined.isEmpty)
        }
    }

    /// The name of a server, which is noted for the check that there is one.
    mutating func targetName(_ node: YAMLNode) -> ReadName<NameRole.Process>? {
        guard let target: ReadName<NameRole.Process> = name(node, "`target`") else { return nil }
        targets.append(Target(name: target.name, place: node.place, isKnown: target.isKnown))
        return target
    }

    /// `text` as a name; nil, and an `invalid-name` error, when it is none.
    mutating func checkedName<Role>(
        _ text: String,
        _ what: String,
        at place: SourceLocation
    ) -> Name<Role>? {
        do throws(NameFault) {
            return try Name(text)
        } catch {
            diagnostics.append(Diagnostic("invalid-name", at: place, "\(what) \(error)"))
            return nil
        }
    }

    /// Text that says nothing about who may reach whom: macros may stay in it.
    mutating func text(_ node: YAMLNode, _ what: String) -> String? {
        node.scalarText(what, &diagnostics).map { template.resolve($0, defines: defines).text }
    }

    /// Text that may be left out; what einit makes of that is not documented.
    private mutating func looseText(_ node: YAMLNode, _ what: String) -> String? {
        guard node.isEmptyPlain else { return text(node, what) }
        diagnostics.append(
            Diagnostic(
                "empty-value",
                .warning,
                at: node.place,
                "\(what) has no value",
                hint: "write `''` for an empty text"
            )
        )
        return ""
    }

    /// Reports each macro without a value once: one definition mends all places where it stands.
    ///
    /// It is a note, since the build has the value: the description is not known, but not wrong.
    mutating func reportUnknownValues() {
        for (value, places) in unknownValues.sorted(by: { $0.key.text < $1.key.text }) {
            guard let first = places.min() else { continue }
            let others = places.count == 1 ? "" : ", which stands in \(places.count) names,"
            let hint = value.name.map { "say what the build puts there: --define \($0)=VALUE" }
            diagnostics.append(
                Diagnostic(
                    "undefined-macro",
                    .note,
                    at: first,
                    "the value of `\(value.text)`\(others) is not known",
                    hint: hint ?? "only the description that the build generates has the value"
                )
            )
        }
    }
}
