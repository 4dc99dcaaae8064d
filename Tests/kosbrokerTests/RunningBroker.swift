import Foundation

/// A `kosbroker run` that goes on while a test looks at what it writes.
final class RunningBroker {
    private let process = Process()
    private let output = Pipe()
    private let errorsFile: URL
    private var read = ""

    /// Starts a run.
    ///
    /// - Parameters:
    ///   - arguments: those after `run`.
    ///   - folder: where it runs and has its control socket.
    /// - Throws: what keeps the program from being run at all.
    init(_ arguments: [String], in folder: Scratch) throws {
        process.executableURL = Places.program
        process.arguments = ["run", "--control", "control"] + arguments
        process.currentDirectoryURL = folder.folder
        process.environment = ["PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        errorsFile = folder.url("errors")
        try folder.write("errors", "")
        process.standardError = try FileHandle(forWritingTo: errorsFile)
        try process.run()
        output.fileHandleForWriting.closeFile()
    }

    deinit { if process.isRunning { process.terminate() } }

    /// Reads until `text` has been written.
    ///
    /// - Parameter text: what is waited for.
    /// - Returns: whether it was before the end.
    func wait(for text: String) -> Bool {
        while !read.contains(text) {
            // A test that waits in vain fails instead of waiting for ever.
            let descriptor = output.fileHandleForReading.fileDescriptor
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&entry, 1, 20_000) == 1 else {
                process.terminate()
                return false
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return false }
            read += String(decoding: data, as: UTF8.self)
        }
        return true
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    /// Waits for the end.
    ///
    /// - Returns: it, and all that was written.
    func finish() -> Run {
        read += String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(),
            as: UTF8.self
        )
        process.waitUntilExit()
        return Run(
            status: process.terminationStatus,
            crashed: process.terminationReason == .uncaughtSignal,
            output: read,
            errors: (try? String(contentsOf: errorsFile, encoding: .utf8)) ?? ""
        )
    }
}

/// A solution of a server and a client whose programs are shell scripts.
struct ScriptedSolution {
    let scratch: Scratch

    /// Commands that make 4 a descriptor from which reading waits for ever.
    static let hold = "mkfifo hold.$$; exec 4<>hold.$$; rm hold.$$"

    init(server: String = "echo server", client: String = "echo client") throws {
        scratch = try Scratch()
        try scratch.write(
            "init.yaml",
            """
            entities:
            - name: a.Client
              connections:
              - {target: a.Server, id: srv}
            - name: a.Server
              args: [one, "two words"]
              env: {COLOUR: green}

            """
        )
        try write(policy: "- {id: join, allow: init.connect}")
        try program("Server", server)
        try program("Client", client)
    }

    func write(policy rules: String) throws {
        try scratch.write(
            "policy.yaml",
            "policy: small\nrules:\n- {id: start, allow: init.execute, process: Einit}\n\(rules)\n"
        )
    }

    func program(_ name: String, _ script: String) throws {
        try scratch.write(name, "#!/bin/sh\n\(script)\n")
        try FileManager.default.setAttributes(
            [.posixPermissions: 0o755],
            ofItemAtPath: scratch.url(name).path
        )
    }

    /// Runs it to its end.
    func run(_ arguments: String...) throws -> Run {
        try kosbroker(
            ["run", "init.yaml", "--policy", "policy.yaml", "--control", "control"] + arguments,
            in: scratch.folder
        )
    }

    /// Starts it.
    func start(_ arguments: String...) throws -> RunningBroker {
        try RunningBroker(["init.yaml", "--policy", "policy.yaml"] + arguments, in: scratch)
    }

    /// Attaches a program to it, to its end.
    func exec(as process: String, _ command: String...) throws -> Run {
        try kosbroker(
            ["exec", "--as", process, "--control", "control", "--"] + command,
            in: scratch.folder
        )
    }
}
