import Diagnostics
import FormalSpecifications
import InitDescriptions
import LocatedYAML
import SecurityPolicy

/// Any bytes must end in a document or in diagnostics, never in a crash.
///
/// The first byte says which reader gets the rest; a corpus of real documents can so be mixed.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzDocuments(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = Array(UnsafeBufferPointer(start: start, count: count))
    guard let kind = input.first else { return 0 }
    let bytes = Array(input.dropFirst())
    let source = DocumentSource { path, _ in
        path.hasPrefix("fuzz") ? .success(bytes) : .failure(ReadFault("no such file"))
    }
    var diagnostics: [Diagnostic] = []
    switch kind % 4 {
    case 0:
        let description = inspectInitDescription(
            "fuzz.yaml.in",
            source: source,
            diagnostics: &diagnostics
        )
        diagnostics += findings(in: description)
        _ = description.startOrder
    case 1:
        _ = loadPolicy(["fuzz.yaml"], from: source, diagnostics: &diagnostics)
    case 2:
        for file in ["fuzz.edl", "fuzz.cdl", "fuzz.idl"] {
            _ = readSpecification(file, bytes: bytes, diagnostics: &diagnostics)
        }
    default:
        _ = readYAML(bytes, file: "fuzz.yaml", diagnostics: &diagnostics)
    }
    _ = renderDiagnosticsText(diagnostics, contents: { _ in bytes })
    return 0
}
