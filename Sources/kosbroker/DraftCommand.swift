import ArgumentParser
import Diagnostics
import InitDescriptions
import SolutionChecks
import SystemFiles

/// `kosbroker draft`: a first policy and a first suite for a solution.
struct DraftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft",
        abstract: "Write a first policy and a first suite for an init description.",
        discussion: """
            Writes policy.yaml and tests.yaml: exactly the declared processes and channels, and \
            everything else denied. Files that are there already are never overwritten.
            """
    )

    @Argument(help: ArgumentHelp("The init description.", valueName: "init"))
    var initDescription: String

    @OptionGroup var solution: SolutionOptions

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The folder to write to; that of the description.", valueName: "folder")
    )
    var output: String?

    func run() throws {
        var diagnostics: [Diagnostic] = []
        let given = try solution.defines()
        var defines = given
        var description = load(defines, &diagnostics)
        if description == nil {
            // The values of macros are the build's business; the draft leaves them to be written.
            for name in Set(undefinedMacros()).subtracting(given.keys) {
                defines[name] = "undefined.\(name)"
            }
            if defines != given {
                var second: [Diagnostic] = []
                description = load(defines, &second)
                if description != nil { diagnostics = second }
            }
        }
        Terminal.complain(diagnostics.filter { $0.severity != .note })
        guard let description else { throw CommandEnd.invalidDocument }
        let folder = output ?? Paths.folder(of: initDescription)
        let draft = Draft(
            description,
            file: Paths.relative(initDescription, from: folder),
            defines: defines
        )
        let files = [("policy.yaml", draft.policy), ("tests.yaml", draft.suite)]
            .map { (Paths.join(folder, $0.0), $0.1) }
        if let (taken, _) = files.first(where: { SystemFiles.exists($0.0) }) {
            Terminal.complain("kosbroker: `\(taken)` is there already; give another folder with -o")
            throw CommandEnd.noAnswer
        }
        do throws(WriteFault) {
            try SystemFiles.makeFolder(folder)
        } catch {
            Terminal.complain("kosbroker: cannot make `\(folder)`: \(error.message)")
            throw CommandEnd.noAnswer
        }
        for (path, text) in files { try Terminal.deliver(text, to: path) }
        try Terminal.deliver(files.map { "wrote \($0.0)\n" }.joined(), to: nil)
    }

    private func load(
        _ defines: [String: String],
        _ diagnostics: inout [Diagnostic]
    ) -> InitDescription? {
        loadInitDescription(
            initDescription,
            source: SystemFiles.documents,
            fragments: solution.fragments,
            defines: defines,
            diagnostics: &diagnostics
        )
    }

    /// The names between two `@` in the description.
    private func undefinedMacros() -> [String] {
        guard case .success(let bytes) = SystemFiles.read(initDescription, limit: 64 << 20) else {
            return []
        }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        return parts.filter { part in
            !part.isEmpty
                && part.allSatisfy {
                    ($0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z"))
                        || $0 == UInt8(ascii: "_")
                        || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9"))
                }
        }.map { String(decoding: $0, as: UTF8.self) }
    }
}

/// Paths as text.
enum Paths {
    static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }

    static func join(_ folder: String, _ name: String) -> String {
        if folder == "." { return name }
        return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
    }

    /// `path` as it is to be written in a document in `folder`.
    static func relative(_ path: String, from folder: String) -> String {
        let path = parts(path)
        let folder = parts(folder)
        let common = zip(path, folder).prefix { $0 == $1 }.count
        let up = folder.dropFirst(common).map { _ in Substring("..") }
        return (up + path.dropFirst(common)).joined(separator: "/")
    }

    private static func parts(_ path: String) -> [Substring] {
        let absolute = path.hasPrefix("/") ? path : "\(SystemFiles.currentFolder)/\(path)"
        var parts: [Substring] = []
        for part in absolute.split(separator: "/") where part != "." {
            if part == ".." { _ = parts.popLast() } else { parts.append(part) }
        }
        return parts
    }
}
