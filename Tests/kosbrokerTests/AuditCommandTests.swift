import Crypto
import Foundation
import JSONText
import Testing

/// `kosbroker audit`, with logs that `kosbroker test` writes.
@Suite struct `Verifying, showing and counting logs` {
    private let scratch: Scratch
    /// A whole log, line by line.
    private let log: [String]

    init() throws {
        scratch = try Scratch()
        let run = try kosbroker(
            ["test", "traffic-light/tests.yaml", "--audit", scratch.url("logs").path]
        )
        #expect(run.status == 0)
        let folder = scratch.url("logs/traffic-light")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let denied = try files.map {
            try String(contentsOf: folder.appending(path: $0), encoding: .utf8)
        }
        .first { $0.contains(#""verdict":"deny""#) }
        log = try #require(denied).split(separator: "\n").map(String.init)
        try scratch.write("audit.jsonl", text(log))
    }

    private func text(_ lines: [String]) -> String { lines.map { $0 + "\n" }.joined() }

    private func audit(_ arguments: String..., input: String? = nil) throws -> Run {
        try kosbroker(["audit"] + arguments, in: scratch.folder, input: input)
    }

    /// The hashes of a log made anew with a key.
    private func keyed(_ lines: [String], _ key: String) -> [String] {
        var previous = [UInt8](repeating: 0, count: 32)
        return lines.map { line in
            let body = line.dropLast(75)
            let code = HMAC<SHA256>.authenticationCode(
                for: previous + Array(body.utf8),
                using: SymmetricKey(data: Array(key.utf8))
            )
            previous = Array(code)
            let digits = previous.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            return body + #","hash":"\#(digits)"}"#
        }
    }

    @Test func `a whole log verifies, as it is golden`() throws {
        let run = try audit("verify", "audit.jsonl")
        #expect(run.status == 0)
        expect(run.output, isGolden: "audit-verify.text")
        let json = try audit("verify", "audit.jsonl", "--format", "json")
        #expect(json.status == 0)
        expect(json.output, isGolden: "audit-verify.json")
    }

    @Test func `a broken log is told with its first bad place, as it is golden`() throws {
        var broken = log
        broken[7] = broken[7].replacing("rcOk", with: "rcFail")
        broken.remove(at: 3)
        broken.swapAt(15, 16)
        try scratch.write("audit.jsonl", text(broken) + "{\"v\":1")
        let run = try audit("verify", "audit.jsonl")
        #expect(run.status == 1)
        expect(run.output, isGolden: "audit-broken.text")
        let json = try audit("verify", "audit.jsonl", "--format", "json")
        #expect(json.status == 1)
        expect(json.output, isGolden: "audit-broken.json")
    }

    @Test func `completeness is a verdict of its own`() throws {
        let head = try #require(try JSONValue(parsing: Array(log[9].utf8))["hash"]?.text)
        let found = try audit("verify", "audit.jsonl", "--head", head)
        #expect(found.status == 0)
        #expect(found.output.contains("is that of record 10, \(log.count - 10) follow"))
        try scratch.write("audit.jsonl", text(Array(log[..<9])))
        let lacking = try audit("verify", "audit.jsonl", "--head", head)
        #expect(lacking.status == 1)
        #expect(lacking.output.contains("whole: 9 records"))
        #expect(lacking.output.contains("incomplete: no record has the hash \(head.prefix(12))…"))
        #expect(try audit("verify", "audit.jsonl").status == 0)
        #expect(try audit("verify", "audit.jsonl", "--closed").status == 1)
    }

    @Test func `a log with a key verifies with it alone`() throws {
        try scratch.write("key", "sixteen bytes or more")
        try scratch.write("other", "sixteen bytes of another")
        try scratch.write("short", "short")
        try scratch.write("audit.jsonl", text(keyed(log, "sixteen bytes or more")))
        let right = try audit("verify", "audit.jsonl", "--audit-key", "key")
        #expect(right.status == 0)
        #expect(right.output.contains("with this key: only who has it"))
        let wrong = try audit("verify", "audit.jsonl", "--audit-key", "other")
        #expect(wrong.status == 1)
        #expect(
            wrong.output.contains("no record follows from the one before; is it the right key?")
        )
        let without = try audit("verify", "audit.jsonl")
        #expect(without.status == 1)
        #expect(
            without.output.contains("no record follows from the one before; has the log a key?")
        )
        #expect(try audit("verify", "audit.jsonl", "--audit-key", "short").status == 3)
        #expect(try audit("verify", "audit.jsonl", "--audit-key", "missing").status == 3)
    }

    @Test func `parts of a log are one log, in whatever order they are named`() throws {
        try scratch.write("audit.jsonl.1", text(Array(log[..<5])))
        try scratch.write("audit.jsonl.2", text(Array(log[5..<12])))
        try scratch.write("audit.jsonl", text(Array(log[12...])))
        try scratch.write("audit.jsonl.torn-1", "{")
        let packed = try shell("gzip audit.jsonl.1", in: scratch.folder)
        #expect(packed.status == 0)
        for arguments in [
            ["audit.jsonl"], ["audit.jsonl.2"], ["audit.jsonl.1.gz", "audit.jsonl"],
        ] {
            let run = try kosbroker(["audit", "verify"] + arguments, in: scratch.folder)
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.hasPrefix("audit.jsonl: whole: \(log.count) records\n"))
            #expect(run.errors == "")
        }
        let all = try shell("$KOSBROKER audit verify audit.jsonl*", in: scratch.folder)
        #expect(all.status == 0)
        #expect(all.output.hasPrefix("audit.jsonl: whole"))
        #expect(all.errors.contains("no part of a log"))
        let alone = try audit("verify", "audit.jsonl", "--no-parts")
        #expect(alone.status == 1)
        #expect(alone.output.contains("records 1 to 12 are missing"))
        let hash = try #require(try JSONValue(parsing: Array(log[11].utf8))["hash"]?.text)
        #expect(try audit("verify", "audit.jsonl", "--no-parts", "--after", hash).status == 0)
        let shown = try audit("show", "audit.jsonl", "--format", "jsonl")
        #expect(shown.output == text(log))
    }

    @Test(arguments: ["text", "jsonl", "csv"])
    func `records are shown as they are golden`(format: String) throws {
        let run = try audit("show", "audit.jsonl", "--format", format)
        #expect(run.status == 0)
        if format == "jsonl" {
            #expect(run.output == text(log))
        } else {
            expect(run.output, isGolden: "audit-show.\(format)")
        }
        let input = try audit("show", "-", "--format", format, input: text(log))
        #expect(input.output == run.output)
    }

    @Test(arguments: ["text", "json"])
    func `counts are as they are golden`(format: String) throws {
        let run = try audit("stats", "audit.jsonl", "--format", format)
        #expect(run.status == 0)
        expect(run.output, isGolden: "audit-stats.\(format)")
    }

    /// Conditions, and what a line must contain to meet them.
    private static let conditions: [([String], [String])] = [
        (["--verdict", "deny"], [#""verdict":"deny""#]),
        (["--operation", "ns.*"], [#""operation":"ns."#]),
        (["--operation", "init.execute", "--operation", "init.connect"], [#""operation":"init."#]),
        (["--process", "Einit"], [#""process":"Einit""#]),
        (["--kind", "process.started"], [#""kind":"process.started""#]),
        (
            ["--verdict", "allow", "--cause", "rule", "--process", "tl.*"],
            [#""verdict":"allow""#, #""cause":"rule""#, #""process":"tl."#]
        ),
        (["--rule", "einit-starts-and-connects"], [#""rule":"einit-starts-and-connects""#]),
        (["--server", "kl.core.NameServer"], [#""server":"kl.core.NameServer""#]),
        (["--seq", "1-9"], [#""seq":"#]),
        (["--since", "1970-01-01T00:00:00Z", "--until", "1970-01-02"], [#""seq":"#]),
        (["--not-enforced"], [#""enforced":false"#]),
        (["--retcode", "rcSecurityDisallow"], [#""retcode":"rcSecurityDisallow""#]),
    ]

    @Test(arguments: conditions)
    func `conditions pick just the records that meet them`(
        arguments: [String],
        parts: [String]
    ) throws {
        let run = try kosbroker(
            ["audit", "show", "audit.jsonl", "--format", "jsonl"] + arguments,
            in: scratch.folder
        )
        var wanted = log.filter { line in parts.allSatisfy { line.contains($0) } }
        if arguments[0] == "--seq" { wanted = Array(wanted[..<9]) }
        #expect(run.output == text(wanted))
        #expect(run.status == 0)
    }

    /// Conditions that cannot be meant, and what is said of them.
    private static let faults: [([String], String)] = [
        (["--verdict", "denied"], "--verdict does not know `denied`; it takes allow, deny"),
        (
            ["--operation", "cm.conect"],
            "--operation does not know `cm.conect`; did you mean `cm.connect`?"
        ),
        (["--cause", "no-rules"], "--cause does not know `no-rules`; did you mean `no-rule`?"),
        (["--process", "t*"], "--process takes a name, `prefix.*` or `*`, not `t*`"),
        (["--seq", "9-1"], "--seq takes N, N-M, N- or -M, not `9-1`"),
        (
            ["--since", "yesterday"],
            "--since takes a moment in UTC such as 2026-01-02T03:04:05Z, or 10m, not `yesterday`"
        ),
    ]

    @Test(arguments: faults)
    func `a condition that cannot be meant is usage`(arguments: [String], message: String) throws {
        for command in ["show", "stats"] {
            let run = try kosbroker(
                ["audit", command, "audit.jsonl"] + arguments,
                in: scratch.folder
            )
            #expect(run.status == 2)
            #expect(run.output == "")
            #expect(run.errors.contains(message), "\(run.errors)")
        }
    }

    @Test func `a line that is no record is told with its place, and the others are shown`() throws
    {
        var broken = log
        broken.insert(#"{"v":1,"seq":x}"#, at: 2)
        try scratch.write("audit.jsonl", text(broken) + "torn")
        let run = try audit("show", "audit.jsonl", "--format", "jsonl")
        #expect(run.status == 3)
        #expect(run.output == text(log))
        #expect(
            run.errors == "audit.jsonl:3:14: error: a number is expected\n"
                + "audit.jsonl:\(log.count + 2): error: the last line is torn: 4 bytes\n"
        )
        #expect(try audit("stats", "audit.jsonl").status == 3)
    }

    @Test func `what cannot be read exits 3, what cannot be written 5, what is empty 4`() throws {
        for command in ["verify", "show", "stats"] {
            let missing = try audit(command, "missing.jsonl")
            #expect(missing.status == 3)
            #expect(
                missing.errors
                    == "kosbroker: cannot read `missing.jsonl`: no such file or directory\n"
            )
            #expect(try audit(command, "audit.jsonl", "--output", "/dev/full").status == 5)
        }
        try scratch.write("empty", "")
        let empty = try audit("verify", "empty")
        #expect(empty.status == 4)
        #expect(empty.output.hasPrefix("empty: empty\n"))
    }

    @Test func `following shows what comes, also in the next file`() throws {
        try scratch.write("live.jsonl", text(Array(log[..<2])))
        try scratch.write("rest1", text(Array(log[2..<4])))
        try scratch.write("rest2", text(Array(log[4..<6])))
        let run = try shell(
            """
            $KOSBROKER audit show --follow --format jsonl live.jsonl > shown & program=$!
            sleep 1; cat rest1 >> live.jsonl; sleep 1
            mv live.jsonl live.jsonl.1; cp rest2 live.jsonl; sleep 1
            kill -9 $program
            cat shown
            """,
            in: scratch.folder
        )
        #expect(run.output == text(Array(log[..<6])))
    }
}
