import SecurityEvents

extension LoggedRecord {
    /// The first line of a table: the keys of records, in their order.
    package static let headerCSV = columns.map(\.name).joined(separator: ",") + "\r\n"

    /// The record as a line of RFC 4180; a key that is not there is an empty field.
    package var csv: String {
        Self.columns.map { column in Self.quoted(column.value(self) ?? "") }
            .joined(separator: ",") + "\r\n"
    }

    private static func quoted(_ text: String) -> String {
        // Everything but plain names and numbers stands in quotes: programs chose the names.
        let isPlain = text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                || (0x61...0x7A).contains(byte) || byte == UInt8(ascii: ".")
                || byte == UInt8(ascii: ":") || byte == UInt8(ascii: "_")
                || byte == UInt8(ascii: "-")
        }
        if isPlain { return text }
        return "\"" + text.replacing("\"", with: "\"\"") + "\""
    }

    private typealias Column = (name: String, value: @Sendable (LoggedRecord) -> String?)

    private static let columns: [Column] = head + event + decision + tail

    private static let head: [Column] = [
        ("seq", { "\($0.sequence)" }),
        ("kind", { $0.record.kind.rawValue }),
        ("call", { $0.record.call.map { "\($0.rawValue)" } }),
        ("wall", { $0.wall.text }),
        ("mono", { "\($0.record.time.nanoseconds)" }),
        ("operation", { $0.record.operation?.rawValue }),
    ]

    private static let event: [Column] = [
        ("process", { $0.record.process?.name.description }),
        ("class", { $0.record.process?.className.description }),
        ("target", { $0.record.target?.name.description }),
        ("targetClass", { $0.record.target?.className.description }),
        ("client", { $0.record.client?.name.description }),
        ("clientClass", { $0.record.client?.className.description }),
        ("server", { $0.record.server?.name.description }),
        ("serverClass", { $0.record.server?.className.description }),
        ("connection", { $0.record.connection?.description }),
        ("path", { $0.record.path?.rawValue }),
        ("interface", { $0.record.interface?.description }),
        ("endpoint", { $0.record.endpoint?.description }),
        ("riid", { $0.record.riid.map { "\($0.rawValue)" } }),
        ("index", { $0.record.index.map { "\($0)" } }),
    ]

    private static let decision: [Column] = [
        ("verdict", { $0.record.decision?.verdict.rawValue }),
        ("enforced", { $0.record.enforced.map { "\($0)" } }),
        ("cause", { $0.record.decision?.cause.word ?? $0.record.misuse }),
        ("rule", { $0.record.decision?.cause.rule?.text }),
        (
            "limit",
            {
                if case .limit(let name)? = $0.record.decision?.cause { name.rawValue } else { nil }
            }
        ),
        ("engine", { $0.record.decision?.engine }),
        ("candidateVerdict", { $0.record.decision?.candidate?.verdict.rawValue }),
        ("candidateCause", { $0.record.decision?.candidate?.cause.word }),
        ("candidateRule", { $0.record.decision?.candidate?.cause.rule?.text }),
    ]

    private static let tail: [Column] = [
        ("retcode", { $0.record.retcode?.name }),
        ("mode", { $0.record.mode?.rawValue }),
        ("policy", { $0.record.policy?.name }),
        ("digest", { $0.record.policy?.digest.description }),
        ("generation", { $0.record.generation.map { "\($0)" } }),
        ("lost", { $0.record.lost.map { "\($0)" } }),
        ("version", { $0.record.version }),
        ("solution", { $0.record.solution?.description }),
        ("torn", { $0.record.torn.map { "\($0)" } }),
        ("hash", { $0.hash.description }),
    ]
}
