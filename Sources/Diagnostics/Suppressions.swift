/// A finding that a comment in the document took away, with the reason given there.
package struct SuppressedDiagnostic: Hashable, Sendable {
    package let diagnostic: Diagnostic
    package let reason: String

    package init(_ diagnostic: Diagnostic, reason: String) {
        self.diagnostic = diagnostic
        self.reason = reason
    }
}

/// What is left of a list of diagnostics when its suppressions have been heard.
package struct SuppressionOutcome: Hashable, Sendable {
    /// What counts, with what is wrong with the suppressions themselves; in reading order.
    package var kept: [Diagnostic]
    package var suppressed: [SuppressedDiagnostic]
}

/// Takes away the findings that comments `# kosbroker:ignore ID reason` on their lines suppress.
///
/// A suppression without a reason suppresses nothing and is a finding; so is one of an id that does
/// not exist, and one that suppresses nothing. What cannot be suppressed is said by
/// ``Diagnostic/canBeSuppressed``. It takes time in proportion to the documents and the findings.
///
/// - Parameters:
///   - diagnostics: all findings of a run, since a document may be read for several others.
///   - sources: the documents that were read; of one file the first counts.
///   - knownIDs: the ids that there are.
///   - notLookedFor: ids for which this run did not look, such as those that need a policy where
///     none was given. To suppress one of them is not called useless.
/// - Returns: what is left and what was taken away, each in reading order.
package func applySuppressions(
    to diagnostics: [Diagnostic],
    in sources: [(file: String, bytes: [UInt8])],
    knownIDs: Set<String> = FindingCatalog.ids,
    notLookedFor: Set<String> = []
) -> SuppressionOutcome {
    var table = SuppressionTable()
    var files: Set<String> = []
    for source in sources where files.insert(source.file).inserted {
        table.add(SuppressionComment.all(in: source.bytes, file: source.file))
    }
    var outcome = SuppressionOutcome(kept: [], suppressed: [])
    for diagnostic in diagnostics.inReadingOrder {
        if let reason = table.takeAway(diagnostic) {
            outcome.suppressed.append(SuppressedDiagnostic(diagnostic, reason: reason))
        } else {
            outcome.kept.append(diagnostic)
        }
    }
    // A document that could not be read to its end was not looked through either.
    let unread = Set(diagnostics.lazy.filter { !$0.canBeSuppressed }.map(\.place.file))
    let faults = table.faults(knownIDs, notLookedFor: notLookedFor, unread: unread)
    outcome.kept = (outcome.kept + faults).inReadingOrder
    return outcome
}

extension Diagnostic {
    /// Whether a comment may take it away: all but unreadable files and faults of the YAML, after
    /// which nobody knows what the rest of the document says.
    package var canBeSuppressed: Bool {
        severity < .error || !FindingCatalog.unsuppressible.contains(id)
    }
}

/// The suppressions of all documents, by what they suppress.
private struct SuppressionTable {
    private struct Key: Hashable {
        var file: String
        var line: Int
        var id: String
    }

    private struct Entry {
        var target: SuppressionComment.Target
        var reason: String
        var isUsed = false
    }

    /// How many faults of suppressions are reported: a document may consist of nothing else.
    private static let shown = 1000

    private var entries: [Entry] = []
    private var positions: [Key: Int] = [:]
    private var faults: [Diagnostic] = []

    mutating func add(_ comments: [SuppressionComment]) {
        for comment in comments {
            if comment.reason.isEmpty { reportReasonless(comment) }
            for target in comment.targets {
                let place = target.place
                let key = Key(file: place.file, line: place.line, id: target.id)
                entries.append(Entry(target: target, reason: comment.reason))
                guard !comment.reason.isEmpty, positions[key] == nil else { continue }
                positions[key] = entries.count - 1
            }
        }
    }

    private mutating func reportReasonless(_ comment: SuppressionComment) {
        let ids = comment.targets.map { "`\($0.id)`" }.joined(separator: ", ")
        report(
            "suppression-without-reason",
            at: comment.place,
            comment.targets.isEmpty
                ? "this suppression names neither a finding nor a reason"
                : "this suppression of \(ids) gives no reason, and suppresses nothing",
            hint: "write `# kosbroker:ignore ID reason`"
        )
    }

    /// The reason why `diagnostic` does not count; nil where it does.
    mutating func takeAway(_ diagnostic: Diagnostic) -> String? {
        let place = diagnostic.place
        let key = Key(file: place.file, line: place.line, id: diagnostic.id)
        guard let position = positions[key] else { return nil }
        entries[position].isUsed = true
        if diagnostic.canBeSuppressed { return entries[position].reason }
        report(
            "unused-suppression",
            at: entries[position].target.place,
            "`\(diagnostic.id)` cannot be suppressed",
            hint: "mend the document"
        )
        return nil
    }

    /// What is wrong with the suppressions, when all findings have been put to them.
    consuming func faults(
        _ knownIDs: Set<String>,
        notLookedFor: Set<String>,
        unread: Set<String>
    ) -> [Diagnostic] {
        for entry in entries where !entry.isUsed && faults.count < Self.shown {
            let id = entry.target.id
            if !knownIDs.contains(id) {
                report(
                    "unknown-finding",
                    at: entry.target.place,
                    "no finding is called `\(id)`",
                    hint: Suggestion.didYouMean(id, among: knownIDs)
                )
            } else if entry.reason.isEmpty || notLookedFor.contains(id)
                || unread.contains(entry.target.place.file)
            {
                continue
            } else {
                report(
                    "unused-suppression",
                    at: entry.target.place,
                    "no `\(id)` is found on this line",
                    hint: "take the suppression out"
                )
            }
        }
        return faults
    }

    private mutating func report(
        _ id: String,
        at place: SourceLocation,
        _ message: String,
        hint: String?
    ) {
        guard faults.count < Self.shown else { return }
        faults.append(Diagnostic(id, .warning, at: place, message, hint: hint))
    }
}
