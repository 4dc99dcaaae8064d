import Foundation
import JSONText
import Testing

/// `kosbroker run` as users run it: what it starts, what it tells, how it ends.
@Suite(.timeLimit(.minutes(2))) struct `The run command` {
    /// The lines that are the broker's, without their times.
    private func broker(_ run: Run) -> [String] {
        run.output.split(separator: "\n").filter { !$0.hasPrefix("[") }.map { line in
            let parts = line.split(separator: " s  ", maxSplits: 1)
            let isTime = parts.count == 2 && parts[0].allSatisfy { $0.isNumber || $0 == "." }
            return String(isTime ? parts[1] : line)
        }
    }

    @Test func `servers are decided and started before their clients, then all is summed up`()
        throws
    {
        let solution = try ScriptedSolution(
            server: #"echo "$COLOUR $*"; echo trouble >&2"#,
            client: "exit 3"
        )
        let run = try solution.run()
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(run.output.contains("[a.Server] green one two words\n"))
        #expect(run.output.contains("[a.Server] trouble\n"))
        let lines = broker(run)
        #expect(lines.count == 12)
        #expect(lines[0].hasPrefix("init.yaml: 2 processes, 1 static channel; policy small, "))
        #expect(
            lines[1...4] == [
                "  control socket: control",
                "init.execute: process Einit, target a.Server; allowed by rule start",
                "init.execute: process Einit, target a.Client; allowed by rule start",
                "init.connect: process Einit, client a.Client, server a.Server, connection srv; "
                    + "allowed by rule join",
            ]
        )
        #expect(
            lines[5...6].sorted() == [
                "`a.Client` ended: exit code 3", "`a.Server` ended: exit code 0",
            ]
        )
        #expect(lines[7].hasPrefix("ran for "))
        #expect(
            lines[7].hasSuffix(
                ": 2 processes, 1 channel (1 static), 3 allowed, 0 denied"
            )
        )
        #expect(
            lines[8...] == [
                "  a.Server: exit code 0", "  a.Client: exit code 3",
                "  2 allowed by rule start", "  1 allowed by rule join",
            ]
        )
        #expect(!solution.scratch.contents.contains("control"))
    }

    @Test func `with quiet no decision is shown, and the summary still counts them`() throws {
        let run = try ScriptedSolution().run("--quiet")
        #expect(!run.output.contains("init.execute"))
        #expect(run.output.contains("3 allowed, 0 denied"))
        #expect(run.output.contains("[a.Client] client\n"))
    }

    @Test func `what the policy refuses does not start, and the rest goes on`() throws {
        let solution = try ScriptedSolution()
        try solution.write(policy: "- {id: no-client, deny: init.execute, target: a.Client}")
        let run = try solution.run()
        #expect(run.status == 0)
        #expect(
            run.output.contains(
                "  refused: init.execute: process Einit, target a.Client; "
                    + "denied by rule no-client\n"
                    + "  the SDK's Einit would exit there; the run goes on without them\n"
            )
        )
        #expect(run.output.contains("[a.Server] server\n"))
        #expect(!run.output.contains("[a.Client]"))
        #expect(run.output.contains("\n  a.Client: refused at start\n"))
        let permissive = try solution.run("--mode", "permissive")
        #expect(permissive.output.contains("  permissive: what the policy denies is recorded"))
        #expect(permissive.output.contains("denied by rule no-client, goes on (permissive)\n"))
        #expect(permissive.output.contains("[a.Client] client\n"))
    }

    @Test func `the audit log has every record, and an earlier one is gone on with`() throws {
        let solution = try ScriptedSolution()
        #expect(try solution.run("--audit", "log").status == 0)
        let log = try #require(solution.scratch.read("log"))
        let kinds = try log.split(separator: "\n").map {
            try JSONValue(parsing: Array($0.utf8))["kind"]?.text ?? ""
        }
        #expect(kinds.first == "start")
        #expect(kinds.last == "stop")
        #expect(kinds.count { $0 == "process.ended" } == 2)
        #expect(try solution.run("--audit", "log", "--audit-sync", "each").status == 0)
        let longer = try #require(solution.scratch.read("log"))
        #expect(longer.hasPrefix(log))
        #expect(longer.split(separator: "\n").count == 2 * kinds.count)
        let verified = try kosbroker(["audit", "verify", "log"], in: solution.scratch.folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func `a torn line is set aside and said, and the chain goes on`() throws {
        let solution = try ScriptedSolution()
        #expect(try solution.run("--audit", "log").status == 0)
        let log = try #require(solution.scratch.read("log"))
        try solution.scratch.write("log", log + #"{"v":1,"seq":"#)
        let again = try solution.run("--audit", "log")
        #expect(again.status == 0)
        #expect(again.errors.contains("was torn: its 13 bytes are in `log.torn-1`"))
        #expect(solution.scratch.read("log.torn-1") == #"{"v":1,"seq":"#)
        let verified = try kosbroker(["audit", "verify", "log"], in: solution.scratch.folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func `what is no log, or has another key, is not gone on with`() throws {
        let solution = try ScriptedSolution()
        try solution.scratch.write("log", "these are words\n")
        #expect(try solution.run("--audit", "log").status == 3)
        #expect(solution.scratch.read("log") == "these are words\n")
        try solution.scratch.write("key", "0123456789abcdef")
        #expect(try solution.run("--audit", "keyed", "--audit-key", "key").status == 0)
        let keyed = try #require(solution.scratch.read("keyed"))
        #expect(try solution.run("--audit", "keyed").status == 3)
        #expect(solution.scratch.read("keyed") == keyed)
        let folder = solution.scratch.folder
        let with = try kosbroker(["audit", "verify", "keyed", "--audit-key", "key"], in: folder)
        #expect(with.status == 0, "\(with.output)")
        #expect(try kosbroker(["audit", "verify", "keyed"], in: folder).status == 1)
    }

    @Test func `a log goes on in another file before one is too large`() throws {
        let solution = try ScriptedSolution()
        let run = try solution.run("--audit", "log", "--audit-rotate-size", "2000")
        #expect(run.status == 0)
        #expect(solution.scratch.contents.contains("log.1"))
        let verified = try kosbroker(["audit", "verify", "log"], in: solution.scratch.folder)
        #expect(verified.status == 0, "\(verified.output)")
    }

    @Test func `in JSON every line is an object, and records are as in the log`() throws {
        let solution = try ScriptedSolution()
        let run = try solution.run("--format", "json", "--audit", "log")
        #expect(run.status == 0)
        let lines = run.output.split(separator: "\n")
        let values = try lines.map { try JSONValue(parsing: Array($0.utf8)) }
        #expect(values.first?["run"]?.text == "start")
        #expect(values.last?["run"]?.text == "summary")
        #expect(values.contains { $0["run"]?.text == "output" && $0["text"]?.text == "client" })
        let records = lines.filter { $0.hasPrefix(#"{"v":1"#) }.joined(separator: "\n") + "\n"
        #expect(records == solution.scratch.read("log"))
    }

    @Test func `standard output that is closed harms neither the run nor its log`() throws {
        let solution = try ScriptedSolution()
        let run = try shell(
            "$KOSBROKER run init.yaml --policy policy.yaml --control control --audit log >&-",
            in: solution.scratch.folder
        )
        #expect(!run.crashed)
        let log = try #require(solution.scratch.read("log"))
        #expect(log.split(separator: "\n").allSatisfy { $0.hasPrefix(#"{"v":1,"seq":"#) })
        #expect(log.contains(#""kind":"stop""#))
        let head = try shell(
            "$KOSBROKER run init.yaml --policy policy.yaml --control control --audit log2 | true",
            in: solution.scratch.folder
        )
        #expect(!head.crashed)
        #expect(solution.scratch.read("log2")?.contains(#""kind":"stop""#) == true)
    }

    // MARK: What newcomers do

    @Test func `2 for a command line that is wrong`() throws {
        let solution = try ScriptedSolution()
        for arguments in [
            [], ["init.yaml"], ["init.yaml", "--policy", "policy.yaml", "--mode", "off"],
            ["init.yaml", "--policy", "policy.yaml", "--limit", "waiting"],
            ["init.yaml", "--policy", "policy.yaml", "--limit", "wating=1"],
            ["init.yaml", "--policy", "policy.yaml", "--limit", "waiting=-1"],
            ["init.yaml", "--policy", "policy.yaml", "--external", "a.Clent"],
            ["init.yaml", "--policy", "policy.yaml", "--on-reload", "drop"],
            ["init.yaml", "--policy", "policy.yaml", "--name-server", "a.Client"],
            ["init.yaml", "other.yaml", "--policy", "policy.yaml"],
        ] {
            let run = try kosbroker(["run"] + arguments, in: solution.scratch.folder)
            #expect(run.status == 2, "\(arguments): \(run.errors)")
            #expect(run.output == "")
        }
        let run = try solution.run("--external", "a.Clent")
        #expect(
            run.errors.contains("the solution has no process `a.Clent`; did you mean `a.Client`")
        )
    }

    @Test func `3 for documents that are missing or wrong, all of them at once`() throws {
        let solution = try ScriptedSolution()
        let missing = try kosbroker(
            ["run", "int.yaml", "--policy", "nowhere.yaml"],
            in: solution.scratch.folder
        )
        #expect(missing.status == 3)
        #expect(missing.output == "")
        #expect(missing.errors.contains("`int.yaml`"))
        #expect(missing.errors.contains("`nowhere.yaml`"))
        try solution.scratch.write("policy.yaml", "policy: p\nrules:\n- {id: x, alow: all}\n")
        let invalid = try solution.run()
        #expect(invalid.status == 3)
        #expect(invalid.errors.hasPrefix("policy.yaml:3:3: error: "))
    }

    @Test func `3 for a macro that would be passed to a program`() throws {
        let solution = try ScriptedSolution()
        try solution.scratch.write(
            "init.yaml",
            "entities:\n- name: a.Server\n  args: [\"@WHERE@\"]\n"
        )
        let run = try solution.run()
        #expect(run.status == 3)
        #expect(run.errors.contains("init.yaml:3:9: error: the value of `@WHERE@` is not known"))
        let defined = try solution.run("--define", "WHERE=here")
        #expect(defined.status == 0)
    }

    @Test func `5 where programs are missing, and then nothing starts`() throws {
        let solution = try ScriptedSolution(server: "touch started")
        try FileManager.default.removeItem(at: solution.scratch.url("Client"))
        let run = try solution.run()
        #expect(run.status == 5)
        #expect(run.output == "")
        #expect(
            run.errors == """
                kosbroker: no program that can be executed is there for
                  `a.Client`: `./Client`
                say where programs are with --programs FOLDER; or which processes wait for
                `kosbroker exec` with --external PROCESS

                """
        )
        #expect(!solution.scratch.contents.contains("started"))
        let elsewhere = try solution.run("--programs", "bin", "--programs", "/none/")
        #expect(elsewhere.errors.contains("`a.Server`: `bin/Server`, `/none/Server`\n"))
    }

    @Test func `5 where a program cannot be executed, and those before it are ended`() throws {
        let solution = try ScriptedSolution(server: "\(ScriptedSolution.hold); exec cat <&4")
        try solution.scratch.write("Client", "no program")
        let run = try solution.run()
        #expect(run.status == 5)
        #expect(run.errors == "kosbroker: cannot execute `./Client`: Exec format error\n")
        #expect(run.output.contains("  a.Server: signal 15\n"))
    }

    @Test func `5 where there is no place for the control socket, without a summary of nothing`()
        throws
    {
        for format in ["text", "json"] {
            let run = try ScriptedSolution().run("--format", format, "--control", "none/socket")
            #expect(run.status == 5)
            #expect(run.output == "")
            #expect(
                run.errors
                    == "kosbroker: cannot listen at `none/socket`: No such file or directory\n"
            )
        }
    }

    @Test func `programs are found by path in the folders that are named, in order`() throws {
        let solution = try ScriptedSolution()
        try solution.scratch.write(
            "init.yaml",
            "entities:\n- {name: a.B, path: tools/prog}\n- {name: a.C, path: ../Server}\n"
        )
        for folder in ["one/tools", "two/tools"] {
            try FileManager.default.createDirectory(
                at: solution.scratch.url(folder),
                withIntermediateDirectories: true
            )
        }
        try solution.program("two/tools/prog", "echo two $0")
        let outside = try solution.run("--programs", "one", "--programs", "two")
        #expect(outside.status == 5)
        #expect(
            outside.errors.contains(
                "  `a.C`: the path `../Server` names no file in the folders\n"
            )
        )
        #expect(!outside.errors.contains("`a.B`"))
        try solution.scratch.write("init.yaml", "entities:\n- {name: a.B, path: tools/prog}\n")
        let found = try solution.run("--programs", "one", "--programs", "two")
        #expect(found.output.contains("[a.B] two two/tools/prog\n"))
        try solution.program("one/tools/prog", "echo one")
        let first = try solution.run("--programs", "one", "--programs", "two")
        #expect(first.output.contains("[a.B] one\n"))
    }
}
