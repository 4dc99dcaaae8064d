package import JSONText

extension JSONWriter {
    /// A place as `{"file", "line", "column"}`.
    package mutating func value(_ place: SourceLocation) {
        beginObject()
        key("file")
        value(place.file)
        key("line")
        value(place.line)
        key("column")
        value(place.column)
        endObject()
    }

    /// A diagnostic with all that its text says.
    package mutating func value(_ diagnostic: Diagnostic) {
        beginObject()
        key("id")
        value(diagnostic.id)
        key("severity")
        value(diagnostic.severity.rawValue)
        key("message")
        value(diagnostic.message)
        key("place")
        value(diagnostic.place)
        if let hint = diagnostic.hint {
            key("hint")
            value(hint)
        }
        endObject()
    }

    package mutating func value(_ diagnostics: [Diagnostic]) {
        beginArray()
        for diagnostic in diagnostics { value(diagnostic) }
        endArray()
    }
}

/// What is wrong with documents, as one JSON document: what a command gives in place of its result.
package func renderDiagnosticsJSON(_ diagnostics: [Diagnostic]) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("diagnostics")
    json.value(diagnostics)
    json.endObject()
    json.newline()
    return json.text
}
