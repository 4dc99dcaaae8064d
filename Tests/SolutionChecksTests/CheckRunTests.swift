import Diagnostics
import LocatedYAML
import SecurityEvents
import SolutionChecks
import Testing

@Suite struct `A check of several documents` {
    @Test func `a suite, its description and its policy have each finding once`() {
        var documents = Documents(
            "entities:\n- {name: a.A, connections: [{target: a.A, id: a}]}\n",
            policy: "policy: p\n"
        )
        documents.options.policies = []
        documents.files["tests.yaml"] = """
            suite: s
            init: init.yaml
            policy: policy.yaml
            matrix: [{do: cm.listen, callers: all}]

            """
        #expect(
            documents.ids("init.yaml", "policy.yaml", "tests.yaml") == [
                "init.yaml:2 warning self-connection", "policy.yaml:1 warning empty-policy",
            ]
        )
    }

    @Test func `a file that is reached by two paths has one name, its findings and suppressions`() {
        let policy = """
            policy: p
            rules:
            - {id: start, allow: init.execute}
            # The next one waits for a program to come.
            - {id: x, allow: cm.connect, client: z.*} # kosbroker:ignore rule-never-fires it comes
            - {id: y, allow: cm.connect, client: y.*}

            """
        let files = ["init.yaml": "entities:\n- name: a.A\n", "policy.yaml": policy]
        @Sendable func name(_ path: String) -> String {
            String(path.split(separator: "/").last ?? "")
        }
        let source = DocumentSource(
            identity: { Array(name($0).utf8) },
            read: { path, _ in
                guard let text = files[name(path)] else {
                    return .failure(ReadFault("no such file"))
                }
                return .success(Array(text.utf8))
            }
        )
        var options = CheckOptions()
        options.policies = ["link/policy.yaml"]
        var run = CheckRun(options, from: source, hash: { _ in .zero })
        run.check("init.yaml", isNamed: true)
        run.check("policy.yaml", isNamed: true)
        #expect(
            run.outcome.kept.map { "\($0.place.file):\($0.place.line) \($0.id)" } == [
                "policy.yaml:6 rule-never-fires"
            ]
        )
        #expect(run.outcome.suppressed.map(\.reason) == ["it comes"])
    }

    @Test func `a suppression is useless only where the run looked for its finding`() {
        let policy = """
            policy: p
            rules:
            - {id: start, allow: init.execute} # kosbroker:ignore rule-never-fires,unknown-name reason
            """
        let description = """
            entities:
            - name: a.A # kosbroker:ignore denied-process,unknown-interface reason
            """
        var documents = Documents(description, policy: policy)
        // Put to the policy: both are looked for, and not found.
        #expect(
            documents.ids("init.yaml", "policy.yaml") == [
                "init.yaml:2 warning unused-suppression",
                "policy.yaml:3 warning unused-suppression",
                "policy.yaml:3 warning unused-suppression",
            ]
        )
        #expect(documents.ids("policy.yaml") == [])
        documents.files["other.yaml"] = policy.replacing("policy: p", with: "policy: q")
        #expect(
            documents.ids("init.yaml", "other.yaml").filter { $0.hasPrefix("other") } == []
        )
        documents.options.policies = []
        #expect(documents.ids("init.yaml", "policy.yaml") == [])
    }

    @Test func `everything is listed though a document cannot be read`() {
        let documents = Documents("entities:\n- nam: a.A\n")
        let run = documents.run("nowhere.yaml", "init.yaml")
        #expect(run.hasUnreadable)
        #expect(
            run.outcome.kept.map { $0.id }.sorted() == ["missing-key", "unknown-key", "unreadable"]
        )
    }

    @Test func `a policy with errors is said to be missing, and the rest is checked`() {
        let run = Documents("entities:\n- name: a.A\n", policy: "policy: p\nrule: []\n").run()
        #expect(run.lacksPolicy)
        #expect(run.descriptions.count == 1)
        #expect(run.descriptions.first?.table == nil)
        #expect(run.outcome.kept.map(\.place.file) == ["policy.yaml"])
    }

    @Test func `standard input is called so`() {
        var documents = Documents()
        documents.files["-"] = "entities:\n- name: a.A\n  x: y\n"
        let run = documents.run("-")
        #expect(run.outcome.kept.map(\.place.file) == ["<stdin>"])
        #expect(run.contents(of: "<stdin>") != nil)
    }
}
