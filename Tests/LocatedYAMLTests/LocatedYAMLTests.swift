import Diagnostics
import LocatedYAML
import Testing

/// Reads `text` as `doc.yaml`; the diagnostics as lines of text, without the file name.
func read(_ text: String, _ limits: YAMLLimits = YAMLLimits()) -> (YAMLDocument?, [String]) {
    read(bytes: Array(text.utf8), limits)
}

func read(bytes: [UInt8], _ limits: YAMLLimits = YAMLLimits()) -> (YAMLDocument?, [String]) {
    var diagnostics: [Diagnostic] = []
    let document = readYAML(bytes, file: "doc.yaml", limits: limits, diagnostics: &diagnostics)
    return (document, diagnostics.map(brief))
}

/// `1:2 id message`, and ` | hint`; a severity only where it is no error.
func brief(_ diagnostic: Diagnostic) -> String {
    let place = diagnostic.place
    let severity = diagnostic.severity == .error ? "" : "\(diagnostic.severity.rawValue) "
    let line = "\(place.line):\(place.column) \(severity)\(diagnostic.id): \(diagnostic.message)"
    return line + (diagnostic.hint.map { " | \($0)" } ?? "")
}

/// A node on one line: scalars in quotes, with their places when asked for.
func outline(_ node: YAMLNode?, places: Bool = false) -> String {
    guard let node else { return "nothing" }
    let place = places ? "@\(node.place.line):\(node.place.column)" : ""
    switch node.kind {
    case .scalar: return (node.isEmptyPlain ? "empty" : "'\(node.text)'") + place
    case .sequence:
        let items = node.items.map { outline($0, places: places) }
        return "[" + items.joined(separator: ", ") + "]" + place
    case .mapping:
        let entries = node.entries.map {
            "\(outline($0.key, places: places)): \(outline($0.value, places: places))"
        }
        return "{" + entries.joined(separator: ", ") + "}" + place
    }
}
