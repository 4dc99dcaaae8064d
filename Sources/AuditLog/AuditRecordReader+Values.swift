import JSONText
import SecurityEvents

extension AuditRecordReader {
    /// Reads the value of `key` into `fields`.
    mutating func readValue(
        of key: RecordKey,
        _ line: Span<UInt8>,
        _ logged: inout LoggedRecord,
        _ fields: inout RecordFields
    ) throws(RecordFault) {
        switch key {
        case .v:
            guard try number(line) == 1 else { throw fault("the version of the format is not 1") }
        case .seq: logged.sequence = try positive(line)
        case .kind:
            let range = try text(line)
            logged.record.kind = try value(
                kinds.value(line, range) { AuditRecord.Kind(rawValue: string($0)) },
                range
            )
        case .call: logged.record.call = CallID(rawValue: try positive(line))
        case .wall: logged.wall = try wall(line)
        case .mono: logged.record.time = Instant(nanoseconds: try number(line))
        case .operation:
            let range = try text(line)
            logged.record.operation = try value(
                operations.value(line, range) { Operation(rawValue: string($0)) },
                range
            )
        case .process, .target, .client, .server: try readProcess(line)
        case .class: logged.record.process = try identity(line)
        case .targetClass: logged.record.target = try identity(line)
        case .clientClass: logged.record.client = try identity(line)
        case .serverClass: logged.record.server = try identity(line)
        default: try readRest(of: key, line, &logged, &fields)
        }
    }

    private mutating func readRest(
        of key: RecordKey,
        _ line: Span<UInt8>,
        _ logged: inout LoggedRecord,
        _ fields: inout RecordFields
    ) throws(RecordFault) {
        switch key {
        case .connection:
            let range = try text(line)
            logged.record.connection = try value(
                connections.value(line, range) { name($0) },
                range
            )
        case .path: logged.record.path = try word(line)
        case .interface:
            let range = try text(line)
            logged.record.interface = try value(interfaces.value(line, range) { name($0) }, range)
        case .endpoint:
            let range = try text(line)
            logged.record.endpoint = try value(endpoints.value(line, range) { name($0) }, range)
        case .riid: logged.record.riid = RIID(rawValue: try number32(line))
        case .index: logged.record.index = try number32(line)
        case .verdict: fields.verdict = try word(line)
        case .enforced: logged.record.enforced = try boolean(line)
        case .cause:
            let range = try text(line)
            fields.cause = causes.value(line, range) { RecordedCause(rawValue: string($0)) }
            if fields.cause == nil { fields.misuse = try freeText(line, range) }
        case .rule: fields.rule = try rule(line)
        case .limit:
            let range = try text(line)
            fields.limit = try value(
                limits.value(line, range) { LimitName(rawValue: string($0)) },
                range
            )
        case .engine: fields.engine = try freeText(line)
        case .candidate: fields.candidate = try candidate(line)
        case .retcode:
            let range = try text(line)
            logged.record.retcode = try value(
                retcodes.value(line, range) { Retcode(named: string($0)) },
                range
            )
        case .mode: try readInForce(line, &logged.record, &fields)
        case .policy: fields.policy = try freeText(line)
        case .digest: fields.digest = try keptDigest(line)
        case .generation:
            logged.record.generation = try number(line)
            keepInForce(line, logged.record, fields)
        case .lost: logged.record.lost = try positive(line)
        case .version: logged.record.version = try freeText(line)
        case .solution: logged.record.solution = try keptDigest(line)
        case .torn: logged.record.torn = try positive(line)
        case .hash: logged.hash = try hash(line)
        default: preconditionFailure("every key is read here or above")
        }
    }

    /// The candidate's opinion: an object with keys in an order of their own.
    private mutating func candidate(
        _ line: Span<UInt8>
    ) throws(RecordFault) -> CandidateDecision {
        let start = position
        try literal(#"{"verdict":"#, line)
        let verdict: Verdict = try word(line)
        try literal(#","cause":"#, line)
        let cause = try freeText(line)
        var rule: RuleID?
        if position < line.count, line[position] == UInt8(ascii: ",") {
            try literal(#","rule":"#, line)
            rule = try self.rule(line)
        }
        try expect(UInt8(ascii: "}"), line)
        guard let known = RecordedCause(rawValue: cause)?.cause(rule: rule, limit: nil),
            known.suits(verdict), known != .auditUnavailable
        else { throw fault("the cause does not fit", at: start) }
        return CandidateDecision(verdict, known)
    }

    private mutating func rule(_ line: Span<UInt8>) throws(RecordFault) -> RuleID {
        let range = try text(line)
        return try value(rules.value(line, range) { RuleID(string($0)) }, range)
    }

    private mutating func freeText(_ line: Span<UInt8>) throws(RecordFault) -> String {
        try freeText(line, try text(line))
    }

    private mutating func freeText(
        _ line: Span<UInt8>,
        _ range: Range<Int>
    ) throws(RecordFault) -> String {
        try value(
            texts.value(line, range) { raw in
                unescaped(raw).map { String(decoding: $0, as: UTF8.self) }
            },
            range
        )
    }

    private mutating func keptDigest(_ line: Span<UInt8>) throws(RecordFault) -> Digest {
        let range = try text(line)
        return try value(digests.value(line, range) { hexadecimal($0.span, 0..<$0.count) }, range)
    }

    private mutating func hash(_ line: Span<UInt8>) throws(RecordFault) -> Digest {
        let range = try text(line)
        return try value(hexadecimal(line, range), range)
    }

    /// One of a few words, read without a table.
    mutating func word<Word: RawRepresentable<String> & CaseIterable>(
        _ line: Span<UInt8>
    ) throws(RecordFault) -> Word {
        let range = try text(line)
        let found = Word.allCases.first { word in
            let utf8 = word.rawValue.utf8
            return utf8.count == range.count && zip(utf8, range).allSatisfy { $0 == line[$1] }
        }
        return try value(found, range)
    }

    func value<Value>(
        _ value: Value?,
        _ range: Range<Int>
    ) throws(RecordFault) -> Value {
        guard let value else { throw fault("the value is none of this key", at: range.lowerBound) }
        return value
    }
}

/// The bytes of a text without escapes; nil if they are no text.
private func unescaped(_ raw: [UInt8]) -> [UInt8]? {
    let quoted = [UInt8(ascii: "\"")] + raw + [UInt8(ascii: "\"")]
    guard case .string(let bytes)? = try? JSONValue(parsing: quoted) else { return nil }
    return bytes
}

func name<Role>(_ raw: [UInt8]) -> Name<Role>? {
    unescaped(raw).flatMap { try? Name($0) }
}

/// Words of ours need no escapes: what is escaped is none of them.
private func string(_ raw: [UInt8]) -> String { String(decoding: raw, as: UTF8.self) }
