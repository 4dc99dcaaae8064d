import Foundation
import Testing

/// One run of the built `kosbroker`, and what came of it.
struct Run {
    var status: Int32
    /// Whether a signal ended it: never, however bad its input.
    var crashed: Bool
    var output: String
    var errors: String
}

/// Runs the program that stands beside these tests.
///
/// - Parameters:
///   - arguments: without the program's name.
///   - folder: the current folder of the run.
///   - input: the standard input; nil for an empty one.
///   - environment: added to a small one of its own.
/// - Returns: its end and all that it wrote.
/// - Throws: what keeps the program from being run at all.
func kosbroker(
    _ arguments: [String],
    in folder: URL = Places.examples,
    input: String? = nil,
    environment: [String: String] = [:]
) throws -> Run {
    try run(Places.program.path, arguments, in: folder, input: input, environment)
}

/// Runs a command of the shell in which `$KOSBROKER` is the program.
///
/// - Parameters:
///   - command: the command; its end is that of the run.
///   - folder: the current folder of the run.
/// - Returns: its end and all that it wrote.
/// - Throws: what keeps the shell from being run at all.
func shell(_ command: String, in folder: URL = Places.examples) throws -> Run {
    let environment = ["KOSBROKER": Places.program.path]
    return try run("/bin/sh", ["-c", command], in: folder, input: nil, environment)
}

private func run(
    _ program: String,
    _ arguments: [String],
    in folder: URL,
    input: String?,
    _ environment: [String: String]
) throws -> Run {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    process.currentDirectoryURL = folder
    process.environment = environment.merging(["PATH": "/usr/bin:/bin"]) { own, _ in own }
    try scratch.write("stdin", input ?? "")
    process.standardInput = try FileHandle(forReadingFrom: scratch.url("stdin"))
    // Files hold any amount; a pipe that nobody reads would stop the program.
    for name in ["stdout", "stderr"] { try scratch.write(name, "") }
    process.standardOutput = try FileHandle(forWritingTo: scratch.url("stdout"))
    process.standardError = try FileHandle(forWritingTo: scratch.url("stderr"))
    try process.run()
    process.waitUntilExit()
    return Run(
        status: process.terminationStatus,
        crashed: process.terminationReason == .uncaughtSignal,
        output: scratch.read("stdout") ?? "",
        errors: scratch.read("stderr") ?? ""
    )
}

/// Where things are.
enum Places {
    /// The program that the package builds beside the bundle of its tests.
    static let program = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        .deletingLastPathComponent().appending(path: "kosbroker")
    static let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    static let examples = tests.appending(path: "../../examples").standardizedFileURL
}

/// A folder that goes when nobody uses it any more.
final class Scratch {
    let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "kosbroker-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    func url(_ name: String) -> URL { folder.appending(path: name) }

    func write(_ name: String, _ text: String) throws {
        try Data(text.utf8).write(to: url(name))
    }

    func read(_ name: String) -> String? {
        (try? Data(contentsOf: url(name))).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The names of all that is in it, at any depth.
    var contents: [String] {
        let all = try? FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return (all ?? []).sorted()
    }
}

/// A small solution with suites that pass, fail, say nothing, and are invalid.
final class Solution {
    let scratch: Scratch

    init() throws {
        scratch = try Scratch()
        try write("init.yaml", "entities:\n- name: Server\n- name: Client\n")
        try write(
            "policy.yaml",
            """
            policy: small
            rules:
            - id: einit-starts
              allow: init.execute
              process: Einit
            - id: client-to-server
              allow: cm.connect
              client: Client
              server: Server
              endpoint: main

            """
        )
        try write("passing.yaml", suite("passing", expect: "rcTimeout"))
        try write("failing.yaml", suite("failing", expect: "rcAbort"))
        try write("warning.yaml", suite("warning", expect: "rcTimeout", denial: false))
        try write("empty.yaml", "suite: empty\ninit: init.yaml\npolicy: [policy.yaml]\n")
        try write("invalid.yaml", suite("invalid", expect: "rcTimout"))
    }

    var folder: URL { scratch.folder }

    func write(_ name: String, _ text: String) throws { try scratch.write(name, text) }

    func suite(_ name: String, expect: String, denial: Bool = true) -> String {
        let denied = """
              - {as: Server, do: cm.connect, server: Client, endpoint: main,
                 expect: {denied: no-rule}}

            """
        return """
            suite: \(name)
            init: init.yaml
            policy: [policy.yaml]
            tests:
            - name: one
              steps:
              - {as: Client, do: cm.connect, server: Server, endpoint: main, timeout: 0,
                 expect: \(expect)}

            """ + (denial ? denied : "")
    }

    /// Runs the program in the folder of the solution.
    func kosbroker(
        _ arguments: String...,
        input: String? = nil,
        environment: [String: String] = [:]
    ) throws -> Run {
        try kosbrokerTests.kosbroker(
            arguments,
            in: folder,
            input: input,
            environment: environment
        )
    }
}

/// Expects just the text of a golden file; `UPDATE_GOLDEN=1` writes it instead.
func expect(
    _ text: String,
    isGolden name: String,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) {
    let golden = Places.tests.appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try? Data(text.utf8).write(to: golden)
    }
    let wanted = try? String(contentsOf: golden, encoding: .utf8)
    #expect(text == wanted, sourceLocation: sourceLocation)
}
