import ExternalEngine
import SecurityEvents
import Testing

@Suite struct ExternalProgramEngineTests {
    private let event = compatibilityEvents[0]

    @Test func `an external program is a compatible engine`() {
        checkEngineCompatibility { engine(answering(#""verdict":"allow""#)) }
        checkEngineCompatibility { engine(answering(#""verdict":"deny","reason":"never""#)) }
        // Denies what contains `connect`, so that verdicts differ.
        checkEngineCompatibility {
            engine(
                """
                while read -r q; do id=${q#*:}; id=${id%%,*}; v=allow
                case $q in *connect*) v=deny;; esac
                printf '{"id":%s,"verdict":"%s"}\\n' $id $v; done
                """
            )
        }
        checkEngineCompatibility { engine("exit 7") }
    }

    @Test func `an external program is compatible among others`() {
        let live = AllowAllEngine(hash: toyHash)
        checkEngineCompatibility {
            AllMustAllowEngine([live, engine(answering(#""verdict":"allow""#))], hash: toyHash)
        }
        checkEngineCompatibility {
            LiveBesideCandidateEngine(live: live, candidate: engine("exit 7"))
        }
    }

    @Test(
        arguments: [
            (#""verdict":"allow""#, Verdict.allow, nil),
            (#""verdict":"deny""#, .deny, nil),
            (#""reason":"it \"is\" late","verdict":"deny""#, .deny, #"it "is" late"#),
            (#""verdict":"allow","reason":"""#, .allow, ""),
        ] as [(String, Verdict, String?)]
    )
    func `a good answer decides, with its reason`(answer: String, verdict: Verdict, reason: String?)
    {
        let engine = engine(answering(answer))
        let decision = Decision(verdict, .engine(reason: reason), engine: engine.label.name)
        #expect(engine.decide(event) == decision)
        #expect(engine.decide(event) == decision)
    }

    @Test func `the question has the keys of the audit record`() {
        let questions = [
            #"{"id":1,"operation":"init.execute","process":"Einit","class":"Einit","target":"tl.Control","targetClass":"tl.Control"}"#,
            #"{"id":2,"operation":"init.connect","process":"Einit","class":"Einit","client":"tl.Control","clientClass":"tl.Control","server":"lights-1","serverClass":"tl.LightsGPIO","connection":"lights"}"#,
            #"{"id":3,"operation":"ns.create","process":"tl.Control","class":"tl.Control","client":"tl.Control","clientClass":"tl.Control","server":"kl.core.NameServer","serverClass":"kl.core.NameServer","path":"static"}"#,
            #"{"id":4,"operation":"ns.publish","process":"lights-1","class":"tl.LightsGPIO","server":"lights-1","serverClass":"tl.LightsGPIO","interface":"tl.IMode","endpoint":"lightsGpio.mode"}"#,
            #"{"id":5,"operation":"ns.enumerate","process":"tl.Control","class":"tl.Control","interface":"tl.IMode","index":7}"#,
            #"{"id":6,"operation":"cm.accept","process":"lights-1","class":"tl.LightsGPIO","client":"tl.Control","clientClass":"tl.Control","server":"lights-1","serverClass":"tl.LightsGPIO","endpoint":"lightsGpio.mode","riid":4294967295}"#,
        ]
        let events = [0, 1, 2, 4, 6, 10].map { compatibilityEvents[$0] }
        // The program allows a question only if it is, word for word, the one that is due.
        let checks = zip(1..., questions).map { id, question in
            """
            read -r q; v=deny; [ "$q" = '\(question)' ] && v=allow
            printf '{"id":\(id),"verdict":"%s","reason":"%s"}\\n' $v \(id)
            """
        }
        let engine = engine(checks.joined(separator: "\n"))
        for event in events {
            #expect(engine.decide(event).verdict == .allow, "\(event.operation)")
        }
    }

    @Test func `the label is the command and a digest of it`() {
        let engine = engine("exit 7")
        #expect(engine.label.name == "exit 7")
        #expect(engine.label.digest == toyHash(ArraySlice("engine external exit 7".utf8)))
    }

    @Test(
        arguments: [
            ("{}", "the answer has no number `id`"),
            ("[1]", "the answer is no object"),
            ("", "the answer is no JSON: the text ends where a value is expected at byte 0"),
            (
                #"{"id":1,"verdict":"allow"}x"#,
                "the answer is no JSON: something follows the value at byte 26"
            ),
            (
                #"{"id":1,"id":1,"verdict":"allow"}"#,
                "the answer is no JSON: a second member `id` at byte 8"
            ),
            (#"{"id":"1","verdict":"allow"}"#, "the answer has no number `id`"),
            (#"{"id":1.0,"verdict":"allow"}"#, "the answer has no number `id`"),
            (#"{"id":-1,"verdict":"allow"}"#, "the answer has no number `id`"),
            (#"{"id":2,"verdict":"allow"}"#, "an answer with id 2 to question 1"),
            (#"{"id":0,"verdict":"allow"}"#, "an answer with id 0 to question 1"),
            (#"{"id":1}"#, "the answer has no `verdict`"),
            (#"{"id":1,"verdict":true}"#, "the answer's `verdict` is no string"),
            (#"{"id":1,"verdict":"Allow"}"#, "the answer has an unknown verdict `Allow`"),
            (#"{"id":1,"verdict":"maybe"}"#, "the answer has an unknown verdict `maybe`"),
            (#"{"id":1,"verdict":"allow","reason":null}"#, "the answer's `reason` is no string"),
            (
                #"{"id":1,"verdict":"allow","weight":1}"#,
                "the answer has an unknown member `weight`"
            ),
            (
                #"{"id":1,"verdict":"allow"}\#n{"id":1,"verdict":"allow"}"#,
                "more than one line for one question"
            ),
        ]
    )
    func `anything else than one good answer denies`(answer: String, detail: String) {
        let engine = engine("read -r q; printf '%s\\n' '\(answer)'; cat >/dev/null")
        #expect(
            engine.decide(event)
                == Decision(.deny, .engineFailure(detail), engine: engine.label.name)
        )
    }

    @Test(
        arguments: [
            ("cat", "the answer has an unknown member `operation`"),
            ("exec yes 2>/dev/null", "the answer is no JSON: a value is expected at byte 0"),
        ]
    )
    func `a program that talks nonsense never decides`(command: String, detail: String) {
        let engine = engine(command)
        for _ in 0..<100 {
            let decision = engine.decide(event)
            #expect(decision.verdict == .deny)
            #expect(decision.cause == .engineFailure(detail))
        }
    }

    @Test func `an answer before its question is refused, and the question not asked`() {
        let eager = engine(
            #"""
            read -r q; printf '{"id":1,"verdict":"allow"}\n{"id":2,"verdict":"allow"}\n'
            read -r q; case $q in '{"id":2,'*) printf '{"id":2,"verdict":"allow","reason":"2"}\n'; esac
            """#
        )
        let causes = (0..<3).map { _ in eager.decide(event).cause }
        #expect(
            causes == [
                .engineFailure("more than one line for one question"),
                .engineFailure("an answer with id 2 that nobody asked for"),
                .engine(reason: "2"),
            ]
        )
    }
}

/// An engine with so much time that a slow machine is no failure.
func engine(_ command: String, deadline: Duration = .seconds(20)) -> ExternalProgramEngine {
    ExternalProgramEngine(command: command, deadline: deadline, hash: toyHash)
}

/// A program that answers every question with these members besides `id`.
func answering(_ members: String) -> String {
    """
    while read -r q; do id=${q#*:}; id=${id%%,*}
    printf '{"id":%s,%s}\\n' $id '\(members)'; done
    """
}
