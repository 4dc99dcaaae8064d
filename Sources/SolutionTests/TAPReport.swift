import Diagnostics
import JSONText

/// TAP 14: unindented, one plan over all suites, details in the YAML block.
func renderTAP(_ results: [SuiteResult]) -> String {
    let points = results.flatMap { result in result.points.map { (result, $0) } }
    var lines = ["TAP version 14", "1..\(points.count)"]
    for (number, (result, point)) in points.enumerated() {
        let name = escapedForTAP("\(result.name): \(point.name)")
        lines.append("\(point.passed ? "ok" : "not ok") \(number + 1) - \(name)")
        guard !point.passed else { continue }
        lines.append("  ---")
        lines.append("  at: \(yamlScalar(point.place.description))")
        lines.append("  failures:")
        for failure in point.failures {
            lines.append("    - at: \(yamlScalar(failure.place.description))")
            lines.append("      step: \(yamlScalar(failure.step))")
            lines.append("      expected: \(yamlScalar(failure.expected))")
            lines.append("      came: \(yamlScalar(failure.came))")
            guard !failure.reasons.isEmpty else { continue }
            lines.append("      why:")
            lines += failure.reasons.map { "        - \(yamlScalar($0))" }
        }
        lines.append("  ...")
    }
    return lines.joined(separator: "\n") + "\n"
}

/// In a description TAP reads `#` and `\`.
private func escapedForTAP(_ text: String) -> String {
    var result = ""
    for character in text.onOneLine {
        if character == "#" || character == "\\" { result += "\\" }
        result.append(character)
    }
    return result
}

/// JSON strings are YAML scalars.
private func yamlScalar(_ text: String) -> String {
    var writer = JSONWriter()
    writer.value(text.onOneLine)
    return writer.text
}
