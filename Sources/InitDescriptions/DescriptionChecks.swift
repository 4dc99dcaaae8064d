import Diagnostics
import SecurityEvents

/// Checks a description as a whole: what its parts say of each other.
///
/// An error is only what einit cannot build or start; what it takes without a word although it is
/// hardly meant is a warning.
struct DescriptionChecks {
    /// All entities, also those that repeat the name of an earlier one.
    let entities: [Entity]
    let macros: [TemplateMacro]
    /// Names of processes, also of those whose entities are too faulty to be used.
    let declaredNames: Set<ProcessName>
    /// Targets with macros in them that are not defined.
    let unresolvedTargets: Set<ProcessName>

    private(set) var diagnostics: [Diagnostic] = []
    /// The entities whose name no earlier one has.
    private(set) var uniqueEntities: [Entity] = []
    private(set) var assumedProcesses: [AssumedProcess] = []

    /// How many targets get a "did you mean": each costs a comparison with every process.
    private static let suggestionLimit = 20
    private var suggestions = 0

    init(
        entities: [Entity],
        macros: [TemplateMacro],
        declaredNames: Set<ProcessName>,
        unresolvedTargets: Set<ProcessName>
    ) {
        self.entities = entities
        self.macros = macros
        self.declaredNames = declaredNames
        self.unresolvedTargets = unresolvedTargets
        checkNames()
        checkClasses()
        checkTargets()
        for entity in entities { checkChannels(of: entity) }
        checkCycles()
    }

    private mutating func checkNames() {
        var firsts: [ProcessName: Entity] = [:]
        for entity in entities {
            checkReserved(entity)
            guard let first = firsts[entity.task] else {
                firsts[entity.task] = entity
                uniqueEntities.append(entity)
                continue
            }
            diagnostics.append(
                Diagnostic(
                    "duplicate-process",
                    at: entity.places.process,
                    "the process `\(entity.task)` is declared before, at \(first.places.process)",
                    hint: "give each process of a class a name of its own with `task`"
                )
            )
        }
    }

    private mutating func checkReserved(_ entity: Entity) {
        let isPredefined = ProcessIdentity.predefined.contains { $0.name == entity.task }
        guard isPredefined || reservedWords.contains(entity.task.description) else { return }
        let reason = isPredefined ? "is there without being declared" : "is a word of policies"
        diagnostics.append(
            Diagnostic(
                "reserved-name",
                at: entity.places.process,
                "`\(entity.task)` \(reason) and cannot be the name of a process"
            )
        )
    }

    private mutating func checkClasses() {
        var firsts: [ClassName: Entity] = [:]
        for entity in uniqueEntities {
            guard let first = firsts[entity.className] else {
                firsts[entity.className] = entity
                continue
            }
            diagnostics.append(
                Diagnostic(
                    "repeated-class",
                    .warning,
                    at: entity.places.name,
                    "`\(entity.task)` is of the same class as `\(first.task)`, "
                        + "declared at \(first.places.process)",
                    hint: "some versions of the SDK start one process of a class only"
                )
            )
        }
    }

    private mutating func checkChannels(of entity: Entity) {
        var firsts: [ConnectionName: Connection] = [:]
        for connection in entity.connections {
            if connection.target == entity.task {
                diagnostics.append(
                    Diagnostic(
                        "self-connection",
                        .warning,
                        at: connection.places.target,
                        "`\(entity.task)` connects to itself"
                    )
                )
            }
            guard let first = firsts.updateValue(connection, forKey: connection.id) else {
                continue
            }
            checkRepetition(of: first, by: connection)
        }
    }

    private mutating func checkRepetition(of first: Connection, by second: Connection) {
        guard first.target != second.target else {
            // What the build adds often repeats what its author wrote, which harms nobody.
            let severity: Diagnostic.Severity = first.origin == second.origin ? .warning : .note
            diagnostics.append(
                Diagnostic(
                    "repeated-channel",
                    severity,
                    at: second.places.connection,
                    "the channel `\(second.id)` to `\(second.target)` is listed before, "
                        + "at \(first.places.connection)"
                )
            )
            return
        }
        diagnostics.append(
            Diagnostic(
                "ambiguous-channel",
                .warning,
                at: second.places.id,
                "the channel `\(second.id)` leads to `\(second.target)`, "
                    + "and to `\(first.target)` at \(first.places.id)",
                hint: "einit keeps one of them without a word; the last is assumed here"
            )
        )
    }

    private mutating func checkCycles() {
        let names = uniqueEntities.map(\.task).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let byName = Dictionary(uniqueKeysWithValues: uniqueEntities.map { ($0.task, $0) })
        let servers = names.enumerated().map { number, name in
            (byName[name]?.connections ?? []).compactMap { numbers[$0.target] }
                .filter { $0 != number }
        }
        for cycle in ConnectionGraph(servers: servers).cycles {
            let next = names[cycle[1]]
            let connection = byName[names[cycle[0]]]?.connections.first { $0.target == next }
            guard let connection else { continue }
            let shown = cycle.prefix(Self.cycleLimit).map { "`\(names[$0])`" }
            let left = cycle.count - shown.count
            let others = left > 0 ? ["(\(left) more)"] : []
            let text = (shown + others + [shown[0]]).joined(separator: " → ")
            diagnostics.append(
                Diagnostic(
                    "connection-cycle",
                    .warning,
                    at: connection.places.target,
                    "these processes are clients of each other: \(text)",
                    hint: "no order starts each of them after its servers"
                )
            )
        }
    }

    /// How many processes of a cycle are written out.
    private static let cycleLimit = 12
}

extension DescriptionChecks {
    private var mayBringProcesses: Bool { macros.contains(where: \.mayBringProcesses) }

    private mutating func checkTargets() {
        let isOpen = mayBringProcesses
        let known = declaredNames.union(ProcessIdentity.predefined.map(\.name))
        let classes = Dictionary(grouping: uniqueEntities, by: \.className)
        var assumed: [ProcessName: AssumedProcess] = [:]
        for connection in entities.flatMap(\.connections) where !known.contains(connection.target) {
            let target = connection.target
            let isUnresolved = unresolvedTargets.contains(target)
            let isFirst = assumed[target] == nil
            if isOpen || isUnresolved, isFirst {
                let place = connection.places.target
                assumed[target] = AssumedProcess(name: target, place: place)
            }
            // An undefined macro is an error of its own.
            if isUnresolved { continue }
            if let processes = classes[ClassName(sameBytesAs: target)] {
                reportClass(connection, processes: processes, isOpen: isOpen)
            } else if !isOpen {
                reportDangling(connection)
            } else if isFirst {
                reportLookalike(connection)
            }
        }
        assumedProcesses = assumed.values.sorted { $0.name < $1.name }
    }

    private mutating func reportClass(
        _ connection: Connection,
        processes: [Entity],
        isOpen: Bool
    ) {
        let names = processes.prefix(4).map { "`\($0.task)`" }.joined(separator: ", ")
        diagnostics.append(
            Diagnostic(
                isOpen ? "class-not-process" : "dangling-target",
                isOpen ? .warning : .error,
                at: connection.places.target,
                "`\(connection.target)` is a class, not a process",
                hint: "a target is the `task` of its server: \(names)"
            )
        )
    }

    private mutating func reportDangling(_ connection: Connection) {
        let target = "\(connection.target)"
        diagnostics.append(
            Diagnostic(
                "dangling-target",
                at: connection.places.target,
                "no process `\(target)` is declared",
                hint: suggestion(for: target)
                    ?? "declare it in `entities`, or let `@INIT_EXTERNAL_ENTITIES@` bring it"
            )
        )
    }

    /// A target that a macro may bring, but whose name is nearly that of a declared process.
    private mutating func reportLookalike(_ connection: Connection) {
        let target = "\(connection.target)"
        guard let hint = suggestion(for: target) else { return }
        diagnostics.append(
            Diagnostic(
                "assumed-process",
                .note,
                at: connection.places.target,
                "no process `\(target)` is declared; a macro is assumed to bring it",
                hint: hint
            )
        )
    }

    private mutating func suggestion(for target: String) -> String? {
        guard suggestions < Self.suggestionLimit else { return nil }
        suggestions += 1
        return Suggestion.didYouMean(target, among: declaredNames.map(\.description))
    }
}

/// Words that policies and suites use where the name of a process may stand.
private let reservedWords: Set<String> = ["self", "all", "none"]
