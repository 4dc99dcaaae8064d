import Diagnostics
import Foundation
import InitDescriptions
import LocatedYAML
import SecurityEvents
import Testing

/// A generator of pseudo-random numbers whose seed reproduces a run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// What reading `text` gives, and every diagnostic.
func inspect(
    _ text: String,
    fragments: [String] = [],
    defines: [String: String] = [:]
) -> (description: InitDescription, diagnostics: [Diagnostic]) {
    let paths = fragments.indices.map { "fragment-\($0 + 1).yaml" }
    var documents = Dictionary(uniqueKeysWithValues: zip(paths, fragments))
    documents["init.yaml.in"] = text
    var diagnostics: [Diagnostic] = []
    let description = inspectInitDescription(
        "init.yaml.in",
        source: .inMemory(documents),
        fragments: paths,
        defines: defines,
        diagnostics: &diagnostics
    )
    return (description, diagnostics)
}

/// Everything that a check says of a document; one called `connect…` is a `connect.yaml`.
func check(
    _ path: String,
    source: DocumentSource,
    defines: [String: String] = [:]
) -> [Diagnostic] {
    var diagnostics: [Diagnostic] = []
    if path.hasPrefix("connect_") {
        _ = inspectConnectDescription(
            path,
            source: source,
            defines: defines,
            diagnostics: &diagnostics
        )
        return diagnostics
    }
    let description = inspectInitDescription(
        path,
        source: source,
        defines: defines,
        diagnostics: &diagnostics
    )
    return (diagnostics + findings(in: description)).inReadingOrder
}

/// Everything that a check says of `text`.
func check(_ text: String, defines: [String: String] = [:]) -> [Diagnostic] {
    check("init.yaml.in", source: .inMemory(["init.yaml.in": text]), defines: defines)
}

/// Compares with an approved file, or approves with `UPDATE_GOLDEN=1`.
func expectGolden(_ found: String, _ golden: URL) throws {
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try Data(found.utf8).write(to: golden)
    }
    #expect(found == (try? String(contentsOf: golden, encoding: .utf8)))
}

/// The ids of diagnostics, with their severity where it is not an error.
func ids(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { $0.severity == .error ? $0.id : "\($0.severity): \($0.id)" }
}

extension DocumentSource {
    /// The files of a folder.
    static func folder(_ folder: URL) -> DocumentSource {
        DocumentSource { path, _ in
            guard let data = try? Data(contentsOf: folder.appending(path: path)) else {
                return .failure(ReadFault("no such file"))
            }
            return .success(Array(data))
        }
    }
}
