import Diagnostics

/// Gathers the faults of one document, boundedly.
///
/// A hostile document can hold millions of faults. Of each kind the first are reported and the rest
/// counted; after very many there is no use in reading on.
struct FaultCollector {
    /// How many faults of one kind are reported.
    static let shown = 100
    /// How many unreadable characters are reported: a binary file has nothing else.
    static let shownCharacters = 20
    /// After so many faults reading stops.
    static let bearable = 10_000

    private struct Omission {
        let id: String
        let severity: Diagnostic.Severity
        let offset: Int
        var count: Int
    }

    private let source: SourceText
    private var found: [Diagnostic] = []
    private var counts: [String: Int] = [:]
    private var omissions: [Omission] = []
    /// How many errors there are; warnings never end the reading.
    private(set) var count = 0

    init(_ source: SourceText) {
        self.source = source
    }

    var isUnbearable: Bool { count >= Self.bearable }
    var hasErrors: Bool { found.hasErrors }

    /// Reports a fault at a byte offset, or counts it when there are many of its kind.
    mutating func add(
        _ id: String,
        _ severity: Diagnostic.Severity = .error,
        at offset: Int,
        shown: Int = Self.shown,
        _ message: @autoclosure () -> String,
        hint: @autoclosure () -> String? = nil
    ) {
        if severity == .error { count += 1 }
        let before = counts[id, default: 0]
        counts[id] = before + 1
        guard before >= shown else {
            let place = source.place(at: offset)
            found.append(Diagnostic(id, severity, at: place, message(), hint: hint()))
            return
        }
        if let index = omissions.firstIndex(where: { $0.id == id }) {
            omissions[index].count += 1
        } else {
            omissions.append(Omission(id: id, severity: severity, offset: offset, count: 1))
        }
    }

    /// All that was found, in reading order, and how much was left out.
    consuming func diagnostics() -> [Diagnostic] {
        for omission in omissions {
            let place = source.place(at: omission.offset)
            found.append(
                Diagnostic(
                    omission.id,
                    omission.severity,
                    at: place,
                    "and \(omission.count) more like this"
                )
            )
        }
        return found.inReadingOrder
    }
}
