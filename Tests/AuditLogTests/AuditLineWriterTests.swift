import AuditLog
import Foundation
import JSONText
import SecurityEvents
import Testing

@Suite struct AuditLineWriterTests {
    @Test func `the lines of every kind of record are as the golden file has them`() throws {
        let written = auditLines(of: SampleRecords.all).map { text($0) + "\n" }.joined()
        let golden = Files.golden("records.jsonl")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data(written.utf8).write(to: golden)
        }
        #expect(try text(Files.read(golden)) == written)
    }

    @Test func `every kind, operation and cause is among the sample records`() {
        let records = SampleRecords.all
        #expect(Set(records.map(\.kind)) == Set(AuditRecord.Kind.allCases))
        let decisions = records.filter { $0.kind == .decision }
        #expect(Set(decisions.compactMap(\.operation)) == Set(Operation.allCases))
        #expect(Set(decisions.compactMap(\.decision?.cause.word)) == Set(Cause.words))
    }

    @Test func `the keys come in their order and every one can come`() throws {
        let event = SecurityEvent(
            .execute,
            by: SampleRecords.control,
            target: SampleRecords.lights,
            client: SampleRecords.control,
            server: SampleRecords.lights,
            connection: name("c"),
            path: .static,
            interface: name("i"),
            endpoint: name("e"),
            riid: RIID(rawValue: 1),
            index: 2
        )
        var record = AuditRecord(.decision, of: event, at: .zero, call: CallID(rawValue: 3))
        record.decision = Decision(
            .deny,
            .rule(rule("r")),
            engine: "e",
            candidate: CandidateDecision(.allow, .noRule)
        )
        (record.enforced, record.retcode, record.mode) = (true, .ok, .enforce)
        (record.policy, record.generation, record.lost) = (SampleRecords.label, 4, 5)
        (record.version, record.solution, record.torn) = ("0.1.0", .zero, 6)
        var keys = """
            v seq kind call wall mono operation process class target targetClass client \
            clientClass server serverClass connection path interface endpoint riid index verdict \
            enforced cause rule limit engine candidate retcode mode policy digest generation lost \
            version solution torn hash
            """
            .split(separator: " ").map(String.init)
        #expect(try names(auditLines(of: [record])[0]) == keys.filter { $0 != "limit" })
        record.decision?.cause = .limit(.handles)
        keys.removeAll { $0 == "rule" }
        #expect(try names(auditLines(of: [record])[0]) == keys)
    }

    @Test func `a line reads back as the record`() throws {
        let line = try JSONValue(parsing: auditLines(of: SampleRecords.all)[11])
        #expect(line["v"]?.integer == 1)
        #expect(line["seq"]?.integer == 12)
        #expect(line["kind"]?.text == "decision")
        #expect(line["call"]?.integer == 4)
        #expect(line["mono"]?.integer == 14_814_804)
        #expect(line["wall"]?.text == "1970-01-01T00:00:00.014814804Z")
        #expect(line["operation"]?.text == "ns.enumerate")
        #expect(line["process"]?.text == "Control")
        #expect(line["class"]?.text == "tl.Control")
        #expect(line["interface"]?.text == "tl.IMode")
        #expect(line["index"]?.integer == 0)
        #expect(line["verdict"]?.text == "allow")
        #expect(line["enforced"]?.bool == true)
        #expect(line["cause"]?.text == "engine")
        #expect(line["engine"]?.text == #"./ask "me""#)
        #expect(line["candidate"]?["verdict"]?.text == "deny")
        #expect(line["candidate"]?["cause"]?.text == "no-rule")
        #expect(line["retcode"]?.text == "rcOk")
        #expect(line["mode"]?.text == "enforce")
        #expect(line["policy"]?.text == "traffic-light")
        #expect(line["digest"]?.text == SampleRecords.label.digest.description)
        #expect(line["generation"]?.integer == 0)
    }

    @Test func `text is escaped wherever it comes from outside`() throws {
        let odd = process(#"a"b\c"#, "é🦆\"")
        var record = AuditRecord(.misuse, at: .zero)
        record.process = odd
        record.connection = name(#"x\"#)
        record.interface = name("\"")
        record.endpoint = name(#"\""#)
        record.misuse = "line\nbreak \u{1F}"
        var engine = AuditRecord(.decision, at: .zero)
        engine.decision = Decision(.deny, .engineFailure(""), engine: "sh -c 'x\ty\n'")
        engine.policy = PolicyLabel(name: "p\"\n", digest: .zero)
        let written = auditLines(of: [record, engine])
        #expect(written.count == 2)
        let first = try JSONValue(parsing: written[0])
        #expect(first["process"] == .string(odd.name.bytes))
        #expect(first["class"] == .string(odd.className.bytes))
        #expect(first["connection"]?.text == #"x\"#)
        #expect(first["interface"]?.text == "\"")
        #expect(first["endpoint"]?.text == #"\""#)
        #expect(first["cause"]?.text == "line\nbreak \u{1F}")
        let second = try JSONValue(parsing: written[1])
        #expect(second["engine"]?.text == "sh -c 'x\ty\n'")
        #expect(second["policy"]?.text == "p\"\n")
    }

    @Test func `what is kept as text never leaks into another record`() {
        // Neighbours differ in processes, policy and second, and alternate.
        let records = (SampleRecords.all + SampleRecords.all.reversed()).enumerated().map {
            index,
            sample in
            var record = sample
            record.time = Instant(nanoseconds: UInt64(index / 3) * 999_999_999)
            if index.isMultiple(of: 2) {
                (record.client, record.server) = (sample.server, sample.client)
                record.process = sample.process.map { _ in SampleRecords.lights }
                record.policy?.name += "2"
            }
            return record
        }
        var position = ChainPosition.start
        for (record, line) in zip(records, auditLines(of: records)) {
            var fresh = AuditLineWriter(hash: toyHash, after: position)
            fresh.append(record)
            #expect(text(fresh.bytes) == text(line) + "\n")
            position = fresh.position
        }
    }

    @Test func `the same records make the same bytes`() {
        #expect(auditLines(of: SampleRecords.all) == auditLines(of: SampleRecords.all))
    }

    private func names(_ line: [UInt8]) throws -> [String] {
        try JSONValue(parsing: line).members?.map { text($0.name) } ?? []
    }
}
