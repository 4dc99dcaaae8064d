package import Diagnostics
import SecurityEvents
import SecurityPolicy

/// What came of a run, in the form that its reader wants.
package enum TestReport: String, CaseIterable, Sendable {
    case text, tap, junit, json

    /// The whole report.
    ///
    /// - Parameters:
    ///   - results: a result for each suite.
    ///   - warnings: what loading the suites gave.
    ///   - isColored: whether the text is for a terminal that shows colours.
    package func render(
        _ results: [SuiteResult],
        warnings: [Diagnostic],
        isColored: Bool = false
    ) -> String {
        switch self {
        case .text: TextReport(isColored: isColored).render(results)
        case .tap: renderTAP(results)
        case .junit: renderJUnit(results)
        case .json: renderJSON(results, warnings: warnings)
        }
    }
}

extension StepFailure {
    /// What to tell about the failure besides its place, a line each.
    var details: [String] {
        var lines = ["expected: \(expected)", "came:     \(came)"]
        if let explanation {
            var decided = explanation.decision.text
            if let place = explanation.place { decided += " (\(place))" }
            lines.append("decision: \(decided)")
            lines += explanation.nearMiss?.lines ?? []
        }
        return lines + notes.map { "note:     \($0)" }
    }
}

extension NearMiss {
    /// The near rules, grouped by the fields that differ.
    package var lines: [String] {
        var groups: [(fields: [EventField], rules: [Rule])] = []
        for rule in rules {
            let fields = rule.unmet.map(\.field)
            if let index = groups.firstIndex(where: { $0.fields == fields }) {
                groups[index].rules.append(rule)
            } else {
                groups.append((fields, [rule]))
            }
        }
        var lines: [String] = []
        for group in groups {
            let names = group.fields.map(\.rawValue).joined(separator: ", ")
            lines.append("nearest:  \(group.rules.count == 1 ? "differs" : "differ") in \(names)")
            for rule in group.rules {
                lines.append("  \(rule.id) (\(rule.place))")
                for condition in rule.unmet {
                    lines.append(
                        "    \(condition.field.rawValue): the rule says \(condition.rule), "
                            + "the event has \(condition.event)"
                    )
                }
            }
        }
        if more { lines.append("  and \(nearest.count - rules.count) more as near") }
        return lines
    }
}

/// The report for people.
struct TextReport {
    var isColored: Bool

    func render(_ results: [SuiteResult]) -> String {
        var lines: [String] = []
        for result in results {
            lines.append("\(result.name) (\(result.file)), policy \(result.policy.name)")
            lines += result.assumptions.map { "  assumed: \($0)" }
            for refusal in result.refusals {
                lines.append("  refused at start: \(refusal)")
            }
            if !result.refusals.isEmpty {
                lines.append("  the SDK's Einit would exit there; the suite goes on without them")
            }
            for point in result.points { lines += self.lines(point) }
            if result.isEmpty { lines.append("  the suite has neither tests nor a matrix") }
            if let coverage = result.coverage { lines += self.lines(coverage) }
            lines += self.lines(result.candidateDifferences)
        }
        lines.append(summary(results))
        return lines.joined(separator: "\n") + "\n"
    }

    private func lines(_ point: PointResult) -> [String] {
        let mark = point.passed ? colored("ok  ", "32") : colored("FAIL", "31")
        let size =
            switch point.kind {
            case .test: ""
            case .matrix(let cells): " (\(cells) cells)"
            }
        var lines = ["  \(mark)  \(point.name)\(size)"]
        for failure in point.failures.prefix(20) {
            lines.append("        \(failure.place): \(failure.step)")
            lines += failure.details.map { "          \($0)" }
        }
        if point.failures.count > 20 {
            lines.append("        and \(point.failures.count - 20) more")
        }
        return lines
    }

    private func lines(_ coverage: Coverage) -> [String] {
        var lines = [
            "  coverage: \(coverage.count(.decisive)) of \(coverage.entries.count) rules decisive, "
                + "\(coverage.count(.matched)) matched only, "
                + "\(coverage.count(.neverReached)) never reached"
        ]
        for entry in coverage.entries where entry.level != .decisive {
            lines.append("    \(entry.level.rawValue): \(entry.rule.id) (\(entry.rule.place))")
        }
        return lines
    }

    private func lines(_ differences: [CandidateDifference]) -> [String] {
        guard !differences.isEmpty else { return [] }
        var lines = ["  the candidate decides \(differences.count) events differently"]
        for difference in differences.prefix(20) {
            let candidate = Decision(difference.candidate.verdict, difference.candidate.cause)
            lines.append("    \(difference.event.summary)")
            lines.append("      live: \(difference.live.text); candidate: \(candidate.text)")
        }
        if differences.count > 20 { lines.append("    and \(differences.count - 20) more") }
        return lines
    }

    private func summary(_ results: [SuiteResult]) -> String {
        let points = results.flatMap(\.points)
        let failed = points.count { !$0.passed }
        return "\(points.count - failed) passed, \(failed) failed"
    }

    private func colored(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
