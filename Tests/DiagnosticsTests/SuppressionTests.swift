import Diagnostics
import Testing

struct SuppressionTests {
    private let file = "init.yaml"

    /// What suppressions in `text` leave of findings called `ids` on its first line.
    private func apply(
        _ text: String,
        to ids: [String] = ["empty-list"],
        notLookedFor: Set<String> = []
    ) -> SuppressionOutcome {
        let findings = ids.map { Diagnostic.sample($0, at: 1, 1) }
        return applySuppressions(
            to: findings,
            in: [(file, Array(text.utf8))],
            notLookedFor: notLookedFor
        )
    }

    private func reasons(_ outcome: SuppressionOutcome) -> [String] {
        outcome.suppressed.map { "\($0.diagnostic.id): \($0.reason)" }
    }

    @Test(arguments: [
        "rules: [] # kosbroker:ignore empty-list as it is delivered",
        "# kosbroker:ignore empty-list as it is delivered",
        "rules: []\t# kosbroker:ignore   empty-list \t as it is delivered  ",
        "rules: [] # generated # kosbroker:ignore empty-list as it is delivered\r\nx: y",
        "\u{FEFF}# kosbroker:ignore empty-list as it is delivered",
        "it's: a 'word' # kosbroker:ignore empty-list as it is delivered",
        "text: end of a text that began above\" # kosbroker:ignore empty-list as it is delivered",
        "a: \"# \\\" '\" # kosbroker:ignore empty-list as it is delivered",
        "a: 'it''s # not' # kosbroker:ignore empty-list as it is delivered",
        "{\"a\":\"# b\", 'c': [\"d\"]} # kosbroker:ignore empty-list as it is delivered",
        "- - ? 'x # y' # kosbroker:ignore empty-list as it is delivered",
        "path: a-'b # kosbroker:ignore empty-list as it is delivered",
        "id: {var: MACRO, include: a/b.h} # kosbroker:ignore empty-list as it is delivered",
    ])
    func `a comment on its line takes a finding away, with the reason`(text: String) {
        let outcome = apply(text)
        #expect(outcome.kept == [])
        #expect(reasons(outcome) == ["empty-list: as it is delivered"])
    }

    @Test(arguments: [
        "text: \"# kosbroker:ignore empty-list no comment\"",
        "text: 'a # kosbroker:ignore empty-list no comment'",
        "text: 'it''s # kosbroker:ignore empty-list no comment'",
        "text: \"a \\\" # kosbroker:ignore empty-list the text goes on",
        "[\"# kosbroker:ignore empty-list no comment\"]",
        "{a: b,'# kosbroker:ignore empty-list no comment': c}",
        "{\"a\":\"b # kosbroker:ignore empty-list no comment\"}",
        "rules: []# kosbroker:ignore empty-list no comment",
        "rules: [] #kosbroker:ignore empty-list not the marker",
        "rules: [] # kosbroker:ignored empty-list not the marker",
        "rules: [] # kosbroker: ignore empty-list not the marker",
        "rules: [] # Kosbroker:ignore empty-list not the marker",
        "rules: [] ## kosbroker:ignore empty-list not the marker",
    ])
    func `only the exact marker in a comment counts`(text: String) {
        let outcome = apply(text)
        #expect(outcome.kept.map(\.id) == ["empty-list"])
        #expect(outcome.suppressed == [])
    }

    @Test(arguments: [
        "a # kosbroker:ignore empty-list,wrong-type both",
        "a # kosbroker:ignore empty-list, wrong-type both",
        "a # kosbroker:ignore empty-list both # kosbroker:ignore wrong-type both",
    ])
    func `a line can suppress several findings`(text: String) {
        let outcome = apply(text, to: ["empty-list", "wrong-type", "empty-list"])
        #expect(outcome.kept == [])
        #expect(reasons(outcome) == ["empty-list: both", "wrong-type: both"])
    }

    @Test func `a finding on another line, in another file or of another id stays`() {
        let findings = [
            Diagnostic.sample("empty-list", at: 2, 1),
            Diagnostic.sample("empty-list", file: "other.yaml", at: 1, 1),
            Diagnostic.sample("wrong-type", at: 1, 1),
        ]
        let text = "a # kosbroker:ignore empty-list why"
        let outcome = applySuppressions(to: findings, in: [(file, Array(text.utf8))])
        #expect(outcome.kept.filter { $0.id != "unused-suppression" }.count == 3)
        #expect(outcome.suppressed == [])
    }

    @Test func `without a reason a suppression is a finding, and suppresses nothing`() {
        let outcome = apply("a: [] # kosbroker:ignore empty-list  ")
        #expect(
            outcome.kept.map(\.text) == [
                "init.yaml:1:1: error: it is wrong [empty-list]",
                """
                init.yaml:1:7: warning: this suppression of `empty-list` gives no reason, and \
                suppresses nothing [suppression-without-reason]
                    hint: write `# kosbroker:ignore ID reason`
                """,
            ]
        )
        #expect(outcome.suppressed == [])
        let bare = apply("# kosbroker:ignore", to: [])
        #expect(
            bare.kept.map(\.message) == ["this suppression names neither a finding nor a reason"]
        )
    }

    @Test func `an id that does not exist is a finding, with what may be meant`() {
        let outcome = apply("ключ: [] # kosbroker:ignore empty-lits why")
        #expect(outcome.kept.map(\.id) == ["empty-list", "unknown-finding"])
        #expect(
            outcome.kept[1].text == """
                init.yaml:1:29: warning: no finding is called `empty-lits` [unknown-finding]
                    hint: did you mean `empty-list`?
                """
        )
    }

    @Test func `a suppression that suppresses nothing is a finding`() {
        let outcome = apply("a # kosbroker:ignore wrong-type,empty-list why")
        #expect(outcome.suppressed.map(\.diagnostic.id) == ["empty-list"])
        #expect(
            outcome.kept.map(\.text) == [
                """
                init.yaml:1:22: warning: no `wrong-type` is found on this line [unused-suppression]
                    hint: take the suppression out
                """
            ]
        )
    }

    @Test func `a suppression of what was not looked for is not called useless`() {
        let text = "a # kosbroker:ignore denied-channel why"
        #expect(apply(text, to: [], notLookedFor: ["denied-channel"]).kept == [])
        #expect(apply(text, to: []).kept.map(\.id) == ["unused-suppression"])
    }

    @Test(arguments: ["yaml-syntax", "not-utf8", "duplicate-key", "unreadable"])
    func `faults of YAML and unreadable files stay`(id: String) {
        let outcome = apply(
            "a # kosbroker:ignore \(id) why\nb # kosbroker:ignore empty-list why",
            to: [id]
        )
        #expect(outcome.kept.map(\.id) == [id, "unused-suppression"])
        #expect(outcome.kept[1].message == "`\(id)` cannot be suppressed")
        #expect(outcome.suppressed == [])
    }

    @Test func `what is only a warning of the YAML can be suppressed`() {
        let finding = Diagnostic.sample("duplicate-key", .warning, at: 1, 1)
        let text = "a # kosbroker:ignore duplicate-key why"
        let outcome = applySuppressions(to: [finding], in: [(file, Array(text.utf8))])
        #expect(outcome.kept == [])
    }

    @Test func `a file that is given twice is heard once`() {
        let bytes = Array("a # kosbroker:ignore wrong-type why".utf8)
        let outcome = applySuppressions(to: [], in: [(file, bytes), (file, bytes)])
        #expect(outcome.kept.map(\.id) == ["unused-suppression"])
    }

    @Test func `a document of suppressions alone is gone through in time, boundedly`() {
        let lines = Array(String(repeating: "# kosbroker:ignore no-such why\n", count: 20_000).utf8)
        let ids = Array("# kosbroker:ignore \(String(repeating: "a,", count: 100_000)) why".utf8)
        let marks = Array(String(repeating: "# kosbroker:ignore ", count: 20_000).utf8)
        for bytes in [lines, ids, marks] {
            #expect(applySuppressions(to: [], in: [(file, bytes)]).kept.count == 1000)
        }
    }
}
