import AuditLog
import JSONText
import SecurityEvents
import Testing

@Suite struct SchemaTests {
    private let schema: JSONValue
    private let validator: SchemaValidator
    private let lines: [JSONValue]

    init() throws {
        schema = try JSONValue(parsing: Files.read(Files.formats("audit.schema.json")))
        validator = try SchemaValidator(schema: schema)
        lines = try auditLines(of: SampleRecords.all).map { try JSONValue(parsing: $0) }
    }

    @Test func `every line that the writer makes is as the schema says`() throws {
        for line in lines {
            #expect(try validator.faults(in: line) == [], "\(heading(line))")
        }
    }

    @Test func `a line without one of its keys is refused unless the key is optional`() throws {
        for line in lines {
            let members = try #require(line.members)
            for place in members.indices {
                var fewer = members
                let key = text(fewer.remove(at: place).name)
                let isFine = try validator.faults(in: .object(fewer)).isEmpty
                #expect(isFine == isOptional(key, in: line), "\(key) of \(heading(line))")
            }
        }
    }

    @Test func `a line with one more key is refused unless the key is optional`() throws {
        let samples = Dictionary(
            lines.flatMap { $0.members ?? [] }.map { (text($0.name), $0) },
            uniquingKeysWith: { first, _ in first }
        )
        let unknown = JSONMember(name: Array("note".utf8), value: .string([]))
        for line in lines {
            let members = try #require(line.members)
            for sample in samples.values + [unknown] {
                let key = text(sample.name)
                guard line[key] == nil else { continue }
                let isFine = try validator.faults(in: .object(members + [sample])).isEmpty
                #expect(isFine == isOptional(key, in: line), "\(key) in \(heading(line))")
            }
        }
    }

    @Test func `a line with a value of the wrong type is refused`() throws {
        let wrong: [JSONValue] = [
            .null, .array([]), .number("-1"), .number("1.5"), .string(Array("\n".utf8)),
            .object([]),
        ]
        // Free text: any string will do.
        let anyString = ["engine", "policy", "version"]
        for line in lines {
            let members = try #require(line.members)
            for place in members.indices {
                let key = text(members[place].name)
                for value in wrong {
                    var changed = members
                    changed[place] = JSONMember(name: members[place].name, value: value)
                    let isFree =
                        anyString.contains(key) || key == "cause" && line["kind"]?.text == "misuse"
                    let isFine = try validator.faults(in: .object(changed)).isEmpty
                    #expect(isFine == (isFree && value.text != nil), "\(key) of \(heading(line))")
                }
            }
        }
    }

    @Test func `what cannot be together is refused`() throws {
        let allowed = try #require(lines.first { $0["verdict"]?.text == "allow" })
        let refused: [[String: JSONValue]] = [
            ["cause": string("no-rule")], ["cause": string("limit"), "limit": string("waiting")],
            ["enforced": .bool(false)], ["enforced": .bool(false), "mode": string("permissive")],
            ["rule": string("")], ["rule": string("a b")], ["seq": .number("0")],
            ["v": .number("2")], ["hash": string("AB")], ["wall": string("1970-01-01T00:00:00Z")],
            ["retcode": string("rcFine")], ["operation": string("cm.connect")],
            ["target": string("")], ["target": string("a\u{85}")],
        ]
        for changes in refused {
            let members = (allowed.members ?? []).map { member in
                changes[text(member.name)].map { JSONMember(name: member.name, value: $0) }
                    ?? member
            }
            #expect(try !validator.faults(in: .object(members)).isEmpty, "\(changes)")
        }
    }

    @Test func `the schema knows the words of the code and the order of the keys`() throws {
        func words(_ property: String) -> [String] {
            schema["properties"]?[property]?["enum"]?.elements?.compactMap(\.text) ?? []
        }
        #expect(words("kind") == AuditRecord.Kind.allCases.map(\.rawValue))
        #expect(words("operation") == Operation.allCases.map(\.rawValue))
        #expect(words("retcode") == Retcode.named.map(\.name))
        #expect(words("limit") == LimitName.allCases.map(\.rawValue))
        #expect(words("path") == NameServerPath.allCases.map(\.rawValue))
        #expect(words("mode") == Mode.allCases.map(\.rawValue))
        let decision = schema["$defs"]?["decisionRecord"]?["properties"]?["cause"]?["enum"]
        #expect(decision?.elements?.compactMap(\.text) == Cause.words)
        let keys = (schema["properties"]?.members ?? []).map { text($0.name) }
        for line in lines {
            let own = (line.members ?? []).map { text($0.name) }
            #expect(own == keys.filter { own.contains($0) })
        }
    }

    @Test func `a schema with a keyword that nobody checks is refused`() throws {
        let odd = try JSONValue(parsing: Array(#"{"type":"object","minProperties":1}"#.utf8))
        #expect(throws: SchemaFault("unknown keyword `minProperties`")) {
            try SchemaValidator(schema: odd).faults(in: lines[0])
        }
    }

    /// Whether a record like `line` may come with or without `key`.
    private func isOptional(_ key: String, in line: JSONValue) -> Bool {
        switch line["kind"]?.text {
        case "decision":
            switch key {
            case "retcode", "candidate": return true
            case "engine": return !["engine", "engine-failure"].contains(line["cause"]?.text)
            case "call": return line["operation"]?.text?.hasPrefix("init.") == true
            default: return false
            }
        case "misuse": return ["call", "operation", "retcode"].contains(key)
        case "start": return ["version", "solution", "torn"].contains(key)
        case "channel.created", "channel.deleted", "process.started", "process.ended":
            return key == "call"
        default: return false
        }
    }

    private func string(_ text: String) -> JSONValue { .string(Array(text.utf8)) }

    private func heading(_ line: JSONValue) -> String {
        "\(line["kind"]?.text ?? "") \(line["operation"]?.text ?? "") \(line["cause"]?.text ?? "")"
    }
}
