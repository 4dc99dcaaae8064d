package import BrokerCore
package import Diagnostics
import SecurityEvents

/// Who may talk to whom, as lines that people approve and versions are compared by.
package struct AccessTable: Sendable {
    /// A channel that can come to be: `static client -> server as id`, or `dynamic client -> server`.
    ///
    /// Names are compared byte by byte, and so are lines.
    package struct Line: Hashable, Comparable, Sendable, CustomStringConvertible {
        let bytes: [UInt8]

        init(_ bytes: some Sequence<UInt8>) { self.bytes = Array(bytes) }

        package var description: String { String(decoding: bytes, as: UTF8.self) }

        package static func < (left: Self, right: Self) -> Bool {
            left.bytes.lexicographicallyPrecedes(right.bytes)
        }
    }

    /// Sorted, without repeats.
    package let lines: [Line]

    /// The declared channels that the policy allows, and the pairs that it lets connect at run time;
    /// without a policy the declared channels alone.
    package init(_ solution: Solution, _ table: PolicyTable?) {
        var lines: Set<Line> = []
        func add(_ client: ProcessName?, _ server: ProcessName?, _ id: ConnectionName?) {
            guard let client, let server, let id else { return }
            lines.insert(Line("static \(client) -> \(server) as \(id)".utf8))
        }
        if let table {
            for declared in table.declared
            where declared.explanation.decision.verdict == .allow {
                let event = declared.event
                add(event.client?.name, event.server?.name, event.connection)
            }
            for pair in table.pairs {
                lines.insert(Line("dynamic \(pair.client) -> \(pair.server)".utf8))
            }
        } else {
            for channel in solution.channels {
                add(channel.client, channel.server, channel.connection)
            }
        }
        self.lines = lines.sorted()
    }

    private static let heading =
        "# Who may talk to whom; written by kosbroker check --update-golden."

    /// The table as a file.
    ///
    /// - Parameter approved: the file that it is written over. A comment of it that stands right above
    ///   a line belongs to that line, and stays or goes with it; other comments stay at the top.
    /// - Returns: the new contents.
    package func text(over approved: [UInt8] = []) -> String {
        var comments: [Line: [Line]] = [:]
        var top: [Line] = []
        var open: [Line] = []
        for row in Self.rows(approved).map(Line.init) where row != Line(Self.heading.utf8) {
            if row.bytes.first == UInt8(ascii: "#") {
                open.append(row)
                continue
            }
            if row.bytes.isEmpty { top += open } else { comments[row] = open }
            open = []
        }
        top += open
        let body = lines.flatMap { (comments[$0] ?? []) + [$0] }
        let rows = [Self.heading] + (top.isEmpty ? [] : top.map(\.description) + [""])
        return (rows + body.map(\.description)).map { "\($0)\n" }.joined()
    }

    /// What has come and gone since `approved`, the contents of such a file.
    package func differences(from approved: [UInt8], file: String) -> [Diagnostic] {
        var known: [Line: Int] = [:]
        let rows = Self.rows(approved)
        for (index, row) in rows.enumerated() {
            if row.isEmpty || row.first == UInt8(ascii: "#") { continue }
            known[Line(row)] = index + 1
        }
        let now = Set(lines)
        let end = SourceLocation(file: file, line: max(1, rows.count), column: 1)
        let added = lines.filter { known[$0] == nil }.map {
            Diagnostic(
                "access-added",
                at: end,
                "not approved: \($0)",
                hint: "--update-golden approves it"
            )
        }
        let removed = known.filter { !now.contains($0.key) }.sorted { $0.value < $1.value }.map {
            Diagnostic(
                "access-removed",
                at: SourceLocation(file: file, line: $0.value, column: 1),
                "approved, and no longer there: \($0.key)",
                hint: "--update-golden takes it out"
            )
        }
        return removed + added
    }

    /// The rows of a file, whatever editor wrote it.
    private static func rows(_ bytes: [UInt8]) -> [ArraySlice<UInt8>] {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let text = bytes.starts(with: mark) ? bytes.dropFirst(mark.count) : bytes[...]
        let rows = text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        return rows.map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
    }
}
