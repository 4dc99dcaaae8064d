package import BrokerCore
package import Diagnostics
import SecurityEvents

/// Who may talk to whom, as lines that people approve and versions are compared by.
package struct AccessTable: Sendable {
    /// A channel that can come to be.
    package struct Line: Hashable, Comparable, Sendable {
        /// `static client -> server as id`, or `dynamic client -> server`.
        package var text: String

        package static func < (left: Self, right: Self) -> Bool {
            left.text.utf8.lexicographicallyPrecedes(right.text.utf8)
        }
    }

    /// Sorted, without repeats.
    package let lines: [Line]

    /// The declared channels that the policy allows, and the pairs that it lets connect at run time;
    /// without a policy the declared channels alone.
    package init(_ solution: Solution, _ table: PolicyTable?) {
        var lines: Set<Line> = []
        if let table {
            for declared in table.declared
            where declared.event.operation == .initConnect
                && declared.explanation.decision.verdict == .allow
            {
                let event = declared.event
                lines.insert(
                    Self.line(
                        event.client?.name.description,
                        event.server?.name.description,
                        event.connection?.description
                    )
                )
            }
            for pair in table.pairs {
                lines.insert(Line(text: "dynamic \(pair.client) -> \(pair.server)"))
            }
        } else {
            for channel in solution.channels {
                lines.insert(
                    Self.line(
                        channel.client.description,
                        channel.server.description,
                        channel.connection.description
                    )
                )
            }
        }
        self.lines = lines.sorted()
    }

    private static func line(_ client: String?, _ server: String?, _ id: String?) -> Line {
        Line(text: "static \(client ?? "") -> \(server ?? "") as \(id ?? "")")
    }

    /// The table as a file.
    package var text: String {
        "# Who may talk to whom; written by kosbroker check --update-golden.\n"
            + lines.map { "\($0.text)\n" }.joined()
    }

    /// What has come and gone since `approved`, the text of such a file.
    package func differences(from approved: String, file: String) -> [Diagnostic] {
        var known: [Line: Int] = [:]
        let rows = approved.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, row) in rows.enumerated() {
            let text = row.hasSuffix("\r") ? String(row.dropLast()) : String(row)
            if !text.isEmpty, !text.hasPrefix("#") { known[Line(text: text)] = index + 1 }
        }
        let now = Set(lines)
        let end = SourceLocation(file: file, line: max(1, rows.count), column: 1)
        let added = lines.filter { known[$0] == nil }.map {
            Diagnostic(
                "access-added",
                at: end,
                "not approved: \($0.text)",
                hint: "--update-golden approves it"
            )
        }
        let removed = known.keys.filter { !now.contains($0) }.sorted().map {
            Diagnostic(
                "access-removed",
                at: SourceLocation(file: file, line: known[$0] ?? 1, column: 1),
                "approved, and no longer there: \($0.text)",
                hint: "--update-golden takes it out"
            )
        }
        return added + removed
    }
}
