package import Diagnostics
package import Foundation
package import LocatedYAML
package import SecurityEvents
package import Testing

/// Compares with an approved file, or approves with `UPDATE_GOLDEN=1`.
package func expectGolden(
    _ found: String,
    _ golden: URL,
    sourceLocation: Testing.SourceLocation = #_sourceLocation
) throws {
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try Data(found.utf8).write(to: golden)
    }
    let approved = try? String(contentsOf: golden, encoding: .utf8)
    #expect(found == approved, sourceLocation: sourceLocation)
}

/// The ids of diagnostics, with their severity where it is not an error.
package func ids(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { $0.severity == .error ? $0.id : "\($0.severity): \($0.id)" }
}

extension DocumentSource {
    /// The files of a folder.
    package static func folder(_ folder: URL) -> DocumentSource {
        DocumentSource { path, _ in
            guard let data = try? Data(contentsOf: folder.appending(path: path)) else {
                return .failure(ReadFault("no such file"))
            }
            return .success(Array(data))
        }
    }
}

/// The root of the project, whose examples and pages tests read.
package let projectRoot = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent()
    .appending(path: "../..")
    .standardizedFileURL

/// Public solutions beside the project, which are not part of it.
package enum Corpus {
    package static let missing = "../shared/corpus is not beside the project"

    /// The folder `../shared/corpus`, seen from the root of the project.
    package static let folder = projectRoot.appending(path: "../shared/corpus").standardizedFileURL

    package static var exists: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Paths of all init descriptions and templates, relative to ``folder``.
    package static var descriptions: [String] {
        files { $0.hasSuffix(".yaml") || $0.hasSuffix(".yaml.in") }
    }

    /// Paths relative to ``folder``, in order.
    package static func files(_ isWanted: (String) -> Bool) -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        return (all ?? []).filter(isWanted).sorted()
    }

    package static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: path)))
    }

    package static func text(_ path: String) throws -> String {
        try String(contentsOf: folder.appending(path: path), encoding: .utf8)
    }
}

/// A hash for tests: no cryptography, but other bytes give another digest.
package let testHash: HashFunction = { bytes in
    let seeds: [UInt64] = [1, 2, 3, 4]
    let words = seeds.map { seed in
        bytes.reduce(seed &* 0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
    return Digest(
        words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) } }
    )
}
