import Diagnostics
import SecurityEvents
import SecurityPolicy

/// The report for people.
struct TextReport {
    var isColored: Bool

    func render(_ results: [SuiteResult]) -> String {
        var lines: [String] = []
        for result in results {
            let head = "\(result.name) (\(result.file)), policy \(result.policy.name)"
            lines.append(head.onOneLine)
            lines += result.assumptions.map { "  assumed: \($0)" }
            for refusal in result.refusals {
                lines.append("  refused at start: \(refusal.onOneLine)")
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
            case .matrix(let cells): " (\(cells) \(cells == 1 ? "cell" : "cells"))"
            }
        var lines = ["  \(mark)  \(point.name.onOneLine)\(size)"]
        for failure in point.failures.prefix(20) {
            lines.append("        \(failure.place): \(failure.step.onOneLine)")
            lines += failure.details.map { "          \($0.onOneLine)" }
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
            let both = "live: \(difference.live.text); candidate: \(candidate.text)"
            lines.append("      \(both.onOneLine)")
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
