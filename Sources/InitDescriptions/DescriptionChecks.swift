import Diagnostics
import SecurityEvents

/// Checks a description as a whole: what its parts say of each other.
///
/// An error is only what einit cannot build or start; what it takes without a word although it is
/// hardly meant is a warning.
struct DescriptionChecks {
    /// All entities, also those that repeat the name of an earlier one.
    private let entities: [Entity]
    /// The same, and those that are too faulty to be one.
    private let outlines: [DescriptionReader.Outline]

    private(set) var diagnostics: [Diagnostic] = []
    /// The entities whose name no earlier one has.
    private(set) var uniqueEntities: [Entity] = []
    private(set) var assumedProcesses: [AssumedProcess] = []

    init(_ documents: [ReadDocument], nameServer: ProcessName?) {
        entities = documents.flatMap(\.entities)
        outlines = documents.flatMap(\.outlines)
        // An entity whose name is a macro without a value may be any process too.
        let mayBringProcesses = documents.contains {
            $0.macros.contains(where: \.mayBringProcesses) || !$0.entities.allSatisfy(\.isKnown)
        }
        if outlines.isEmpty, !mayBringProcesses { reportAbsence(in: documents) }
        checkNames()
        checkClasses()
        let targets = TargetChecks(
            documents.flatMap(\.targets),
            outlines: outlines,
            entities: uniqueEntities,
            nameServer: nameServer,
            mayBringProcesses: mayBringProcesses
        )
        diagnostics += targets.diagnostics
        assumedProcesses = targets.assumedProcesses
        checkChannels()
        checkCycles()
    }

    private mutating func reportAbsence(in documents: [ReadDocument]) {
        guard let place = documents.first?.entitiesPlace else { return }
        diagnostics.append(
            Diagnostic("no-entities", .warning, at: place, "no process is declared")
        )
    }

    private mutating func checkNames() {
        var firsts: [ProcessName: SourceLocation] = [:]
        for outline in outlines where !diagnostics.isUnbearable {
            guard let task = outline.task else { continue }
            let place = outline.taskPlace
            checkReserved(task, at: place)
            guard let first = firsts[task] else {
                firsts[task] = place
                continue
            }
            diagnostics.append(
                Diagnostic(
                    "duplicate-process",
                    at: place,
                    "the process `\(task)` is declared before, at \(first.seen(from: place))",
                    hint: "give each process of a class a name of its own with `task`"
                )
            )
        }
        var seen: Set<ProcessName> = []
        uniqueEntities = entities.filter { seen.insert($0.task).inserted }
    }

    private mutating func checkReserved(_ task: ProcessName, at place: SourceLocation) {
        let isPredefined = ProcessIdentity.predefined.contains { $0.name == task }
        guard isPredefined || reservedWords.contains(task.description) else { return }
        let reason = isPredefined ? "is there without being declared" : "is a word of policies"
        diagnostics.append(
            Diagnostic(
                "reserved-name",
                at: place,
                "`\(task)` \(reason) and cannot be the name of a process"
            )
        )
    }

    private mutating func checkClasses() {
        var firsts: [ClassName: Entity] = [:]
        var found: [Diagnostic] = []
        for entity in uniqueEntities where !found.isUnbearable {
            guard let first = firsts[entity.className] else {
                firsts[entity.className] = entity
                continue
            }
            found.append(
                Diagnostic(
                    "repeated-class",
                    .warning,
                    at: entity.places.name,
                    "`\(entity.task)` is of the same class as `\(first.task)`, "
                        + "declared at \(first.places.name.seen(from: entity.places.name))",
                    hint: "some versions of the SDK start one process of a class only"
                )
            )
        }
        diagnostics += found
    }

    private mutating func checkChannels() {
        var found: [Diagnostic] = []
        for entity in entities where !found.isUnbearable {
            found += selfConnections(of: entity)
            found += repetitions(in: entity.connections)
        }
        diagnostics += found
    }

    private func selfConnections(of entity: Entity) -> some Sequence<Diagnostic> {
        entity.connections.lazy.filter { $0.target == entity.task }.map { connection in
            Diagnostic(
                "self-connection",
                .warning,
                at: connection.places.target,
                "`\(entity.task)` connects to itself"
            )
        }.prefix([Diagnostic].bearable)
    }

    private mutating func checkCycles() {
        let names = uniqueEntities.map(\.task).sorted()
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        let byName = Dictionary(uniqueKeysWithValues: uniqueEntities.map { ($0.task, $0) })
        let servers = names.enumerated().map { number, name in
            (byName[name]?.channels ?? []).compactMap { numbers[$0.target] }
                .filter { $0 != number }
        }
        for cycle in ConnectionGraph(servers: servers).cycles {
            let next = names[cycle.path[1]]
            let connection = byName[names[cycle.path[0]]]?.channels.first { $0.target == next }
            guard let connection else { continue }
            let shown = cycle.path.prefix(Self.cycleLimit).map { "`\(names[$0])`" }
            let left = cycle.path.count - shown.count
            let others = left > 0 ? ["(\(left) more)"] : []
            let text = (shown + others + [shown[0]]).joined(separator: " → ")
            let rest = cycle.groupSize - cycle.path.count
            let more = rest > 0 ? "; \(rest) more are on cycles with them" : ""
            diagnostics.append(
                Diagnostic(
                    "connection-cycle",
                    .warning,
                    at: connection.places.target,
                    "the static channels form a cycle: \(text)",
                    hint: "no order starts each of these processes after its servers\(more)"
                )
            )
        }
    }

    /// How many processes of a cycle are written out.
    private static let cycleLimit = 12
}

/// Words that policies and suites use where the name of a process may stand.
private let reservedWords: Set<String> = ["self", "all", "none"]
