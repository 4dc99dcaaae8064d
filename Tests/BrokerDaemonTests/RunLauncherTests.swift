@testable import BrokerDaemon
import Foundation
import SecurityEvents
import Testing

/// What a program finds when it is started, and what is known of its end.
@Suite(.timeLimit(.minutes(1))) struct RunLauncherTests {
    private let process: ProcessName = "P"
    private let launcher = Launcher(environment: [
        Array("PATH=/usr/bin:/bin".utf8), Array("KEPT=old".utf8), Array("CHANGED=old".utf8),
        Array("KOSBROKER_IDENTITY=3:1".utf8), Array("KOSBROKER_DEBUG=1".utf8),
    ])

    /// Starts a command of the shell.
    private func start(
        _ command: String,
        environment: [(key: String, value: String)] = []
    ) throws -> (child: ChildProcess, peer: Int32) {
        let pair = socketPair()
        let program = Program(
            process: process,
            file: "/bin/sh",
            arguments: ["sh", "-c", command],
            environment: environment
        )
        return (try launcher.start(program, identity: Descriptor(pair.far)), pair.near)
    }

    /// Runs a command of the shell to its end.
    private func run(
        _ command: String,
        environment: [(key: String, value: String)] = []
    ) throws -> (output: [String], end: ProgramEnd?) {
        let (child, peer) = try start(command, environment: environment)
        defer { close(peer) }
        let output = readAll(child.output)
        return (output, waitForEnd(of: child))
    }

    @Test func `arguments are passed as they are, the name of the executable first`() throws {
        let pair = socketPair()
        defer { close(pair.near) }
        let arguments = ["name", "-c", #"printf '%s\n' "$0" "$@""#, "zero", "two words", "", "é*"]
        let program = Program(process: process, file: "/bin/sh", arguments: arguments)
        let child = try launcher.start(program, identity: Descriptor(pair.far))
        #expect(readAll(child.output) == ["zero", "two words", "", "é*"])
        #expect(waitForEnd(of: child) == .exit(code: 0))
    }

    @Test func `the environment is the description's over ours, without what is the broker's`()
        throws
    {
        let given = [(key: "CHANGED", value: "new"), (key: "ADDED", value: "a=b c")]
        let lines = try run("env", environment: given).output
        #expect(lines.contains("KEPT=old"))
        #expect(lines.contains("CHANGED=new"))
        #expect(lines.contains("ADDED=a=b c"))
        #expect(!lines.contains("CHANGED=old"))
        #expect(lines.filter { $0.hasPrefix("KOSBROKER_") }.count == 1)
    }

    @Test func `the identity is descriptor 3 and the variable names its socket`() throws {
        let forged = [(key: "KOSBROKER_IDENTITY", value: "3:7")]
        let lines = try run(
            "readlink /proc/self/fd/3; echo $KOSBROKER_IDENTITY",
            environment: forged
        ).output
        let inode = try #require(lines.last?.split(separator: ":").last)
        #expect(lines == ["socket:[\(inode)]", "3:\(inode)"])
    }

    @Test func `a program sees the descriptors 0 to 3 and no others`() throws {
        let stray = [dup(0), dup(0), fcntl(0, F_DUPFD, 200)]
        defer { for descriptor in stray { close(descriptor) } }
        let lines = try run("ls /proc/$$/fd; readlink /proc/$$/fd/0; true").output
        #expect(lines == ["0", "1", "2", "3", "/dev/null"])
    }

    @Test func `no signal is blocked or ignored in a program`() throws {
        var blocked = sigset_t()
        var before = sigset_t()
        unsafe sigemptyset(&blocked)
        unsafe sigaddset(&blocked, SIGUSR1)
        unsafe pthread_sigmask(SIG_BLOCK, &blocked, &before)
        defer { unsafe pthread_sigmask(SIG_SETMASK, &before, nil) }
        signal(SIGPIPE, SIG_IGN)
        let lines = try run("exec grep -E 'Sig(Blk|Ign)' /proc/self/status").output
        let masks = lines.compactMap { UInt64($0.split(separator: "\t").last ?? "", radix: 16) }
        // Two signals are the C library's own.
        #expect(masks.map { $0 & 0x7FFF_FFFF } == [0, 0])
    }

    @Test func `a program is the first of a group of its own`() throws {
        let lines = try run("read -r a b c d group rest < /proc/$$/stat; echo $(($group - $$))")
        #expect(lines.output == ["0"])
    }

    @Test func `standard input is empty`() throws {
        #expect(try run("cat; echo end").output == ["end"])
    }

    @Test func `what cannot be executed is known at once`() throws {
        let folder = try temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let plain = folder.appending(path: "plain").path
        try Data("no program".utf8).write(to: URL(fileURLWithPath: plain))
        let faults: [(String, mode_t, Int32)] = [
            ("\(folder.path)/nothing", 0, ENOENT), (folder.path, 0, EACCES),
            (plain, 0o755, ENOEXEC),
        ]
        for (file, mode, number) in faults {
            if mode != 0 { unsafe chmod(file, mode) }
            let program = Program(process: process, file: file, arguments: ["x"])
            let error = #expect(throws: SystemFault.self) { try fail(program) }
            #expect(error?.number == number)
            #expect(error?.message.contains("cannot execute `\(file)`: ") == true)
        }
    }

    private func fail(_ program: Program) throws {
        let pair = socketPair()
        defer { close(pair.near) }
        _ = try launcher.start(program, identity: Descriptor(pair.far))
    }

    @Test func `an end is an exit code or a signal, and is told once it is there`() throws {
        #expect(try run("exit 3").end == .exit(code: 3))
        #expect(try run("kill -TERM $$").end == .signal(15))
        let (child, peer) = try start("read line <&3")
        defer { close(peer) }
        let wasRunning = !child.reap()
        child.send(SIGKILL)
        #expect(waitForEnd(of: child) == .signal(9))
        #expect(wasRunning)
        #expect(child.reap())
    }

    @Test func `what a program has started in its group ends with it`() throws {
        let (child, peer) = try start("(read line <&3) & echo $!")
        defer { close(peer) }
        #expect(waitUntilReadable(child.endDescriptor))
        let lines = child.output.read().lines
        let left = try #require(lines.first.flatMap { pid_t($0) })
        let descriptor = kosbrokerOpenProcess(left)
        #expect(waitForEnd(of: child) == .exit(code: 0))
        #expect(descriptor < 0 || waitUntilReadable(descriptor))
        if descriptor >= 0 { close(descriptor) }
    }

    @Test func `a pipe that somebody else still holds is drained without waiting for its end`()
        throws
    {
        let (child, peer) = try start("setsid sh -c 'echo other; read line <&3' & wait $!")
        defer { close(peer) }
        #expect(waitUntilReadable(child.output.descriptor))
        child.send(SIGKILL)
        #expect(waitForEnd(of: child) == .signal(9))
        #expect(child.output.drain() == ["other"])
    }
}
