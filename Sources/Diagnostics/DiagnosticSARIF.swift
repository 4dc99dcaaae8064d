import JSONText

/// Diagnostics as one SARIF 2.1.0 log, which code hosts and editors take.
///
/// - Parameters:
///   - diagnostics: what counts.
///   - suppressed: what comments in the documents took away; it stays visible as such.
///   - version: the version of the program.
/// - Returns: one line of JSON.
package func renderDiagnosticsSARIF(
    _ diagnostics: [Diagnostic],
    suppressed: [SuppressedDiagnostic] = [],
    version: String
) -> String {
    let results =
        diagnostics.map { SARIFResult(diagnostic: $0, reason: nil) }
        + suppressed.map { SARIFResult(diagnostic: $0.diagnostic, reason: $0.reason) }
    return SARIFLog(results: results.inReadingOrder, version: version).text
}

private struct SARIFResult {
    let diagnostic: Diagnostic
    /// Why it is suppressed; nil where it is not.
    let reason: String?
}

extension [SARIFResult] {
    fileprivate var inReadingOrder: [SARIFResult] {
        enumerated()
            .sorted {
                ($0.element.diagnostic.place, $0.offset) < ($1.element.diagnostic.place, $1.offset)
            }
            .map(\.element)
    }
}

private struct SARIFLog {
    private let results: [SARIFResult]
    private let version: String
    private let rules: [String]
    private let ruleIndexes: [String: Int]
    private let showsSuppressions: Bool
    private var json = JSONWriter()

    init(results: [SARIFResult], version: String) {
        self.results = results
        self.version = version
        rules = Set(results.map(\.diagnostic.id)).sorted()
        ruleIndexes = Dictionary(
            uniqueKeysWithValues: rules.enumerated().map { ($0.element, $0.offset) }
        )
        showsSuppressions = results.contains { $0.reason != nil }
    }

    var text: String {
        var log = self
        log.write()
        return log.json.text
    }

    private mutating func write() {
        json.beginObject()
        json.key("$schema")
        json.value(
            "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/"
                + "sarif-schema-2.1.0.json"
        )
        json.key("version")
        json.value("2.1.0")
        json.key("runs")
        json.beginArray()
        json.beginObject()
        writeTool()
        json.key("columnKind")
        json.value("unicodeCodePoints")
        json.key("results")
        json.beginArray()
        for result in results { write(result) }
        json.endArray()
        json.endObject()
        json.endArray()
        json.endObject()
        json.newline()
    }

    private mutating func writeTool() {
        json.key("tool")
        json.beginObject()
        json.key("driver")
        json.beginObject()
        json.key("name")
        json.value("kosbroker")
        json.key("version")
        json.value(version)
        json.key("rules")
        json.beginArray()
        for id in rules {
            json.beginObject()
            json.key("id")
            json.value(id)
            let finding = FindingCatalog[id]
            writeText("shortDescription", finding?.title ?? id)
            if let finding { writeText("help", finding.help) }
            json.endObject()
        }
        json.endArray()
        json.endObject()
        json.endObject()
    }

    private mutating func write(_ result: SARIFResult) {
        let diagnostic = result.diagnostic
        json.beginObject()
        json.key("ruleId")
        json.value(diagnostic.id)
        if let index = ruleIndexes[diagnostic.id] {
            json.key("ruleIndex")
            json.value(index)
        }
        json.key("level")
        json.value(diagnostic.severity.rawValue)
        writeText("message", diagnostic.message + (diagnostic.hint.map { "\nhint: \($0)" } ?? ""))
        writeLocation(diagnostic.place)
        if showsSuppressions { writeSuppression(result.reason) }
        json.endObject()
    }

    private mutating func writeLocation(_ place: SourceLocation) {
        json.key("locations")
        json.beginArray()
        json.beginObject()
        json.key("physicalLocation")
        json.beginObject()
        json.key("artifactLocation")
        json.beginObject()
        json.key("uri")
        json.value(FileURI.reference(to: place.file))
        if place.file == "<stdin>" { writeText("description", "standard input") }
        json.endObject()
        json.key("region")
        json.beginObject()
        json.key("startLine")
        json.value(place.line)
        json.key("startColumn")
        json.value(place.column)
        json.endObject()
        json.endObject()
        json.endObject()
        json.endArray()
    }

    /// All results of a run say whether they are suppressed, or none does (SARIF 3.27.23).
    private mutating func writeSuppression(_ reason: String?) {
        json.key("suppressions")
        json.beginArray()
        if let reason {
            json.beginObject()
            json.key("kind")
            json.value("inSource")
            json.key("justification")
            json.value(reason)
            json.endObject()
        }
        json.endArray()
    }

    /// A message object.
    ///
    /// Braces are doubled, since a single one would begin a placeholder (3.11.5).
    private mutating func writeText(_ name: String, _ text: String) {
        json.key(name)
        json.beginObject()
        json.key("text")
        json.value(text.doublingBraces)
        json.endObject()
    }
}

extension String {
    fileprivate var doublingBraces: String {
        guard utf8.contains(where: { $0 == UInt8(ascii: "{") || $0 == UInt8(ascii: "}") }) else {
            return self
        }
        var result = ""
        for scalar in unicodeScalars {
            if scalar == "{" || scalar == "}" { result.unicodeScalars.append(scalar) }
            result.unicodeScalars.append(scalar)
        }
        return result
    }
}
