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
    /// - Returns: the report with a newline at its end.
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
    var details: [String] { ["expected: \(expected)", "came:     \(came)"] + reasons }

    /// Why it came so: the decision, the near rules, what else helps.
    var reasons: [String] {
        var lines: [String] = []
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

extension String {
    /// The text without control characters, which would break a line or steer a terminal.
    ///
    /// Names in suites may hold any: the broker is to refuse them.
    var onOneLine: String {
        let isPlain = unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
        if isPlain { return self }
        var result = ""
        for scalar in unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            result.unicodeScalars.append(isControl ? "\u{FFFD}" : scalar)
        }
        return result
    }
}
