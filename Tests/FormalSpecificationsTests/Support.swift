import Diagnostics
import FormalSpecifications
import Foundation
import SecurityEvents
import TestSupport

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

extension Corpus {
    /// Paths of all specifications, relative to ``folder``.
    static let specifications = files { SpecificationKind(path: $0) != nil }

    /// Paths of all security policies that name endpoints, relative to ``folder``.
    static let policies = files { path in
        guard path.hasSuffix(".psl") || path.hasSuffix(".psl.in") else { return false }
        return (try? String(decoding: bytes(path), as: UTF8.self))?.contains("endpoint=") ?? false
    }
}
