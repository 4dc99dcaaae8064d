import AuditLog
@testable import BrokerDaemon
import SecurityEvents
import TestSupport
import Testing

/// What is told while a solution runs, in both forms.
struct RunReportTests {
    private let client = ProcessIdentity(undeclared: "C")
    private let server = ProcessIdentity(name: "S", className: "s.Server")

    private func decision(
        _ decision: Decision,
        enforced: Bool = true,
        at milliseconds: UInt64 = 1234
    ) -> AuditRecord {
        let event = SecurityEvent(
            .connect,
            by: client,
            client: client,
            server: server,
            endpoint: "main"
        )
        let time = Instant.zero.advanced(byMilliseconds: milliseconds)
        var record = AuditRecord(.decision, of: event, at: time)
        record.decision = decision
        record.enforced = enforced
        return record
    }

    private func rule(_ id: String) throws -> Cause { .rule(try #require(RuleID(id))) }

    private func text(_ line: RunLine, isColored: Bool = false) -> String {
        String(decoding: RunText(isColored: isColored).render(line), as: UTF8.self)
    }

    @Test func `a decision is a line with its time and why`() throws {
        let event = "cm.connect: client C, server S (class s.Server), endpoint main"
        #expect(
            text(.record(decision(Decision(.allow, try rule("r")))))
                == "1.234 s  \(event); allowed by rule r\n"
        )
        #expect(
            text(.record(decision(Decision(.deny, .noRule), at: 5)))
                == "0.005 s  \(event); denied, no rule allows it\n"
        )
        #expect(
            text(.record(decision(Decision(.deny, .noRule), enforced: false, at: 60_000)))
                == "60.000 s  \(event); denied, no rule allows it, goes on (permissive)\n"
        )
    }

    @Test func `on a terminal the verdict has a colour, and only that`() throws {
        let allowed = text(.record(decision(Decision(.allow, try rule("r")))), isColored: true)
        #expect(allowed.hasSuffix("; \u{1B}[32mallowed by rule r\u{1B}[0m\n"))
        let denied = Decision(.deny, .engine(reason: "no\u{1B}[2J"), engine: "e")
        let line = text(.record(decision(denied)), isColored: true)
        #expect(line.hasSuffix("; \u{1B}[31mdenied by engine e: no\\u{1b}[2J\u{1B}[0m\n"))
    }

    @Test(arguments: [false, true])
    func `nothing that an engine, a policy or a path says steers the terminal`(
        isColored: Bool
    ) throws {
        let evil = "\u{1B}[31m\u{9B}2J"
        let denied = Decision(.deny, .engine(reason: evil), engine: evil)
        let record = decision(denied)
        let event = try #require(record.event)
        var tally = RunTally()
        tally.count(record)
        let start = RunStart(
            file: evil,
            processes: 1,
            channels: 1,
            policy: PolicyLabel(name: evil, digest: .zero),
            mode: .enforce,
            control: evil
        )
        let lines: [RunLine] = [
            .start(start), .note(evil), .record(record), .refusal(event, denied),
            .summary(tally, time: .zero),
        ]
        for line in lines {
            let shown = text(line, isColored: isColored)
            let own = isColored ? ["\u{1B}[31mdenied", "\u{1B}[0m\n"] : []
            let rest = own.reduce(shown) { $0.replacing($1, with: "") }
            #expect(rest.contains("\\u{1b}[31m"))
            #expect(!rest.unicodeScalars.contains { "\u{1B}\u{9B}".unicodeScalars.contains($0) })
        }
    }

    @Test func `a misuse says who did what`() {
        var record = AuditRecord(.misuse, at: .zero)
        record.process = client
        record.operation = .listen
        record.misuse = "filter is not null"
        #expect(
            text(.record(record)) == "0.000 s  misuse by C: cm.listen: filter is not null\n"
        )
        record.retcode = .invalidArgument
        #expect(text(.record(record)).hasSuffix("filter is not null, rcInvalidArgument\n"))
    }

    @Test func `only what programs write begins with a bracket`() {
        #expect(text(.output("C", isErrors: false, "[S] hello")) == "[C] [S] hello\n")
        #expect(text(.note("one\ntwo")) == "  one\n  two\n")
        #expect(text(.ended("C", .signal(9))) == "`C` ended: signal 9\n")
        let start = RunStart(
            file: "init.yaml",
            processes: 1,
            channels: 2,
            policy: PolicyLabel(name: "p", digest: .zero),
            mode: .permissive,
            control: "/run/c"
        )
        #expect(
            text(.start(start)) == """
                init.yaml: 1 process, 2 static channels; policy p, digest 000000000000…
                  permissive: what the policy denies is recorded and goes on all the same
                  control socket: /run/c

                """
        )
    }

    private func tally() throws -> RunTally {
        var tally = RunTally()
        tally.note("S", .withoutProgram)
        tally.note("C", .refused)
        tally.note("S", .running)
        tally.note("S", .ended(.exit(code: 3)))
        for _ in 0..<10 { tally.count(decision(Decision(.allow, try rule("often")))) }
        tally.count(decision(Decision(.allow, try rule("once"))))
        for reason in ["a", "b"] {
            tally.count(decision(Decision(.deny, .engineFailure(reason), engine: "e")))
        }
        tally.count(decision(Decision(.deny, .limit(.waiting))))
        var made = AuditRecord(.channelCreated, at: .zero)
        tally.count(made)
        made.connection = "c"
        tally.count(made)
        tally.count(AuditRecord(.misuse, at: .zero))
        return tally
    }

    @Test func `the summary counts by what decided, denials first`() throws {
        let time = Instant.zero.advanced(byMilliseconds: 2500)
        #expect(
            text(.summary(try tally(), time: time)) == """
                ran for 2.500 s: 2 processes, 2 channels (1 static), 11 allowed, 3 denied
                  S: exit code 3
                  C: refused at start
                   2 denied, engine e failed
                   1 denied, limit waiting
                  10 allowed by rule often
                   1 allowed by rule once
                  1 misuse

                """
        )
    }

    @Test func `in JSON a record is the line of the log, and all else is an object`() throws {
        var report = RunJSON(hash: testHash, wall: .epoch)
        var log = AuditLineWriter(hash: testHash)
        let records = [AuditRecord(.start, at: .zero), decision(Decision(.deny, .noRule))]
        for record in records {
            log.append(record)
            #expect(report.render(.record(record)) == log.takeBytes())
        }
        func json(_ line: RunLine) -> String {
            String(decoding: report.render(line), as: UTF8.self)
        }
        #expect(
            json(.output("C", isErrors: true, #"a "b""#))
                == #"{"run":"output","process":"C","stream":"stderr","text":"a \"b\""}"# + "\n"
        )
        #expect(
            json(.ended("C", .exit(code: 1))) == #"{"run":"ended","process":"C","code":1}"# + "\n"
        )
        #expect(
            json(.summary(try tally(), time: .zero)) == #"""
                {"run":"summary","mono":0,"processes":[{"process":"S","state":"ended","code":3},\#
                {"process":"C","state":"refused"}],"staticChannels":1,"otherChannels":1,\#
                "allowed":11,"denied":3,"causes":[\#
                {"verdict":"deny","cause":"engine-failure","engine":"e","count":2},\#
                {"verdict":"deny","cause":"limit","limit":"waiting","count":1},\#
                {"verdict":"allow","cause":"rule","rule":"often","count":10},\#
                {"verdict":"allow","cause":"rule","rule":"once","count":1}],"misuses":1,"lost":0}

                """#
        )
        #expect(
            String(decoding: RunJSON.hidden(3), as: UTF8.self)
                == #"{"run":"hidden","lines":3}"# + "\n"
        )
    }
}
