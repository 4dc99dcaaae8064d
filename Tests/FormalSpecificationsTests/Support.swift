import Diagnostics
import FormalSpecifications
import Foundation
import SecurityEvents

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

/// What reading one file gives, and every diagnostic.
func read(
    _ file: String,
    _ text: String
) -> (specification: Specification?, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let specification = readSpecification(
        file,
        bytes: Array(text.utf8),
        diagnostics: &diagnostics
    )
    return (specification, diagnostics)
}

/// What linking files gives, and every diagnostic.
func load(
    _ files: (path: String, text: String)...
) -> (index: SpecificationIndex, diagnostics: [Diagnostic]) {
    var diagnostics: [Diagnostic] = []
    let index = loadSpecifications(
        files.map { (path: $0.path, bytes: Array($0.text.utf8)) },
        diagnostics: &diagnostics
    )
    return (index, diagnostics)
}

/// The ids of diagnostics, with their severity where it is not an error.
func ids(_ diagnostics: [Diagnostic]) -> [String] {
    diagnostics.map { $0.severity == .error ? $0.id : "\($0.severity): \($0.id)" }
}

extension Specification {
    /// `name:Interface` of every endpoint.
    var endpointTexts: [String] { endpoints.map { "\($0.name.value):\($0.interface.value)" } }
    /// `name:Component` of every component instance.
    var instanceTexts: [String] { instances.map { "\($0.name.value):\($0.component.value)" } }
    var methodTexts: [String] { interfaces.flatMap(\.methods).map(\.value.description) }
}

extension SpecificationIndex {
    /// `path qualified interface riid` of every endpoint of a class.
    func endpointTexts(ofClass name: String) throws -> [String] {
        let processClass = processClass(try ClassName(name))
        return (processClass?.endpoints ?? []).map {
            let riid = $0.riid.map { "\($0.rawValue)" } ?? "?"
            return "\($0.path) \($0.qualified) \($0.interface) \(riid)"
        }
    }

    /// The answer to a question as `interface riid`, `absent` or `unknown`.
    func answer(_ endpoint: String, ofClass name: String) throws -> String {
        switch self.endpoint(try EndpointName(endpoint), ofClass: try ClassName(name)) {
        case .known(let interface, let riid):
            "\(interface) \(riid.map { "\($0.rawValue)" } ?? "?")"
        case .absent: "absent"
        case .unknown: "unknown"
        }
    }
}

/// Public specifications beside the project, which are not part of it.
enum Corpus {
    static let missing = "../shared/corpus is not beside the project"

    /// The folder `../shared/corpus`, seen from the root of the project.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent()
        .appending(path: "../../../shared/corpus")
        .standardizedFileURL

    static var exists: Bool { FileManager.default.fileExists(atPath: folder.path) }

    /// Paths of all specifications, relative to ``folder``.
    static let specifications = files { SpecificationKind(path: $0) != nil }

    /// Paths of all security policies that name endpoints, relative to ``folder``.
    static let policies = files { path in
        guard path.hasSuffix(".psl") || path.hasSuffix(".psl.in") else { return false }
        return (try? String(decoding: bytes(path), as: UTF8.self))?.contains("endpoint=") ?? false
    }

    private static func files(_ isWanted: (String) -> Bool) -> [String] {
        let all = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String }
        return (all ?? []).filter(isWanted).sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appending(path: path)))
    }
}
