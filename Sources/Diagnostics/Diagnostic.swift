/// A finding about a document: what is wrong, where, and how to mend it.
///
/// Documents yield all their diagnostics at once. Messages are lowercase, without a full stop, with
/// user input in backticks.
package struct Diagnostic: Hashable, Sendable {
    package enum Severity: String, Sendable, Comparable {
        case note, warning, error

        package static func < (left: Self, right: Self) -> Bool { left.rank < right.rank }

        private var rank: Int {
            switch self {
            case .note: 0
            case .warning: 1
            case .error: 2
            }
        }
    }

    /// Stable and readable, such as `duplicate-key`: what users suppress and search for.
    package let id: String
    package let severity: Severity
    package let message: String
    package let place: SourceLocation
    /// How to mend it, as a sentence without a full stop.
    package let hint: String?

    package init(
        _ id: String,
        _ severity: Severity = .error,
        at place: SourceLocation,
        _ message: String,
        hint: String? = nil
    ) {
        self.id = id
        self.severity = severity
        self.place = place
        self.message = message
        self.hint = hint
    }
}

extension [Diagnostic] {
    /// After so many faults there is no use in reading on: a hostile document holds millions.
    package static var bearable: Int { 10_000 }

    package var isUnbearable: Bool { count >= Self.bearable }

    package var hasErrors: Bool { contains { $0.severity == .error } }

    /// By file, line and column; at one place in the order of their finding, without repeats.
    package var inReadingOrder: [Diagnostic] {
        var seen: Set<Diagnostic> = []
        return enumerated()
            .filter { seen.insert($0.element).inserted }
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element)
    }
}
