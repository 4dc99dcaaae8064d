import Foundation
import Testing

/// Signals to `kosbroker run`, and programs that are attached by `kosbroker exec`.
@Suite(.timeLimit(.minutes(2))) struct `A running broker` {
    /// A script that goes on whatever it is sent.
    private static let stubborn =
        "trap '' TERM; \(ScriptedSolution.hold); echo ready; read line <&4"
    /// A script that goes on until it is told to end.
    private static let obedient =
        "trap 'echo bye; exit 4' TERM; \(ScriptedSolution.hold); echo ready; read line <&4"

    // MARK: The end

    @Test(arguments: [SIGINT, SIGTERM])
    func `a signal asks the programs to end, and that is a good end`(signal: Int32) throws {
        let solution = try ScriptedSolution(server: Self.obedient)
        let broker = try solution.start("--audit", "log")
        #expect(broker.wait(for: "[a.Server] ready"))
        broker.send(signal)
        let run = broker.finish()
        #expect(run.status == 0)
        #expect(run.errors == "")
        #expect(run.output.contains("[a.Server] bye\n"))
        #expect(run.output.contains("  a.Server: exit code 4\n"))
        #expect(solution.scratch.read("log")?.contains(#""kind":"stop""#) == true)
        #expect(!solution.scratch.contents.contains("control"))
    }

    @Test func `what does not end when asked is made to`() throws {
        let solution = try ScriptedSolution(server: Self.stubborn)
        let broker = try solution.start("--grace", "1")
        #expect(broker.wait(for: "[a.Server] ready"))
        broker.send(SIGTERM)
        let run = broker.finish()
        #expect(run.status == 0)
        #expect(run.output.contains("  a.Server: signal 9\n"))
    }

    @Test func `a second signal does not wait`() throws {
        let solution = try ScriptedSolution(
            server: """
                trap 'echo asked' TERM
                \(ScriptedSolution.hold)
                echo ready
                while :; do read line <&4; done
                """
        )
        let broker = try solution.start("--grace", "3600000")
        #expect(broker.wait(for: "[a.Server] ready"))
        broker.send(SIGINT)
        #expect(broker.wait(for: "[a.Server] asked"))
        broker.send(SIGINT)
        #expect(broker.finish().output.contains("  a.Server: signal 9\n"))
    }

    @Test func `a program that holds the pipe of another does not hold the run`() throws {
        let solution = try ScriptedSolution(
            server: """
                mkfifo fifo
                setsid sh -c 'exec 5<>fifo; echo up; touch up; read line <&5' &
                until test -e up; do :; done
                """
        )
        let run = try solution.run()
        #expect(run.status == 0)
        #expect(run.output.contains("[a.Server] up\n"))
        try solution.scratch.write("fifo", "end\n")
    }

    // MARK: Reload

    @Test func `SIGHUP loads the policy again, or leaves it as it is`() throws {
        let solution = try ScriptedSolution(server: Self.obedient)
        let broker = try solution.start("--audit", "log")
        #expect(broker.wait(for: "[a.Server] ready"))
        try solution.scratch.write("policy.yaml", "policy: broken\nrules: [\n")
        broker.send(SIGHUP)
        #expect(broker.wait(for: "not reloaded, the policy stays as it was:\n"))
        #expect(broker.wait(for: "policy.yaml:"))
        try solution.scratch.write("policy.yaml", "policy: other\nrules:\n- {id: x, deny: all}\n")
        broker.send(SIGHUP)
        #expect(broker.wait(for: "reloaded: policy other, digest "))
        broker.send(SIGINT)
        #expect(broker.finish().status == 0)
        let log = try #require(solution.scratch.read("log")).split(separator: "\n")
        let reloads = log.filter { $0.contains(#""kind":"reload""#) }
        #expect(reloads.count == 1)
        #expect(reloads.allSatisfy { $0.contains(#""policy":"other""#) })
        #expect(reloads.allSatisfy { $0.contains(#""generation":1"#) })
    }

    @Test func `a reload that revokes closes what the new policy denies`() throws {
        for mode in ["keep", "revoke"] {
            let solution = try ScriptedSolution(server: Self.obedient, client: Self.obedient)
            let broker = try solution.start("--audit", "log", "--on-reload", mode)
            #expect(broker.wait(for: "[a.Server] ready"))
            #expect(broker.wait(for: "[a.Client] ready"))
            try solution.write(policy: "")
            broker.send(SIGHUP)
            #expect(broker.wait(for: "reloaded: "))
            broker.send(SIGINT)
            let run = broker.finish()
            let isDenied = run.output.contains("connection srv; denied, no rule allows it")
            #expect(isDenied == (mode == "revoke"))
        }
    }

    // MARK: Exec

    @Test func `a process that waits gets its program by hand, and the run ends with it`() throws {
        let solution = try ScriptedSolution()
        let broker = try solution.start("--external", "a.Client")
        #expect(
            broker.wait(
                for: "`a.Client` waits for a program: kosbroker exec --as a.Client -- COMMAND"
            )
        )
        #expect(broker.wait(for: "`a.Server` ended"))
        let program = try solution.exec(
            as: "a.Client",
            "sh",
            "-c",
            #"echo "$0 $1" $(readlink /proc/self/fd/3) $KOSBROKER_IDENTITY; exit 7"#,
            "x",
            "y"
        )
        #expect(program.status == 7)
        let words = program.output.split(separator: " ")
        #expect(words.first == "x")
        let inode = words.last?.dropFirst(2).trimmingCharacters(in: .newlines) ?? ""
        #expect(program.output == "x y socket:[\(inode)] 3:\(inode)\n")
        let run = broker.finish()
        #expect(run.status == 0)
        #expect(run.output.contains("`a.Client` has a program now\n"))
        #expect(run.output.contains("  a.Client: its program is gone\n"))
        // It was decided once, at the start.
        #expect(run.output.contains("3 allowed, 0 denied"))
    }

    @Test func `a process that runs, is not there or is denied gets no program`() throws {
        let solution = try ScriptedSolution(server: Self.obedient)
        try solution.write(policy: "- {id: no-client, deny: init.execute, target: a.Client}")
        let broker = try solution.start()
        #expect(broker.wait(for: "[a.Server] ready"))
        let running = try solution.exec(as: "a.Server", "touch", "started")
        #expect(running.status == 5)
        #expect(running.errors == "kosbroker: `a.Server` runs already\n")
        let unknown = try solution.exec(as: "a.Nobody", "touch", "started")
        #expect(unknown.status == 5)
        #expect(unknown.errors == "kosbroker: the solution has no process `a.Nobody`\n")
        let denied = try solution.exec(as: "a.Client", "touch", "started")
        #expect(denied.status == 1)
        #expect(
            denied.errors == "kosbroker: the broker does not start `a.Client`: "
                + "denied by rule no-client\n"
        )
        #expect(!solution.scratch.contents.contains("started"))
        broker.send(SIGINT)
        // The server's start and the attempt to start it again; the client's start, twice denied.
        #expect(broker.finish().output.contains("2 allowed, 2 denied"))
    }

    @Test func `a program that ended can be started again by hand, and is decided anew`() throws {
        let solution = try ScriptedSolution(server: Self.obedient)
        let broker = try solution.start()
        #expect(broker.wait(for: "[a.Server] ready"))
        #expect(broker.wait(for: "`a.Client` ended: exit code 0"))
        #expect(try solution.exec(as: "a.Client", "true").status == 0)
        #expect(broker.wait(for: "`a.Client` ended: its program is gone"))
        broker.send(SIGINT)
        #expect(broker.finish().output.contains("  3 allowed by rule start\n"))
    }

    @Test func `a program that is not there is no program's end: its process goes on waiting`()
        throws
    {
        let solution = try ScriptedSolution()
        try solution.scratch.write("text", "no program")
        let broker = try solution.start("--external", "a.Client")
        #expect(broker.wait(for: "`a.Server` ended"))
        for (name, why) in [
            ("./nothing", "No such file or directory"), ("nothing", "No such file or directory"),
            ("", "No such file or directory"), ("./text", "Permission denied"),
            ("/tmp", "Permission denied"),
        ] {
            let missing = try solution.exec(as: "a.Client", name)
            #expect(missing.status == 5)
            #expect(missing.errors == "kosbroker: cannot execute `\(name)`: \(why)\n")
        }
        #expect(try solution.exec(as: "a.Client", "true").status == 0)
        let run = broker.finish()
        #expect(run.output.contains("2 allowed by rule start\n"))
        #expect(run.output.components(separatedBy: "has a program now").count == 2)
    }

    @Test func `without a broker there is nothing to attach to`() throws {
        let solution = try ScriptedSolution()
        let none = try solution.exec(as: "a.Client", "true")
        #expect(none.status == 5)
        #expect(
            none.errors == "kosbroker: no broker answers at `control`: No such file or directory\n"
        )
        let unnamed = try kosbroker(
            ["exec", "--as", "a.Client", "--", "true"],
            environment: ["XDG_RUNTIME_DIR": solution.scratch.folder.path]
        )
        #expect(unnamed.status == 5)
        #expect(unnamed.errors.hasPrefix("kosbroker: no broker listens in "))
        for arguments in [["exec"], ["exec", "--as", "a.Client"], ["exec", "--", "true"]] {
            #expect(try kosbroker(arguments).status == 2)
        }
    }

    @Test func `the one broker that runs is found by itself`() throws {
        let solution = try ScriptedSolution()
        let command = """
            export XDG_RUNTIME_DIR=$PWD
            $KOSBROKER run init.yaml --policy policy.yaml --external a.Client > out &
            until grep -qs waits out; do :; done
            $KOSBROKER exec --as a.Client -- sh -c 'echo attached'
            wait
            """
        let run = try shell(command, in: solution.scratch.folder)
        #expect(run.output == "attached\n")
        #expect(run.errors == "")
        #expect(solution.scratch.contents.contains("kosbroker"))
        #expect(!solution.scratch.contents.contains { $0.hasPrefix("kosbroker/") })
    }

    // MARK: Terminal

    @Test func `a terminal that takes nothing stops neither the programs nor the end`() throws {
        let solution = try ScriptedSolution(
            server: "head -c 10000000 /dev/zero | tr '\\0' '\\n'; echo never",
            client: "echo client > client.done"
        )
        let broker = try solution.start("--grace", "1")
        #expect(broker.wait(for: "[a.Server] "))
        while !solution.scratch.contents.contains("client.done") { _ = sched_yield() }
        broker.send(SIGTERM)
        let run = broker.finish()
        #expect(run.status == 0)
        #expect(run.output.contains("\n  a.Client: exit code 0\n"))
    }

    @Test func `other processes of the user cannot look into the broker`() throws {
        guard getuid() != 0 else { return }
        let solution = try ScriptedSolution(server: "ls /proc/$PPID/fd || echo hidden")
        #expect(try solution.run().output.contains("hidden"))
        #expect(!(try solution.run("--dumpable").output.contains("hidden")))
    }
}
