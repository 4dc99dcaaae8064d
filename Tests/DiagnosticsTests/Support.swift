import Diagnostics
import JSONText

extension Diagnostic {
    static func sample(
        _ id: String,
        _ severity: Severity = .error,
        file: String = "init.yaml",
        at line: Int,
        _ column: Int,
        hint: String? = nil
    ) -> Diagnostic {
        let place = SourceLocation(file: file, line: line, column: column)
        return Diagnostic(id, severity, at: place, "it is wrong", hint: hint)
    }
}

extension SourceLocation {
    static let sample = SourceLocation(file: "init.yaml", line: 1, column: 1)
}

func parse(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8))
}
