import Foundation
import JSONText
import Testing

/// `kosbroker check` as users run it: what it takes, what it prints, how it ends.
@Suite struct `The check command` {
    private let scratch: Scratch

    private static let description = """
        entities:
        - name: a.A
          connections:
          - {target: a.B, id: b}
        - name: a.B
        - name: a.C

        """
    private static let policy = """
        policy: p
        rules:
        - {id: start, allow: init.execute}
        - {id: join, allow: init.connect, client: a.A}
        - {id: call, allow: cm.connect, client: a.C, server: a.A, endpoint: main}

        """

    init() throws {
        scratch = try Scratch()
        try scratch.write("init.yaml", Self.description)
        try scratch.write("policy.yaml", Self.policy)
    }

    private func check(_ arguments: String..., input: String? = nil) throws -> Run {
        try kosbroker(["check"] + arguments, in: scratch.folder, input: input)
    }

    private func makeFolder(_ name: String) throws {
        try FileManager.default.createDirectory(
            at: scratch.url(name),
            withIntermediateDirectories: true
        )
    }

    // MARK: Exit codes

    @Test func `0 without errors, and notes and warnings do not count`() throws {
        let run = try check("init.yaml", "policy.yaml")
        #expect(run.status == 0)
        #expect(
            run.output == """
                init.yaml:6:9: note: no static channel leads to `a.C` or from it [isolated-process]
                    hint: it can talk to others over channels that are made at run time, or not at all
                2 documents, 0 errors, 0 warnings, 1 note

                """
        )
        #expect(run.errors == "")
        try scratch.write("empty.yaml", "policy: p\n")
        #expect(try check("empty.yaml").status == 0)
        #expect(try check("empty.yaml").output.contains("[empty-policy]"))
    }

    @Test func `1 for an error, and with strict for a warning`() throws {
        try scratch.write("empty.yaml", "policy: p\n")
        #expect(try check("empty.yaml", "--strict").status == 1)
        #expect(try check("init.yaml", "--strict").status == 0)
        try scratch.write("bad.yaml", "entities:\n- nam: a.A\n")
        for format in ["text", "json", "sarif"] {
            #expect(try check("bad.yaml", "--format", format).status == 1, "\(format)")
        }
        try scratch.write("broken.yaml", "entities:\n- name: [a\n")
        #expect(try check("broken.yaml").status == 1)
        try scratch.write("other.yaml", "x: y\n")
        #expect(try check("other.yaml").status == 1)
    }

    @Test func `3 for what cannot be read, while everything else is listed`() throws {
        try scratch.write("bad.yaml", "entities:\n- nam: a.A\n")
        let run = try check("nowhere.yaml", "bad.yaml")
        #expect(run.status == 3)
        #expect(run.output.contains("nowhere.yaml:1:1: error: cannot read `nowhere.yaml`: no such"))
        #expect(run.output.contains("bad.yaml:2:3: error: "))
        #expect(run.output.hasSuffix("2 documents, 2 errors, 1 warning, 0 notes\n"))
        #expect(try check("init.yaml", "--policy", "nowhere.yaml").status == 3)
        #expect(try check("init.yaml", "--with", "nowhere.yaml").status == 3)
        #expect(try check("init.yaml", "--specs", "nowhere").status == 3)
        try scratch.write("tests.yaml", "suite: s\ninit: nowhere.yaml\n")
        #expect(try check("tests.yaml").status == 3)
        try scratch.write("include.yaml", "policy: p\ninclude: [nowhere.yaml]\n")
        #expect(try check("include.yaml").status == 3)
    }

    @Test func `4 where a folder has no documents, and 2 where nothing is named`() throws {
        try makeFolder("empty/inner")
        try scratch.write("empty/inner/other.yaml", "x: y\n")
        let run = try check("empty")
        #expect(run.status == 4)
        #expect(run.errors == "kosbroker: no document was found\n")
        #expect(try check().status == 2)
        #expect(try check("init.yaml", "--update-golden").status == 2)
        #expect(try check("init.yaml", "--format", "xml").status == 2)
        #expect(try check("init.yaml", "--define", "x").status == 2)
    }

    @Test func `5 where the report cannot be written`() throws {
        #expect(try check("init.yaml", "--output", "nowhere/report").status == 5)
    }

    // MARK: What is taken

    @Test func `folders are looked through, hidden ones and links to folders are not`() throws {
        try makeFolder("solution/deep")
        try makeFolder("solution/.hidden")
        try scratch.write("solution/init.yaml.in", Self.description)
        try scratch.write("solution/deep/policy.yml", Self.policy)
        try scratch.write("solution/deep/connect.yaml", "- {target: a.B, id: b, odd: 1}\n")
        try scratch.write("solution/deep/notes.txt", "entities: []\n")
        try scratch.write("solution/.hidden/init.yaml", "entities:\n- nam: a\n")
        try FileManager.default.createSymbolicLink(
            at: scratch.url("solution/deep/back"),
            withDestinationURL: scratch.url("solution")
        )
        let run = try check("solution", "--format", "json")
        let json = try JSONValue(parsing: Array(run.output.utf8))
        let files = json["documents"]?.elements?.compactMap { $0["file"]?.text }
        #expect(
            files == [
                "solution/init.yaml.in", "solution/deep/connect.yaml", "solution/deep/policy.yml",
            ]
        )
        let kinds = json["documents"]?.elements?.compactMap { $0["kind"]?.text }
        #expect(kinds == ["init description", "connect description", "policy"])
        #expect(run.output.contains("solution/deep/connect.yaml"))
        #expect(try check("solution/").output == check("./solution").output)
        #expect(run.status == 0)
    }

    @Test func `a document that is named twice is checked once as far as findings go`() throws {
        let once = try check("init.yaml").output.split(separator: "\n").dropLast()
        let twice = try check("init.yaml", "./init.yaml", ".").output
        #expect(once.allSatisfy { twice.components(separatedBy: $0).count == 2 })
    }

    @Test func `standard input is a document`() throws {
        let run = try check("-", input: "entities:\n- nam: a.A\n")
        #expect(run.status == 1)
        #expect(run.output.hasPrefix("<stdin>:2:3: error: "))
    }

    @Test(arguments: ["\r\n", "\n"])
    func `line ends and a byte order mark move no finding`(end: String) throws {
        let text = "\u{FEFF}entities:\n- name: a.A\n  odd: 1\n- nam: b\n"
        try scratch.write("crlf.yaml", text.replacing("\n", with: end))
        let lines = try check("crlf.yaml").output.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("crlf.yaml:3:3: warning: ") })
        #expect(lines.contains { $0.hasPrefix("crlf.yaml:4:3: error: ") })
    }

    // MARK: Reports

    @Test func `with a policy every declared thing is listed with what decides it`() throws {
        let run = try check("init.yaml", "--policy", "policy.yaml", "--order")
        #expect(run.status == 0)
        expect(run.output, isGolden: "check-policy.text")
        let json = try check(
            "init.yaml",
            "--policy",
            "policy.yaml",
            "--order",
            "--format",
            "json"
        )
        expect(json.output, isGolden: "check-policy.json")
    }

    @Test func `SARIF has every finding at its place`() throws {
        let bad =
            Self.description
            + "- name: a.B\n  task: a.A # kosbroker:ignore duplicate-process why\n  odd: 1\n"
        try scratch.write("bad.yaml", bad)
        try scratch.write("report", "")
        let run = try check("bad.yaml", "--format", "sarif", "--output", "report")
        #expect(run.output == "")
        let log = try JSONValue(parsing: Array((scratch.read("report") ?? "").utf8))
        #expect(log["version"]?.text == "2.1.0")
        let runs = log["runs"]?.elements
        let results = runs?.first?["results"]?.elements ?? []
        let ids = results.compactMap { $0["ruleId"]?.text }
        #expect(ids == ["duplicate-process", "unknown-key"])
        let suppressed = results.filter { $0["suppressions"]?.elements?.isEmpty == false }
        #expect(suppressed.compactMap { $0["ruleId"]?.text } == ["duplicate-process"])
        let place = suppressed.first?["locations"]?.elements?.first?["physicalLocation"]
        #expect(place?["artifactLocation"]?["uri"]?.text == "bad.yaml")
        #expect(place?["region"]?["startLine"]?.integer == 8)
    }

    @Test func `on a terminal the line is shown with a caret, elsewhere not`() throws {
        try scratch.write("bad.yaml", "entities:\n- nam: a.A\n")
        #expect(!(try check("bad.yaml").output.contains("|")))
        guard FileManager.default.fileExists(atPath: "/usr/bin/script") else { return }
        let run = try shell(
            "NO_COLOR=1 script -qec \"$KOSBROKER check bad.yaml\" /dev/null",
            in: scratch.folder
        )
        #expect(run.output.contains("    2 | - nam: a.A"))
        #expect(run.output.contains("      |   ^"))
    }

    // MARK: Suppressions

    @Test func `a comment with a reason takes a finding away, without one it is itself a finding`()
        throws
    {
        func output(_ comment: String) throws -> Run {
            try scratch.write(
                "x.yaml",
                "entities:\n- name: a.A\n- {name: a.A, odd: 1} # kosbroker:ignore \(comment)\n"
            )
            return try check("x.yaml")
        }
        let with = try output("duplicate-process,unknown-key two of them on purpose")
        #expect(with.output == "1 document, 0 errors, 0 warnings, 0 notes, 2 suppressed\n")
        #expect(with.status == 0)
        let without = try output("duplicate-process,unknown-key")
        #expect(without.output.contains("[duplicate-process]"))
        #expect(without.output.contains("[suppression-without-reason]"))
        #expect(without.status == 1)
        #expect(try output("duplicat-process why").output.contains("[unknown-finding]"))
        let other = try output("duplicate-process,unknown-key,self-connection why")
        #expect(other.output.contains("3:72: warning: no `self-connection` is found on this line"))
    }

    @Test func `a finding in the policy is suppressed there, though the description shows it`()
        throws
    {
        let rule = "- {id: old, allow: cm.connect, client: z.*}"
        try scratch.write("policy.yaml", Self.policy + rule + "\n")
        let found = try check("init.yaml", "--policy", "policy.yaml", "--strict")
        #expect(found.status == 1)
        #expect(found.output.contains("policy.yaml:6:3: warning: `old` can never fire"))
        try scratch.write(
            "policy.yaml",
            Self.policy + rule + " # kosbroker:ignore rule-never-fires z comes in May\n"
        )
        for arguments in [["init.yaml"], ["init.yaml", "policy.yaml"], ["."]] {
            let run = try kosbroker(
                ["check", "--strict", "--policy", "./policy.yaml"] + arguments,
                in: scratch.folder
            )
            #expect(run.status == 0, "\(run.output)")
            #expect(run.output.hasSuffix(", 1 suppressed\n"))
        }
    }

    // MARK: Specifications

    @Test func `names are compared with the specifications in a folder`() throws {
        try makeFolder("specs/a")
        try scratch.write("specs/a/A.edl", "entity a.A endpoints { main : a.Main }\n")
        try scratch.write("specs/a/B.edl", "entity a.B\n")
        let run = try check("init.yaml", "--policy", "policy.yaml", "--specs", "specs")
        #expect(run.output.contains("init.yaml:6:9: warning: no EDL declares the class `a.C`"))
        #expect(!run.output.contains("unknown-endpoint"))
        let slip = Self.policy.replacing("endpoint: main", with: "endpoint: man")
        try scratch.write("policy.yaml", slip)
        let found = try check("init.yaml", "--policy", "policy.yaml", "--specs", "specs")
        #expect(found.output.contains("no class in the specifications has an endpoint `man`"))
        #expect(found.output.contains("did you mean `main`?"))
    }
}
