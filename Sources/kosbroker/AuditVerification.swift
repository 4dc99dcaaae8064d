import AuditLog
import Diagnostics
import JSONText
import SecurityEvents

/// What `audit verify` says of one log.
struct AuditVerification {
    let log: AuditLogFiles
    let report: ChainReport
    let isKeyed: Bool
    /// The hash that must be there, as it was given.
    let head: String?

    /// Whether the hash that was asked for is there.
    var hasHead: Bool { head == nil || report.expectedHeadAt != nil }

    var text: String {
        var lines = ["\(log.name): \(verdict)".printable]
        if let first = report.first {
            lines.append("  first bad place: \(place(first.place)): \(first.text.printable)")
        }
        let counted = ChainFault.Kind.allCases.filter { report.counts[$0] > 0 }
        if !counted.isEmpty {
            let words = counted.map { "\(report.counts[$0]) \($0.rawValue)" }
            lines.append("  in all: \(words.joined(separator: ", "))")
        }
        if let torn = report.torn {
            lines.append("  torn: \(place(torn.place)): \(torn.bytes) bytes after the last line")
        }
        lines += completeness
        lines.append("  last hash: \(report.head.hash) (record \(report.head.sequence))")
        lines.append("  \(proof)")
        return lines.joined(separator: "\n") + "\n"
    }

    private var verdict: String {
        if report.lines == 0, report.torn == nil { return "empty" }
        if report.isOtherChain {
            return isKeyed
                ? "broken: no record follows from the one before; is it the right key?"
                : "broken: no record follows from the one before; has the log a key?"
        }
        if report.isWhole {
            return "whole: \(report.lines) \(report.lines == 1 ? "record" : "records")"
        }
        return report.first == nil ? "whole up to a torn last line" : "broken"
    }

    private var completeness: [String] {
        var lines = [
            report.isClosed
                ? "  complete: it ends with a stop record"
                : "  not closed: there is no stop record at its end"
        ]
        if report.startsWithoutStop > 0 {
            let count = report.startsWithoutStop
            lines.append("  \(count) of \(report.starts) starts come without a stop before them")
        }
        if report.lost > 0 {
            lines.append("  \(report.lost) records could not be written, and were counted")
        }
        if let head {
            if let sequence = report.expectedHeadAt {
                let after = report.head.sequence - min(sequence, report.head.sequence)
                let rest = after == 0 ? "the last" : "\(after) follow"
                lines.append(
                    "  the hash \(head.prefix(12))… is that of record \(sequence), \(rest)"
                )
            } else {
                lines.append("  incomplete: no record has the hash \(head.prefix(12))…")
            }
        }
        return lines
    }

    private var proof: String {
        isKeyed
            ? "with this key: only who has it could have made this chain"
            : "without a key: whoever could write the file could make such a chain; keep hashes "
                + "elsewhere"
    }

    private func place(_ place: ChainPlace) -> String {
        "\(file(place)):\(place.line)".printable
    }

    private func file(_ place: ChainPlace) -> String {
        log.files.indices.contains(place.file) ? log.files[place.file] : log.name
    }
}

extension AuditVerification {
    static func json(_ verifications: [AuditVerification]) -> String {
        var json = JSONWriter()
        json.beginObject()
        json.key("logs")
        json.beginArray()
        for verification in verifications { verification.write(to: &json) }
        json.endArray()
        json.endObject()
        json.newline()
        return json.text
    }

    private func write(to json: inout JSONWriter) {
        json.beginObject()
        json.member("log", log.name)
        json.key("files")
        json.beginArray()
        for file in log.files { json.value(file) }
        json.endArray()
        json.key("whole")
        json.value(report.isWhole)
        json.key("keyed")
        json.value(isKeyed)
        json.key("lines")
        json.value(report.lines)
        if let first = report.first {
            json.key("first")
            json.beginObject()
            json.member("kind", first.kind.rawValue)
            json.place(first.place, file(first.place))
            json.key("expected")
            json.value(first.expected)
            json.member("message", first.text)
            json.endObject()
        }
        json.key("counts")
        json.beginObject()
        for kind in ChainFault.Kind.allCases {
            json.key(kind.rawValue)
            json.value(report.counts[kind])
        }
        json.endObject()
        if let torn = report.torn {
            json.key("torn")
            json.beginObject()
            json.place(torn.place, file(torn.place))
            json.key("bytes")
            json.value(torn.bytes)
            json.endObject()
        }
        writeCompleteness(to: &json)
        json.endObject()
    }

    private func writeCompleteness(to json: inout JSONWriter) {
        json.key("closed")
        json.value(report.isClosed)
        json.key("starts")
        json.value(report.starts)
        json.key("startsWithoutStop")
        json.value(report.startsWithoutStop)
        json.key("lost")
        json.value(report.lost)
        json.key("head")
        json.beginObject()
        json.key("seq")
        json.value(report.head.sequence)
        json.member("hash", report.head.hash.description)
        json.endObject()
        guard let head else { return }
        json.key("expected")
        json.beginObject()
        json.member("hash", head)
        json.key("found")
        json.value(hasHead)
        if let sequence = report.expectedHeadAt {
            json.key("seq")
            json.value(sequence)
        }
        json.endObject()
    }
}

extension JSONWriter {
    fileprivate mutating func place(_ place: ChainPlace, _ file: String) {
        member("file", file)
        key("line")
        value(place.line)
        guard let sequence = place.sequence else { return }
        key("seq")
        value(sequence)
    }
}
