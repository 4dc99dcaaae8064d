import Diagnostics
import SecurityEvents

/// Checks that every target is a process: declared, predefined, or one that a macro may bring.
struct TargetChecks {
    private(set) var diagnostics: [Diagnostic] = []
    /// In byte order.
    private(set) var assumedProcesses: [AssumedProcess] = []

    private let declaredNames: [ProcessName]
    private let isOpen: Bool
    /// How many more comparisons a "did you mean" may cost: each takes one with every process.
    private var comparisons = 20_000

    init(
        _ targets: [DescriptionReader.Target],
        outlines: [DescriptionReader.Outline],
        entities: [Entity],
        nameServer: ProcessName?,
        mayBringProcesses: Bool
    ) {
        declaredNames = outlines.compactMap(\.task)
        isOpen = mayBringProcesses
        var known = Set(declaredNames + ProcessIdentity.predefined.map(\.name))
        let classes = Dictionary(grouping: entities, by: \.className)
        if let nameServer, classes[ProcessIdentity.nameServer.className] == nil {
            known.insert(nameServer)
        }
        var assumed: [ProcessName: AssumedProcess] = [:]
        for target in targets where !known.contains(target.name) {
            let isFirst = assumed[target.name] == nil
            if isFirst, isOpen || !target.isKnown {
                assumed[target.name] = AssumedProcess(
                    name: target.name,
                    place: target.place,
                    isKnown: target.isKnown
                )
            }
            // A macro without a value has been reported.
            guard target.isKnown, !diagnostics.isUnbearable else { continue }
            if let processes = classes[ClassName(sameBytesAs: target.name)] {
                reportClass(target, processes: processes)
            } else if !isOpen {
                reportDangling(target)
            } else if isFirst {
                reportLookalike(target)
            }
        }
        assumedProcesses = assumed.values.sorted { $0.name < $1.name }
    }

    private mutating func reportClass(
        _ target: DescriptionReader.Target,
        processes: [Entity]
    ) {
        let names = processes.prefix(4).map { "`\($0.task)`" }.joined(separator: ", ")
        diagnostics.append(
            Diagnostic(
                isOpen ? "class-not-process" : "dangling-target",
                isOpen ? .warning : .error,
                at: target.place,
                "`\(target.name)` is a class, not a process",
                hint: "a target is the `task` of its server: \(names)"
            )
        )
    }

    private mutating func reportDangling(_ target: DescriptionReader.Target) {
        diagnostics.append(
            Diagnostic(
                "dangling-target",
                at: target.place,
                "no process `\(target.name)` is declared",
                hint: suggestion(for: target.name)
                    ?? "declare it in `entities`, or let `@INIT_EXTERNAL_ENTITIES@` bring it"
            )
        )
    }

    /// A target that a macro may bring, but whose name is nearly that of a declared process.
    private mutating func reportLookalike(_ target: DescriptionReader.Target) {
        guard let hint = suggestion(for: target.name) else { return }
        diagnostics.append(
            Diagnostic(
                "assumed-process",
                .note,
                at: target.place,
                "no process `\(target.name)` is declared; a macro is assumed to bring it",
                hint: hint
            )
        )
    }

    private mutating func suggestion(for target: ProcessName) -> String? {
        guard comparisons > 0 else { return nil }
        comparisons -= declaredNames.count
        let names = declaredNames.lazy.map(\.description)
        return Suggestion.didYouMean(target.description, among: names)
    }
}
