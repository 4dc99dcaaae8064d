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
