import Diagnostics
import LocatedYAML
import SecurityEvents

/// The processes that a suite may speak of. A denial of a misspelt name would prove nothing.
struct KnownNames {
    private let classes: [[UInt8]: ClassName]
    private var strangers: Set<[UInt8]>

    /// - Parameters:
    ///   - declared: the processes of the solution.
    ///   - strangers: names that the suite lists as unknown to the solution.
    init(declared: some Sequence<ProcessIdentity>, strangers: Set<[UInt8]>) {
        let predefined = ProcessIdentity.predefined + [.nameServer]
        classes = Dictionary(
            (predefined + Array(declared)).map { ($0.name.bytes, $0.className) },
            uniquingKeysWith: { _, last in last }
        )
        self.strangers = strangers
    }

    /// A process that a step starts with a class is known from there on.
    mutating func add(_ name: ProcessName) { strangers.insert(name.bytes) }

    func isKnown(_ name: [UInt8]) -> Bool { classes[name] != nil || strangers.contains(name) }

    /// The process as events carry it.
    func identity(_ name: ProcessName) -> ProcessIdentity {
        guard let className = classes[name.bytes] else { return ProcessIdentity(undeclared: name) }
        return ProcessIdentity(name: name, className: className)
    }

    /// Reports a name that the solution does not know.
    func check(_ name: String, at place: SourceLocation, _ diagnostics: inout [Diagnostic]) {
        guard !isKnown(Array(name.utf8)) else { return }
        let known = strangers.union(classes.keys).map { String(decoding: $0, as: UTF8.self) }
        diagnostics.append(
            Diagnostic(
                "unknown-process",
                at: place,
                "the init description declares no process `\(name)`",
                hint: Suggestion.didYouMean(name, among: known)
                    ?? "a process that is meant to be unknown is listed under `strangers:`"
            )
        )
    }
}
