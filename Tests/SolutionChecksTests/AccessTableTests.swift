import Diagnostics
import SolutionChecks
import Testing

@Suite struct `The approved table` {
    private static let description = """
        entities:
        - {name: a.A, connections: [{target: a.B, id: b}]}
        - {name: a.B, connections: [{target: a.C, id: c}]}
        - name: a.C
        """
    private static let policy = """
        policy: p
        rules:
        - {id: start, allow: init.execute}
        - {id: join, allow: init.connect, client: a.A}
        - {id: call, allow: cm.connect, client: a.C, server: a.A}
        """
    private static let heading =
        "# Who may talk to whom; written by kosbroker check --update-golden.\n"

    private func table(policy: String? = policy) throws -> AccessTable {
        let checked = try #require(
            Documents(Self.description, policy: policy).run().descriptions.first
        )
        return AccessTable(checked.solution, checked.table)
    }

    private func differences(_ approved: String) throws -> [String] {
        try table().differences(from: Array(approved.utf8), file: "golden").map(\.text)
    }

    @Test func `it lists what the policy allows of the declared, and what it allows beside`() throws
    {
        #expect(
            try table().text() == Self.heading + "dynamic a.C -> a.A\nstatic a.A -> a.B as b\n"
        )
    }

    @Test func `without a policy it lists what is declared`() throws {
        #expect(
            try table(policy: nil).text() == Self.heading
                + "static a.A -> a.B as b\nstatic a.B -> a.C as c\n"
        )
    }

    @Test func `a table is as it was written, whatever order, ends of lines and comments`() throws {
        for approved in [
            "dynamic a.C -> a.A\nstatic a.A -> a.B as b\n",
            "static a.A -> a.B as b\ndynamic a.C -> a.A",
            "# mine\r\nstatic a.A -> a.B as b\r\n\r\n# why\r\ndynamic a.C -> a.A\r\n",
            "\u{FEFF}# mine\r\nstatic a.A -> a.B as b\r\ndynamic a.C -> a.A\r\n",
            "\u{FEFF}static a.A -> a.B as b\ndynamic a.C -> a.A\ndynamic a.C -> a.A\n",
        ] {
            #expect(try differences(approved) == [], "\(approved)")
        }
    }

    @Test func `what was removed is told at its line, what was added at the end`() throws {
        #expect(
            try differences("# x\nstatic a.A -> a.B as b\nstatic a.X -> a.B as b\n") == [
                """
                golden:3:1: error: approved, and no longer there: static a.X -> a.B as b \
                [access-removed]
                    hint: --update-golden takes it out
                """,
                """
                golden:4:1: error: not approved: dynamic a.C -> a.A [access-added]
                    hint: --update-golden approves it
                """,
            ]
        )
        #expect(try differences("").count == 2)
    }

    @Test func `an updated table keeps the comments of the lines that stay`() throws {
        let approved = """
            # reviewed in spring

            # A needs B for its logs,
            # says the architect
            static a.A -> a.B as b
            # an old story
            static a.X -> a.B as b
            # to be read later

            """
        let updated = try table().text(over: Array(approved.replacing("\n", with: "\r\n").utf8))
        #expect(
            updated == Self.heading + """
                # reviewed in spring
                # to be read later

                dynamic a.C -> a.A
                # A needs B for its logs,
                # says the architect
                static a.A -> a.B as b

                """
        )
        #expect(try table().text(over: Array(updated.utf8)) == updated)
        #expect(try differences(updated) == [])
    }

    @Test func `two names that look alike are two`() throws {
        let documents = Documents(
            "entities:\n- {name: a.A, connections: [{target: a.B, id: \"\u{E9}\"}]}\n- name: a.B\n"
        )
        let checked = try #require(documents.run().descriptions.first)
        let found = AccessTable(checked.solution, nil)
            .differences(from: Array("static a.A -> a.B as e\u{301}\n".utf8), file: "golden")
        #expect(found.map(\.id) == ["access-removed", "access-added"])
    }
}
