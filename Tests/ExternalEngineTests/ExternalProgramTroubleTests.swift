import ExternalEngine
import Glibc
import SecurityEvents
import Testing

/// What a program can do wrong besides its answers: be late, be deaf, end.
@Suite struct ExternalProgramTroubleTests {
    private let event = compatibilityEvents[0]

    @Test func `a late answer denies and is never taken for a newer question`() {
        // Answers the first question only after the second was asked, and the third in time.
        let engine = engine(
            #"""
            read -r a; read -r b
            printf '{"id":1,"verdict":"allow"}\n{"id":2,"verdict":"deny","reason":"2"}\n'
            read -r c; printf '{"id":3,"verdict":"allow","reason":"3"}\n'
            """#,
            deadline: .milliseconds(700)
        )
        let causes = (0..<3).map { _ in engine.decide(event).cause }
        #expect(
            causes == [
                .engineFailure("no answer within 0.7 seconds"), .engine(reason: "2"),
                .engine(reason: "3"),
            ]
        )
    }

    @Test func `a program that never answers denies each event within the deadline`() {
        let engine = engine("exec cat >/dev/null", deadline: .milliseconds(10))
        let start = ContinuousClock.now
        for _ in 0..<5 {
            let decision = engine.decide(event)
            #expect(decision.verdict == .deny)
            #expect(decision.cause == .engineFailure("no answer within 0.01 seconds"))
            #expect(decision.engine == "exec cat >/dev/null")
        }
        let elapsed = ContinuousClock.now - start
        #expect(elapsed >= .milliseconds(50))
        #expect(elapsed < .seconds(20))
    }

    @Test func `a program that does not read denies each event within the deadline`() {
        let engine = engine("kill -STOP $$", deadline: .milliseconds(2))
        let start = ContinuousClock.now
        for _ in 0..<100 {
            #expect(
                engine.decide(large).cause == .engineFailure("no answer within 0.002 seconds")
            )
        }
        #expect(ContinuousClock.now - start < .seconds(60))
    }

    @Test func `a program that catches up finds every question whole`() {
        // Does not read until more was asked than a socket holds; one torn question, and it denies
        // for ever.
        let engine = engine(
            """
            sleep 0.2; v=allow; while read -r q; do id=${q#*:}; id=${id%%,*}
            case $q in '{"id":'*'"endpoint":"end"}') ;; *) v=deny;; esac
            printf '{"id":%s,"verdict":"%s"}\\n' $id $v; done
            """,
            deadline: .milliseconds(4)
        )
        for _ in 0..<60 { #expect(engine.decide(large).cause.word == "engine-failure") }
        let client = process("c", "c")
        let small = SecurityEvent(
            .connect,
            by: client,
            client: client,
            server: client,
            endpoint: name("end")
        )
        let start = ContinuousClock.now
        var decision = engine.decide(small)
        while decision.cause.word == "engine-failure", ContinuousClock.now - start < .seconds(60) {
            decision = engine.decide(small)
        }
        #expect(decision.verdict == .allow)
    }

    @Test(
        arguments: [
            ("exit 3", "the program ended with exit code 3"),
            ("read -r q; exit 0", "the program ended with exit code 0"),
            (
                "read -r q; printf '{\"id\":1,\"verdict\":\"all'; exit 0",
                "the program ended with exit code 0"
            ),
            ("/no/such/program 2>/dev/null", "the program ended with exit code 127"),
            ("kill -TERM $$", "the program was ended by signal 15"),
            ("exec <&- >&-; sleep 60", "the program closed its connection"),
            (
                "head -c 65537 /dev/zero | tr '\\0' x; cat",
                "the program wrote a line longer than 64 KiB"
            ),
            (
                "head -c 65537 /dev/zero | tr '\\0' x; echo; cat",
                "the program wrote a line longer than 64 KiB"
            ),
            ("exec cat /dev/zero", "the program wrote a line longer than 64 KiB"),
        ]
    )
    func `after the end of a program every event is denied at once, for that reason`(
        command: String,
        detail: String
    ) {
        let engine = engine(command, deadline: .seconds(20))
        let start = ContinuousClock.now
        for _ in 0..<50 {
            #expect(
                engine.decide(event)
                    == Decision(.deny, .engineFailure(detail), engine: engine.label.name)
            )
        }
        #expect(ContinuousClock.now - start < .seconds(19))
    }

    @Test func `the longest line is still read`() {
        let engine = engine(
            """
            read -r q; printf '{"id":1,"verdict":"allow","reason":"'
            head -c $((65536 - 39)) /dev/zero | tr '\\0' x; printf '"}\\n'; cat
            """
        )
        let reason = String(repeating: "x", count: 65536 - 39)
        #expect(engine.decide(event).cause == .engine(reason: reason))
    }

    @Test func `an answer in pieces is put together`() {
        let engine = engine(
            #"""
            read -r q; printf '{"id":1,'; printf '"verdict":"al'; printf 'low"}'; printf '\n'; cat
            """#
        )
        #expect(engine.decide(event).verdict == .allow)
    }

    /// More than 7 kB as a question.
    private let large: SecurityEvent = {
        let long = String(repeating: "x", count: NameLimits.maximumLength)
        let other = process(long, long)
        return SecurityEvent(
            .connect,
            by: other,
            client: other,
            server: other,
            endpoint: name("end")
        )
    }()
}
