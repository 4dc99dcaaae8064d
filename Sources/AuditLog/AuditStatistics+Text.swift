import Diagnostics
import SecurityEvents

extension AuditStatistics {
    /// Tables for people.
    ///
    /// - Parameter rows: how many rows of a table are shown, those with most decisions first.
    /// - Returns: lines, each with its end.
    package func text(rows: Int = 20) -> String {
        var lines = ["\(records) records" + span, verdictLine(decisions)]
        if notEnforced > 0 { lines.append("\(notEnforced) denials were not enforced") }
        if lost > 0 { lines.append("\(lost) records were lost and counted") }
        lines += table("operation", operations, rows) { $0.rawValue }
        lines += table("cause", causes, rows) { $0 }
        lines += table("rule", rules, rows) { $0.text }
        lines += table("from → to", pairs, rows) { "\($0.from) → \($0.to)" }
        lines += others + histogramLines
        return lines.joined(separator: "\n") + "\n"
    }

    private var span: String {
        guard let first, let last else { return "" }
        return first == last
            ? " at \(first.shortText)" : " from \(first.shortText) to \(last.shortText)"
    }

    private func verdictLine(_ verdicts: Verdicts) -> String {
        "\(verdicts.count) decisions: \(verdicts.allowed) allowed, \(verdicts.denied) denied"
    }

    private var others: [String] {
        let kinds = AuditRecord.Kind.allCases.filter { $0 != .decision && self.kinds[$0] != nil }
        guard !kinds.isEmpty else { return [] }
        let width = kinds.map(\.rawValue.count).max() ?? 0
        return ["", "other records"]
            + kinds.map { kind in
                "  \(padded(kind.rawValue, width))  \(self.kinds[kind] ?? 0)"
            }
    }

    private func table<Key>(
        _ title: String,
        _ table: Table<Key>,
        _ limit: Int,
        _ name: (Key) -> String
    ) -> [String] {
        let all = table.sorted(by: name)
        guard !all.isEmpty else { return [] }
        let shown = all.prefix(limit)
        let width = max(title.count - 2, shown.map(\.name.count).max() ?? 0)
        let numbers = max(7, String(all.map(\.verdicts.count).max() ?? 0).count)
        var lines = [
            "",
            padded(title, width + 2) + "  " + right("allowed", numbers) + "  "
                + right("denied", numbers),
        ]
        for row in shown {
            lines.append(
                "  \(padded(row.name, width))  \(right("\(row.verdicts.allowed)", numbers))  "
                    + right("\(row.verdicts.denied)", numbers)
            )
        }
        if all.count > shown.count { lines.append("  and \(all.count - shown.count) more") }
        if table.rest.count > 0 {
            lines.append("  \(table.rest.count) decisions about others were not told apart")
        }
        return lines
    }

    private var histogramLines: [String] {
        let bars = histogram.all
        guard bars.count > 1, let most = bars.map(\.count).max(), most > 0 else { return [] }
        let seconds = histogram.width
        var lines = ["", "over time, \(seconds) s a line: # allowed, x denied, . other"]
        let numbers = String(most).count
        for bar in bars {
            func cells(_ count: UInt64) -> Int {
                count == 0 ? 0 : max(1, Int(Double(count) / Double(most) * 50))
            }
            let cellsText =
                String(repeating: "#", count: cells(bar.allowed))
                + String(repeating: "x", count: cells(bar.denied))
                + String(repeating: ".", count: cells(bar.other))
            let line = "  \(bar.start.shortText)  \(right("\(bar.count)", numbers))  \(cellsText)"
            lines.append(cellsText.isEmpty ? String(line.dropLast(2)) : line)
        }
        return lines
    }

    private func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func right(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}

extension AuditStatistics.Table {
    /// The rows with most decisions first, then by name.
    func sorted(
        by name: (Key) -> String
    ) -> [(name: String, verdicts: AuditStatistics.Verdicts)] {
        rows.map { (name($0.key).printable, $0.value) }
            .sorted { ($1.1.count, $0.0) < ($0.1.count, $1.0) }
    }
}
