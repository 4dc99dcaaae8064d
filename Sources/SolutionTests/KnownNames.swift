import BrokerCore
import Diagnostics
import LocatedYAML
import SecurityEvents

/// The processes that a suite may speak of.
///
/// A denial of a misspelt name would prove nothing.
struct KnownNames {
    private let classes: [[UInt8]: ClassName]
    private var strangers: Set<[UInt8]>
    /// The names of static channels, by which `NsCreate` finds one.
    private let connections: Set<[UInt8]>
    /// Whether every name is: the solution could not be read, which has been reported.
    private let isOpen: Bool

    /// - Parameters:
    ///   - solution: its processes and channels; nil where it could not be read.
    ///   - strangers: names that the suite lists as unknown to the solution.
    init(_ solution: Solution?, strangers: Set<[UInt8]> = []) {
        let declared = solution?.declared
        connections = Set(solution?.channels.map(\.connection.bytes) ?? [])
        isOpen = declared == nil
        let predefined = ProcessIdentity.predefined + [.nameServer]
        classes = Dictionary(
            (predefined + (declared ?? [])).map { ($0.name.bytes, $0.className) },
            uniquingKeysWith: { _, last in last }
        )
        self.strangers = strangers
    }

    /// A process that a step starts with a class is known from there on.
    mutating func add(_ name: ProcessName) { strangers.insert(name.bytes) }

    func isKnown(_ name: [UInt8]) -> Bool { isDeclared(name) || strangers.contains(name) }

    /// Whether the solution has the name, or the broker itself.
    func isDeclared(_ name: [UInt8]) -> Bool { classes[name] != nil }

    /// The known name that `name` may be a slip of, as a hint.
    func suggestion(for name: String) -> String? {
        let known = strangers.union(classes.keys).map { String(decoding: $0, as: UTF8.self) }
        return Suggestion.didYouMean(name, among: known)
    }

    /// The process as events carry it.
    func identity(_ name: ProcessName) -> ProcessIdentity {
        guard let className = classes[name.bytes] else { return ProcessIdentity(undeclared: name) }
        return ProcessIdentity(name: name, className: className)
    }

    /// Reports a name for `NsCreate` that is neither a process nor a static channel.
    func checkNameServer(
        _ name: ProcessName,
        at place: SourceLocation,
        _ diagnostics: inout [Diagnostic]
    ) {
        if !isConnection(name.bytes) { check(name, at: place, &diagnostics) }
    }

    func isConnection(_ name: [UInt8]) -> Bool { connections.contains(name) }

    /// Reports a name that the solution does not know.
    func check(_ name: ProcessName, at place: SourceLocation, _ diagnostics: inout [Diagnostic]) {
        guard !isOpen, !isKnown(name.bytes) else { return }
        let holders = classes.filter { $0.value.bytes == name.bytes }
            .map { "`\(String(decoding: $0.key, as: UTF8.self))`" }.sorted()
        if !holders.isEmpty {
            diagnostics.append(
                Diagnostic(
                    "class-not-process",
                    at: place,
                    "`\(name)` is a class; no process is called so",
                    hint: "processes of this class: " + holders.joined(separator: ", ")
                )
            )
            return
        }
        diagnostics.append(
            Diagnostic(
                "unknown-process",
                at: place,
                "the init description declares no process `\(name)`",
                hint: suggestion(for: name.description)
                    ?? "a process that is meant to be unknown is listed under `strangers:`"
            )
        )
    }
}
