import JSONText
import SecurityEvents

extension AuditStatistics {
    /// All tables as one JSON object, every table with most decisions first.
    package var json: String {
        var json = JSONWriter()
        json.beginObject()
        json.key("records")
        json.value(records)
        if let first, let last {
            json.member("first", first.text)
            json.member("last", last.text)
        }
        json.key("decisions")
        json.beginObject()
        json.members(of: decisions)
        json.key("notEnforced")
        json.value(notEnforced)
        json.endObject()
        json.key("lost")
        json.value(lost)
        json.key("kinds")
        json.beginObject()
        for kind in AuditRecord.Kind.allCases {
            guard let count = kinds[kind] else { continue }
            json.key(kind.rawValue)
            json.value(count)
        }
        json.endObject()
        json.table("operations", "operation", operations) { $0.rawValue }
        json.table("causes", "cause", causes) { $0 }
        json.table("rules", "rule", rules) { $0.text }
        json.table("callers", "process", callers) { $0.description }
        writePairs(&json)
        writeHistogram(&json)
        json.endObject()
        json.newline()
        return json.text
    }

    private func writePairs(_ json: inout JSONWriter) {
        json.key("pairs")
        json.beginArray()
        let sorted = pairs.rows.sorted { ($1.value.count, $0.key) < ($0.value.count, $1.key) }
        for (pair, verdicts) in sorted {
            json.beginObject()
            json.member("from", utf8: pair.from.bytes)
            json.member("to", utf8: pair.to.bytes)
            json.members(of: verdicts)
            json.endObject()
        }
        json.endArray()
    }

    private func writeHistogram(_ json: inout JSONWriter) {
        json.key("time")
        json.beginObject()
        json.key("seconds")
        json.value(histogram.width)
        json.key("bars")
        json.beginArray()
        for bar in histogram.all {
            json.beginObject()
            json.member("start", bar.start.shortText)
            json.key("allowed")
            json.value(bar.allowed)
            json.key("denied")
            json.value(bar.denied)
            json.key("other")
            json.value(bar.other)
            json.endObject()
        }
        json.endArray()
        json.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func members(of verdicts: AuditStatistics.Verdicts) {
        key("allowed")
        value(verdicts.allowed)
        key("denied")
        value(verdicts.denied)
    }

    fileprivate mutating func table<Key>(
        _ name: StaticString,
        _ column: StaticString,
        _ table: AuditStatistics.Table<Key>,
        _ text: (Key) -> String
    ) {
        key(name)
        beginArray()
        for row in table.rows.map({ (text($0.key), $0.value) })
            .sorted(by: { ($1.1.count, $0.0) < ($0.1.count, $1.0) })
        {
            beginObject()
            member(column, row.0)
            members(of: row.1)
            endObject()
        }
        endArray()
    }
}
