import AuditLog
import SecurityEvents
import TestSupport
import Testing

@Suite struct QueryTests {
    @Test func `a pattern is a name, the names under a prefix, or all`() throws {
        let cases: [(String, [String], [String])] = [
            ("tl.Control", ["tl.Control"], ["tl.Contro", "tl.Control2", "tl"]),
            ("tl.*", ["tl.a", "tl.a.b", "tl.."], ["tl.", "tl", "tlx.a", "a.tl.b"]),
            ("*", ["a", "🦆"], []),
        ]
        for (text, matching, others) in cases {
            let pattern = try #require(NamePattern(text))
            for name in matching { #expect(pattern.matches(name), "\(text) \(name)") }
            for name in others { #expect(!pattern.matches(name), "\(text) \(name)") }
        }
        for text in ["", "a*", "*.a", "a.*.b", "**", "a.**"] { #expect(NamePattern(text) == nil) }
    }

    @Test func `each condition picks what a look at the record picks`() throws {
        var random = RandomRecords(seed: 3)
        var reader = AuditRecordReader()
        let logged = try auditLines(of: random.log(2000)).map { try reader.read($0[...]) }
        func check(
            _ change: (inout AuditQuery) -> Void,
            _ isWanted: (LoggedRecord) -> Bool,
            _ line: Int = #line
        ) {
            var query = AuditQuery()
            change(&query)
            let found = logged.filter(query.matches)
            #expect(found == logged.filter(isWanted), "line \(line)")
            #expect(!found.isEmpty && found.count < logged.count, "line \(line)")
        }
        let tl = ["tl.Control", "tl.Lights"]
        check({ $0.verdicts = [.deny] }, { $0.record.decision?.verdict == .deny })
        check({ $0.kinds = [.misuse, .stop] }, { [.misuse, .stop].contains($0.record.kind) })
        check({ $0.enforced = false }, { $0.record.enforced == false })
        check(
            { $0.causes = ["no-rule", "limit"] },
            {
                ["no-rule", "limit"].contains($0.record.decision?.cause.word)
            }
        )
        check(
            { $0.operations = patterns("cm.*") },
            {
                $0.record.operation?.rawValue.hasPrefix("cm.") == true
            }
        )
        check({ $0.rules = patterns("a") }, { $0.record.decision?.cause.rule?.text == "a" })
        check({ $0.retcodes = [.timeout] }, { $0.record.retcode == .timeout })
        check(
            { $0.processes = patterns("tl.*") },
            {
                tl.contains($0.record.process?.name.description ?? "")
            }
        )
        check(
            { $0.classes = patterns("Einit", "tl.Control") },
            {
                ["Einit", "tl.Control"].contains($0.record.process?.className.description)
            }
        )
        check(
            { $0.servers = patterns("echo.Server") },
            {
                $0.record.server?.name.description == "echo.Server"
            }
        )
        check({ $0.endpoints = patterns("*") }, { $0.record.endpoint != nil })
        check({ $0.sequences = 10...20 }, { (10...20).contains($0.sequence) })
        check({ $0.calls = [5, 7] }, { [5, 7].contains($0.record.call?.rawValue) })
        let middle = logged[1000].wall
        check({ $0.since = middle }, { $0.wall >= middle })
        check({ $0.until = middle }, { $0.wall <= middle })
    }

    @Test func `conditions go together, values of one are alternatives`() throws {
        var random = RandomRecords(seed: 4)
        var reader = AuditRecordReader()
        var query = AuditQuery()
        query.verdicts = [.deny]
        query.operations = patterns("cm.connect", "ns.*")
        for line in auditLines(of: random.log(500)) {
            let logged = try reader.read(line[...])
            let operation = logged.record.operation?.rawValue ?? ""
            let isWanted =
                logged.record.decision?.verdict == .deny
                && (operation == "cm.connect" || operation.hasPrefix("ns."))
            #expect(query.matches(logged) == isWanted)
        }
    }

    @Test func `moments are read as people write them`() throws {
        let now = WallTime(secondsSince1970: 1_767_323_045, nanoseconds: 5)
        let cases = [
            ("2026-01-02T03:04:05Z", "2026-01-02T03:04:05.000000000Z"),
            ("2026-01-02T03:04:05.25Z", "2026-01-02T03:04:05.250000000Z"),
            ("2026-01-02 03:04", "2026-01-02T03:04:00.000000000Z"),
            ("2026-01-02", "2026-01-02T00:00:00.000000000Z"),
            ("10s", "2026-01-02T03:03:55.000000005Z"), ("10m", "2026-01-02T02:54:05.000000005Z"),
            ("2h", "2026-01-02T01:04:05.000000005Z"), ("1d", "2026-01-01T03:04:05.000000005Z"),
            ("999999999d", "1970-01-01T00:00:00.000000005Z"),
        ]
        for (text, moment) in cases {
            #expect(WallTime(reading: text, now: now)?.text == moment, "\(text)")
        }
        for text in [
            "", "10", "m", "+5m", "-5m", "2026", "2026-02-30", "2026-01-02T03", "now",
            "2026-01-02.5",
            "2026-01-02T03:04:05.", "2026-01-02T03:04:05.1234567890", "99999999999999999999d",
        ] {
            #expect(WallTime(reading: text, now: now) == nil, "\(text)")
        }
    }

    @Test func `statistics count what is there`() throws {
        var random = RandomRecords(seed: 6)
        var reader = AuditRecordReader()
        let logged = try auditLines(of: random.log(3000)).map { try reader.read($0[...]) }
        var statistics = AuditStatistics()
        for record in logged { statistics.add(record) }
        let decisions = logged.compactMap { $0.record.decision }
        #expect(statistics.records == 3000)
        #expect(Int(statistics.decisions.count) == decisions.count)
        #expect(Int(statistics.decisions.denied) == decisions.count { $0.verdict == .deny })
        for operation in Operation.allCases {
            let wanted = logged.count {
                $0.record.kind == .decision && $0.record.operation == operation
            }
            #expect(Int(statistics.operations.rows[operation]?.count ?? 0) == wanted)
        }
        #expect(statistics.lost == logged.reduce(0) { $0 + ($1.record.lost ?? 0) })
        let bars = statistics.histogram.all
        #expect(bars.reduce(0) { $0 + $1.count } == 3000)
        for (bar, next) in zip(bars, bars.dropFirst()) {
            #expect(next.start.seconds - bar.start.seconds == statistics.histogram.width)
            let inside = logged.filter { $0.wall >= bar.start && $0.wall < next.start }
            #expect(inside.count == Int(bar.count))
        }
    }

    private func patterns(_ texts: String...) -> [NamePattern] {
        texts.compactMap(NamePattern.init)
    }
}
