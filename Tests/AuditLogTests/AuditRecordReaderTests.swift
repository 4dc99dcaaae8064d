import AuditLog
import Foundation
import JSONText
import SecurityEvents
import TestSupport
import Testing

@Suite struct AuditRecordReaderTests {
    @Test func `what the writer writes, the reader reads`() throws {
        var reader = AuditRecordReader()
        for seed in 0..<20 {
            var random = RandomRecords(seed: UInt64(seed))
            let records = SampleRecords.all + (0..<500).map { _ in random.next() }
            let wall = WallTime(secondsSince1970: 1_767_323_045, nanoseconds: 987_654_321)
            var previous = ChainPosition.start
            for (record, line) in zip(records, auditLines(of: records, wall: wall)) {
                let read = try reader.read(line[...])
                #expect(read.record == withoutReasons(record), "\(text(line))")
                #expect(read.sequence == previous.sequence + 1)
                #expect(read.wall == wall.advanced(by: record.time))
                var writer = AuditLineWriter(hash: toyHash, wall: wall, after: previous)
                writer.append(read.record)
                #expect(writer.bytes == line + [UInt8(ascii: "\n")], "written again: the same")
                #expect(read.hash == writer.lastHash)
                previous = writer.position
            }
        }
    }

    @Test func `the reader refuses just what the schema refuses`() throws {
        let schema = try JSONValue(parsing: Files.read(Files.formats("audit.schema.json")))
        let validator = try SchemaValidator(schema: schema)
        let lines = try auditLines(of: SampleRecords.all).map { try JSONValue(parsing: $0) }
        let samples = Dictionary(
            lines.flatMap { $0.members ?? [] }.map { (text($0.name), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let order = (schema["properties"]?.members ?? []).map { text($0.name) }
        func check(_ members: [JSONMember]) throws {
            let value = JSONValue.object(members)
            let line = written(value)
            var reader = AuditRecordReader()
            let isRead = (try? reader.read(line[...])) != nil
            #expect(try isRead == validator.faults(in: value).isEmpty, "\(text(line))")
        }
        for line in lines {
            let members = try #require(line.members)
            try check(members)
            for place in members.indices {
                var fewer = members
                fewer.remove(at: place)
                try check(fewer)
                for value in wrongValues {
                    var changed = members
                    changed[place] = JSONMember(name: members[place].name, value: value)
                    try check(changed)
                }
                for word in ["rule", "no-rule", "allow", "deny", "rcOk", "cm.listen", "permissive"]
                {
                    var changed = members
                    changed[place] = JSONMember(
                        name: members[place].name,
                        value: .string(Array(word.utf8))
                    )
                    try check(changed)
                }
            }
            for (key, sample) in samples where line[key] == nil {
                let rank = order.firstIndex(of: key) ?? 0
                let place =
                    members.firstIndex { order.firstIndex(of: text($0.name)) ?? 0 > rank }
                    ?? members.count
                var more = members
                more.insert(sample, at: place)
                try check(more)
            }
        }
    }

    private let wrongValues: [JSONValue] = [
        .null, .array([]), .number("-1"), .number("1.5"), .number("18446744073709551616"),
        .number("4294967296"), .string(Array("\n".utf8)), .object([]), .bool(false),
        .string([]), .number("0"), .number("2"),
    ]

    @Test func `keys of a later version are skipped before the hash and nowhere else`() throws {
        let later = [
            #","reason":"because \"so\"""#, #","x":{"a":[1,"}",{}],"b":null}"#, #","n":-1.5e3"#,
            #","a":[],"b":"""#,
        ]
        for line in auditLines(of: SampleRecords.all).map({ text($0) }) {
            var reader = AuditRecordReader()
            let plain = try reader.read(Array(line.utf8)[...])
            let parts = line.split(separator: ",").count
            for more in later {
                let extended = line.replacing(#","hash":"#, with: more + #","hash":"#)
                #expect(try reader.read(Array(extended.utf8)[...]) == plain)
                let early = line.replacing(#","wall":"#, with: more + #","wall":"#)
                #expect(throws: RecordFault.self) { try reader.read(Array(early.utf8)[...]) }
                let late = line.dropLast() + more + "}"
                #expect(throws: RecordFault.self) { try reader.read(Array(late.utf8)[...]) }
            }
            #expect(parts > 5)
        }
    }

    @Test func `a line that lost or changed any byte is a fault or another record, never a crash`()
    {
        var reader = AuditRecordReader()
        var generator = SeededGenerator(seed: 5)
        for line in auditLines(of: SampleRecords.all) {
            for place in line.indices {
                #expect(throws: RecordFault.self) { try reader.read(line[..<place]) }
                var changed = line
                changed[place] = UInt8(truncatingIfNeeded: generator.next())
                _ = try? reader.read(changed[...])
                changed.remove(at: place)
                _ = try? reader.read(changed[...])
            }
        }
    }

    /// A line, and what is said of it.
    private static let faults: [(String, String)] = [
        ("", "`{` is expected at byte 1"),
        ("{}", "`\"` is expected at byte 2"),
        (#"{"v":2,"#, "the version of the format is not 1 at byte 7"),
        (#"{"v":1,"seq":01"#, "a number starts with a zero at byte 14"),
        (#"{"v":1,"seq":0,"#, "the number is at least 1 at byte 14"),
        (#"{"v":1, "seq":1,"#, "`\"` is expected at byte 8"),
        (#"{"v":1,"v":1,"#, "the key is out of its order at byte 9"),
        (#"{"v":1,"seq":1,"kind":"begin""#, "the value is none of this key at byte 24"),
        (#"{"v":1,"note":1,"seq":1,"#, "an unknown key stands before this one at byte 18"),
        (#"{"v":1,"seq":1,"hash":"x"#, "the string does not end at byte 24"),
    ]

    @Test(arguments: faults)
    func `a fault is told with its place`(line: String, message: String) {
        var reader = AuditRecordReader()
        let fault = #expect(throws: RecordFault.self) { try reader.read(Array(line.utf8)[...]) }
        #expect(fault?.description == message)
    }

    @Test func `a moment that no calendar has is a fault`() throws {
        let line = text(auditLines(of: SampleRecords.all)[0])
        let moments = [
            "2026-02-29T00:00:00", "2026-13-01T00:00:00", "2026-00-01T00:00:00",
            "2026-01-00T00:00:00", "2026-01-01T24:00:00", "2026-01-01T00:60:00",
            "1969-12-31T23:59:59", "2026-01-01t00:00:00", "2026-1-001T00:00:00",
        ]
        var reader = AuditRecordReader()
        for moment in moments + ["2028-02-29T23:59:59"] {
            let changed = line.replacing("1970-01-01T00:00:00", with: moment)
            #expect(changed != line)
            let isRead = (try? reader.read(Array(changed.utf8)[...])) != nil
            #expect(isRead == moment.hasPrefix("2028"), "\(moment)")
        }
    }

    /// Engines' reasons are not recorded.
    private func withoutReasons(_ record: AuditRecord) -> AuditRecord {
        var record = record
        switch record.decision?.cause {
        case .engine: record.decision?.cause = .engine(reason: nil)
        case .engineFailure: record.decision?.cause = .engineFailure("")
        default: break
        }
        return record
    }

    private func written(_ value: JSONValue) -> [UInt8] {
        var json = JSONWriter()
        func write(_ value: JSONValue) {
            switch value {
            case .null: json.null()
            case .bool(let flag): json.value(flag)
            case .number(let text):
                json.value(UInt64(0))
                json.bytes.removeLast()
                json.bytes += Array(text.utf8)
            case .string(let text): json.value(utf8: text)
            case .array(let elements):
                json.beginArray()
                for element in elements { write(element) }
                json.endArray()
            case .object(let members):
                json.beginObject()
                for member in members {
                    json.key(text(member.name))
                    write(member.value)
                }
                json.endObject()
            }
        }
        write(value)
        return json.bytes
    }
}
