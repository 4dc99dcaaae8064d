import ArgumentParser
import BrokerCore
import Diagnostics
import FormalSpecifications
import InitDescriptions
import SecurityEvents
import SolutionChecks
import SolutionTests
import SystemFiles

/// `kosbroker draft`: a first policy and a first suite for a solution.
struct DraftCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "draft",
        abstract: "Write a first policy and a first suite for an init description.",
        discussion: """
            Writes policy.yaml and tests.yaml: exactly the declared processes and channels, and \
            everything else denied. Channels that are made at run time are proposed in comments, with \
            --specs by the names of the specifications. Files that are there already are never \
            overwritten.
            """
    )

    @Argument(help: ArgumentHelp("The init description.", valueName: "init"))
    var initDescription: String

    @OptionGroup var solution: SolutionOptions

    @Option(
        help: ArgumentHelp(
            "A folder of EDL, CDL and IDL files to take names from.",
            valueName: "folder"
        )
    )
    var specs: [String] = []

    @Option(
        name: [.customShort("o"), .customLong("output")],
        help: ArgumentHelp("The folder to write to; that of the description.", valueName: "folder")
    )
    var output: String?

    func validate() throws {
        _ = try solution.defines()
        _ = try solution.nameServerChoice()
        if initDescription == "-" {
            throw ValidationError("a suite names its init description; standard input has no name")
        }
    }

    func run() throws {
        var diagnostics: [Diagnostic] = []
        let (description, defines) = try readDescription(&diagnostics)
        let index =
            specs.isEmpty
            ? nil
            : loadSpecifications(
                specs.flatMap(DocumentFolders.specifications),
                source: SystemFiles.documents,
                diagnostics: &diagnostics
            )
        Terminal.complain(diagnostics.filter { $0.severity != .note })
        guard let description, !diagnostics.contains(where: { $0.id == "unreadable" }) else {
            throw CommandEnd.invalidDocument
        }
        try checkNameServer(description)
        let folder = output ?? Paths.folder(of: initDescription)
        let paths = ["policy.yaml", "tests.yaml"].map { Paths.join(folder, $0) }
        try prepare(folder, paths)
        var frame = Draft.Frame(file: Paths.relative(initDescription, from: folder))
        frame.fragments = solution.fragments.map { Paths.relative($0, from: folder) }
        frame.defines = defines
        frame.nameServer = solution.nameServer
        let draft = Draft(description, frame, specifications: index)
        for part in draft.leftOut {
            Terminal.complain("kosbroker: no policy can name \(part); the draft leaves it out")
        }
        for (path, text) in zip(paths, [draft.policy, draft.suite]) {
            try Terminal.deliver(text, to: path)
        }
        try Terminal.deliver(paths.map { "wrote \($0)\n" }.joined(), to: nil)
    }

    /// Makes the folder, unless one of the files is there already.
    private func prepare(_ folder: String, _ paths: [String]) throws {
        if let taken = paths.first(where: SystemFiles.exists) {
            Terminal.complain("kosbroker: `\(taken)` is there already; give another folder with -o")
            throw CommandEnd.noAnswer
        }
        do throws(WriteFault) {
            try SystemFiles.makeFolder(folder)
        } catch {
            Terminal.complain("kosbroker: cannot make `\(folder)`: \(error.message)")
            throw CommandEnd.noAnswer
        }
    }

    private func checkNameServer(_ description: InitDescription) throws {
        guard let choice = try solution.nameServerChoice() else { return }
        let described = Solution(description, nameServer: choice)
        if let conflict = described.conflict(with: choice) {
            throw ValidationError("--name-server: \(conflict)")
        }
    }

    /// The description, and the values of macros that it takes to read it.
    ///
    /// The values are the build's business; where none is given the draft leaves them to be written.
    private func readDescription(
        _ diagnostics: inout [Diagnostic]
    ) throws -> (InitDescription?, [String: String]) {
        let given = try solution.defines()
        if let description = load(given, &diagnostics) { return (description, given) }
        var placeholders: [String: String] = [:]
        for path in [initDescription] + solution.fragments {
            for name in macros(in: path) where given[name] == nil {
                placeholders[name] = "undefined.\(name)"
            }
        }
        var second: [Diagnostic] = []
        let description = load(placeholders.merging(given) { _, value in value }, &second)
        guard let description else { return (nil, given) }
        diagnostics = second
        let names = Set(description.names)
        let needed = placeholders.filter { _, value in names.contains { $0.contains(value) } }
        for name in needed.keys.sorted() {
            Terminal.complain(
                "kosbroker: the value of @\(name)@ is not known; `undefined.\(name)` stands for it in "
                    + "the draft, whose tests.yaml has a place for the real one under `defines:`"
            )
        }
        return (description, needed.merging(given) { _, value in value })
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
            nameServer: try? solution.nameServerChoice()?.name,
            diagnostics: &diagnostics
        )
    }

    /// The words between two `@` and those in `${…}`.
    private func macros(in path: String) -> [String] {
        guard case .success(let bytes) = SystemFiles.read(path, limit: 64 << 20) else { return [] }
        let parts = bytes.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
        var words = parts.map { $0[...] }
        for part in bytes.split(separator: UInt8(ascii: "{")).dropFirst() {
            words.append(part.prefix { $0 != UInt8(ascii: "}") })
        }
        return words.filter { !$0.isEmpty && $0.allSatisfy(isWordByte) }
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "_-.+/".utf8.contains(byte)
        }
    }
}

extension InitDescription {
    /// Every name that stands in it.
    fileprivate var names: [String] {
        entities.flatMap { entity in
            [entity.className.description, entity.task.description]
                + entity.connections.flatMap { [$0.target.description, $0.id.description] }
        }
    }
}
