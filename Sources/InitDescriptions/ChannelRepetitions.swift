import Diagnostics
import SecurityEvents

/// Channels of one client that have a name which an earlier one has.
func repetitions(in connections: [Connection]) -> [Diagnostic] {
    var firsts: [ConnectionName: Connection] = [:]
    var found: [Diagnostic] = []
    for connection in connections where !found.isUnbearable {
        guard let first = firsts.updateValue(connection, forKey: connection.id) else { continue }
        found.append(repetition(of: first, by: connection))
    }
    return found
}

private func repetition(of first: Connection, by second: Connection) -> Diagnostic {
    guard first.target != second.target else {
        // What the build adds often repeats what its author wrote, which harms nobody.
        let severity: Diagnostic.Severity = first.origin == second.origin ? .warning : .note
        return Diagnostic(
            "repeated-channel",
            severity,
            at: second.places.connection,
            "the channel `\(second.id)` to `\(second.target)` is listed before, "
                + "at \(first.places.connection.seen(from: second.places.connection))"
        )
    }
    return Diagnostic(
        "ambiguous-channel",
        .warning,
        at: second.places.id,
        "the channel `\(second.id)` leads to `\(second.target)`, "
            + "and to `\(first.target)` at \(first.places.id.seen(from: second.places.id))",
        hint: "einit keeps one of them without a word; the last is assumed here"
    )
}

extension SourceLocation {
    /// The place for a message about another one: in the same file its name goes without saying.
    func seen(from other: SourceLocation) -> String {
        file == other.file ? "\(line):\(column)" : "\(self)"
    }
}
