import AuditLog
import Foundation
import JSONText
import SecurityEvents
import Testing

@Suite struct DocumentationTests {
    @Test func `the example lines in the documentation are what the writer makes`() throws {
        let written = auditLines(of: example, hash: sha256, wall: morning).map { text($0) }
        #expect(try exampleLines() == written)
    }

    @Test func `the example lines are as the schema says`() throws {
        let schema = try JSONValue(parsing: Files.read(Files.formats("audit.schema.json")))
        let validator = try SchemaValidator(schema: schema)
        for line in try exampleLines() {
            #expect(try validator.faults(in: JSONValue(parsing: Array(line.utf8))) == [])
        }
    }

    @Test func `every key and every kind is explained in the documentation`() throws {
        let page = try text(Files.read(Files.formats("audit.md")))
        let schema = try JSONValue(parsing: Files.read(Files.formats("audit.schema.json")))
        for key in schema["properties"]?.members ?? [] {
            #expect(page.contains("| `\(text(key.name))` |"))
        }
        for kind in AuditRecord.Kind.allCases {
            #expect(page.contains("| `\(kind.rawValue)` |"))
        }
        for cause in Cause.words { #expect(page.contains("`\(cause)`")) }
    }

    private func exampleLines() throws -> [String] {
        try text(Files.read(Files.formats("audit.md"))).split(separator: "\n").map(String.init)
            .filter { $0.hasPrefix(#"{"v":1,"#) }
    }

    /// A log's first records, with engines whose digests anybody can compute.
    private let example: [AuditRecord] = {
        let deny = DenyAllEngine(hash: sha256)
        let control = process("Control", "tl.Control")
        let lights = process("Lights", "tl.LightsGPIO")
        let event = SecurityEvent(
            .connect,
            by: control,
            client: control,
            server: lights,
            endpoint: name("lightsGpio.mode")
        )
        var start = AuditRecord(.start, at: .zero)
        var decision = AuditRecord(
            .decision,
            of: event,
            at: Instant(nanoseconds: 1_250_000_000),
            call: CallID(rawValue: 1)
        )
        decision.decision = deny.decide(event)
        decision.enforced = true
        decision.retcode = .securityDisallow
        (start.mode, start.policy, start.generation) = (.enforce, deny.label, 0)
        (decision.mode, decision.policy, decision.generation) = (.enforce, deny.label, 0)
        return [start, decision]
    }()

    /// The moment `2026-01-02T03:04:05.5Z`.
    private let morning = WallTime(secondsSince1970: 1_767_323_045, nanoseconds: 500_000_000)
}

/// SHA-256 as the system's own tool computes it: the same that the page tells its reader to use.
private let sha256: HashFunction = { bytes in
    let tool = Process()
    let (input, output) = (Pipe(), Pipe())
    tool.executableURL = URL(filePath: "/usr/bin/env")
    tool.arguments = ["sha256sum"]
    (tool.standardInput, tool.standardOutput) = (input, output)
    do {
        try tool.run()
        try input.fileHandleForWriting.write(contentsOf: Data(bytes))
        try input.fileHandleForWriting.close()
        let printed = try output.fileHandleForReading.readToEnd() ?? Data()
        let digits = text(printed.prefix(64))
        let numbers = stride(from: 0, to: digits.utf8.count, by: 2).compactMap {
            UInt8(digits.dropFirst($0).prefix(2), radix: 16)
        }
        return numbers.count == 32 ? Digest(numbers) : .zero
    } catch {
        Issue.record("sha256sum: \(error)")
        return .zero
    }
}
