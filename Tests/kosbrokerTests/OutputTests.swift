import Foundation
import Glibc
import JSONText
import Testing

/// Where results, warnings and colours go.
@Suite struct `Output` {
    private let solution: Solution

    init() throws { solution = try Solution() }

    @Test func `a report goes to the file alone`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "--output", "report")
        #expect(run.status == 0)
        #expect(run.output == "")
        #expect(run.errors == "")
        let direct = try solution.kosbroker("test", "passing.yaml")
        #expect(solution.scratch.read("report") == direct.output)
    }

    @Test func `a report replaces the file as a whole`() throws {
        try solution.write("report", "old")
        // Another name for the old contents: writing in place would change them.
        try FileManager.default.linkItem(
            at: solution.scratch.url("report"),
            to: solution.scratch.url("link")
        )
        let before = solution.scratch.contents
        let run = try solution.kosbroker("test", "failing.yaml", "--output", "report")
        #expect(run.status == 1)
        #expect(solution.scratch.read("link") == "old")
        #expect(solution.scratch.read("report")?.contains("0 passed, 1 failed") == true)
        #expect(solution.scratch.contents == before)
    }

    @Test func `an output of - is standard output`() throws {
        let run = try solution.kosbroker("test", "passing.yaml", "--output", "-")
        #expect(run.output.hasSuffix("1 passed, 0 failed\n"))
    }

    @Test(arguments: ["text", "tap", "junit", "json"])
    func `warnings go to standard error, and into JSON too`(format: String) throws {
        let run = try solution.kosbroker("test", "warning.yaml", "--format", format)
        #expect(run.status == 0)
        #expect(run.errors.hasPrefix("warning.yaml:1:1: warning: the suite expects no denial"))
        #expect(run.output.contains("expects no denial") == (format == "json"))
        if format == "json" {
            let json = try JSONValue(parsing: Array(run.output.utf8))
            #expect(json["warnings"]?.elements?.first?["id"]?.text == "no-denial")
        }
    }

    @Test func `a warning about one policy of several suites comes once`() throws {
        try solution.write(
            "policy.yaml",
            "policy: small\nrules:\n- {id: x, allow: init.execute, target: Nobody}\n"
        )
        let run = try solution.kosbroker("test", "empty.yaml", "empty.yaml")
        #expect(run.errors.components(separatedBy: "[unknown-name]").count == 2)
    }

    @Test func `nothing is coloured where no terminal is`() throws {
        let run = try solution.kosbroker("test", "failing.yaml", environment: ["TERM": "xterm"])
        #expect(!run.output.contains("\u{1B}"))
    }

    @Test func `a terminal shows colours, unless NO_COLOR or a file forbids`() throws {
        let command = "test failing.yaml"
        #expect(try onTerminal(command).contains("\u{1B}[31mFAIL\u{1B}[0m"))
        #expect(try !onTerminal(command, ["NO_COLOR": "1"]).contains("\u{1B}[31m"))
        // https://no-color.org: an empty value says nothing.
        #expect(try onTerminal(command, ["NO_COLOR": ""]).contains("\u{1B}[31m"))
        _ = try onTerminal("test failing.yaml --output report")
        #expect(solution.scratch.read("report")?.contains("\u{1B}") == false)
        #expect(try !onTerminal("test failing.yaml --format tap").contains("\u{1B}[31m"))
    }

    /// Runs the program with a terminal for its standard output.
    private func onTerminal(
        _ arguments: String,
        _ environment: [String: String] = [:]
    ) throws -> String {
        // Glibc's module lacks openpty and its kin; these two requests are what they consist of.
        let (unlock, getNumber) = (UInt(0x4004_5431), UInt(0x8004_5430))
        let master = unsafe open("/dev/ptmx", O_RDWR | O_NOCTTY)
        try #require(master >= 0)
        defer { close(master) }
        var (locked, number) = (Int32(0), Int32(0))
        try #require(unsafe ioctl(master, unlock, &locked) == 0)
        try #require(unsafe ioctl(master, getNumber, &number) == 0)
        let slave = unsafe open("/dev/pts/\(number)", O_RDWR | O_NOCTTY)
        try #require(slave >= 0)
        let process = Process()
        process.executableURL = Places.program
        process.arguments = arguments.split(separator: " ").map(String.init)
        process.currentDirectoryURL = solution.folder
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        process.standardOutput = FileHandle(fileDescriptor: slave, closeOnDealloc: false)
        try process.run()
        process.waitUntilExit()
        // What was written waits in the terminal's buffer, which is large enough for it.
        _ = fcntl(master, F_SETFL, O_NONBLOCK)
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(master, &bytes, bytes.count)
        close(slave)
        return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
    }

    @Test func `a suite from standard input is relative to the current folder`() throws {
        let suite = solution.suite("passing", expect: "rcTimeout")
        let run = try solution.kosbroker("test", "-", input: suite)
        #expect(run.status == 0)
        #expect(run.output.hasPrefix("passing (-), policy small\n"))
        let broken = try solution.kosbroker("test", "-", input: "suite: x\n")
        #expect(broken.status == 3)
        #expect(broken.errors.hasPrefix("-:1:1: error: "))
    }

    @Test func `a policy from standard input serves all suites`() throws {
        let policy = try #require(solution.scratch.read("policy.yaml"))
        let run = try solution.kosbroker(
            "test",
            "passing.yaml",
            "warning.yaml",
            "--policy",
            "-",
            input: policy
        )
        #expect(run.status == 0, "\(run.errors)")
        #expect(run.output.contains("2 passed, 0 failed"))
    }

    @Test func `a policy from a pipe is read once`() throws {
        let run = try shell(
            """
            mkfifo pipe; cat policy.yaml > pipe &
            sed 's/policy.yaml/pipe/' passing.yaml | $KOSBROKER test -
            """,
            in: solution.folder
        )
        #expect(run.status == 0, "\(run.errors)")
    }

    @Test func `with, define and name-server change the solution as they say`() throws {
        try solution.write("init.yaml", "entities:\n- name: Server\n  args: [\"@HOST@\"]\n")
        try solution.write("client.yaml", "entities:\n- name: Client\n")
        #expect(try solution.kosbroker("test", "passing.yaml").status == 3)
        #expect(
            try solution.kosbroker(
                "test",
                "passing.yaml",
                "--with",
                "client.yaml",
                "--define",
                "HOST=h"
            ).status == 0
        )
        try solution.write(
            "names.yaml",
            """
            suite: names
            init: init.yaml
            policy: [policy.yaml]
            matrix:
            - {do: ns.create, callers: all, targets: [{path: static}]}

            """
        )
        let plain = try solution.kosbroker(
            "test",
            "names.yaml",
            "--with",
            "client.yaml",
            "--define",
            "HOST=h=i"
        )
        #expect(plain.output.contains("(3 cells)"))
        let named = try solution.kosbroker(
            "test",
            "names.yaml",
            "--with",
            "client.yaml",
            "--define",
            "HOST=h",
            "--name-server",
            "NS"
        )
        #expect(named.output.contains("(4 cells)"))
        let taken = try solution.kosbroker(
            "test",
            "names.yaml",
            "--with",
            "client.yaml",
            "--define",
            "HOST=h",
            "--name-server",
            "Client"
        )
        #expect(taken.status == 3)
        #expect(taken.errors.contains("[name-server-class]"))
    }

    @Test func `a static channel may lead to the name server that is brought in`() throws {
        try solution.write(
            "static.yaml",
            """
            entities:
            - name: Client
              connections:
              - {target: my.NS, id: kl.core.NameServer}

            """
        )
        try solution.write(
            "static-suite.yaml",
            """
            suite: static
            init: static.yaml
            policy: [static-policy.yaml]
            tests:
            - name: over the static channel
              steps:
              - {as: Client, do: ns.create, expect: {rc: rcOk, path: static}}

            """
        )
        try solution.write(
            "static-policy.yaml",
            """
            policy: static
            rules:
            - {id: start, allow: [init.execute, init.connect]}
            - {id: only-static, allow: ns.create, path: static}

            """
        )
        let without = try solution.kosbroker("test", "static-suite.yaml")
        #expect(without.status == 3)
        #expect(without.errors.contains("[dangling-target]"))
        let with = try solution.kosbroker("test", "static-suite.yaml", "--name-server", "my.NS")
        #expect(with.status == 0, "\(with.output)\(with.errors)")
    }
}
