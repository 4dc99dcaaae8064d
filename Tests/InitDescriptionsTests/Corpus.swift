import Foundation

/// Public descriptions beside the project, which are not part of it.
enum Corpus {
    static let missing = "../shared/corpus is not beside the project"

    /// The folder `../shared/corpus`, seen from the root of the project.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "../../../shared/corpus")
        .standardizedFileURL

    static var exists: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Paths of all init descriptions and templates, relative to ``folder``.
    static var descriptions: [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        return (all ?? []).filter { $0.hasSuffix(".yaml") || $0.hasSuffix(".yaml.in") }.sorted()
    }

    static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
}
