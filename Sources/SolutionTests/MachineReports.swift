import Diagnostics
import JSONText
import SecurityEvents
import SecurityPolicy

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
            lines.append("      details:")
            lines += failure.details.map { "        - \(yamlScalar($0))" }
        }
        lines.append("  ...")
    }
    return lines.joined(separator: "\n") + "\n"
}

/// In a description TAP reads `#` and `\`.
private func escapedForTAP(_ text: String) -> String {
    var result = ""
    for character in text {
        switch character {
        case "#", "\\": result += "\\\(character)"
        case "\n", "\r": result += " "
        default: result.append(character)
        }
    }
    return result
}

/// JSON strings are YAML scalars.
private func yamlScalar(_ text: String) -> String {
    var writer = JSONWriter()
    writer.value(text)
    return writer.text
}

/// JUnit XML: a testsuite a suite, a testcase a point.
func renderJUnit(_ results: [SuiteResult]) -> String {
    let total = results.reduce(0) { $0 + $1.points.count }
    let failed = results.reduce(0) { $0 + $1.failed }
    var lines = [
        #"<?xml version="1.0" encoding="UTF-8"?>"#,
        #"<testsuites name="kosbroker" tests="\#(total)" failures="\#(failed)" errors="0">"#,
    ]
    for result in results {
        lines.append(
            #"  <testsuite name="\#(escapedForXML(result.name))" tests="\#(result.points.count)" "#
                + #"failures="\#(result.failed)" errors="0" skipped="0" "#
                + #"file="\#(escapedForXML(result.file))">"#
        )
        for point in result.points {
            let head =
                #"    <testcase classname="\#(escapedForXML(result.name))" "#
                + #"name="\#(escapedForXML(point.name))" "#
                + #"file="\#(escapedForXML(point.place.file))" line="\#(point.place.line)""#
            guard !point.passed else {
                lines.append(head + "/>")
                continue
            }
            lines.append(head + ">")
            for failure in point.failures {
                let message = "\(failure.step): expected \(failure.expected), came \(failure.came)"
                let body = (["\(failure.place): \(failure.step)"] + failure.details)
                    .joined(separator: "\n")
                lines.append(
                    #"      <failure message="\#(escapedForXML(message))" type="expectation">"#
                        + escapedForXML(body) + "</failure>"
                )
            }
            lines.append("    </testcase>")
        }
        lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
}

private func escapedForXML(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "&": result += "&amp;"
        case "<": result += "&lt;"
        case ">": result += "&gt;"
        case "\"": result += "&quot;"
        case "\n", "\t": result.unicodeScalars.append(scalar)
        // XML has no way to write other control characters, U+FFFE and U+FFFF.
        case "\u{0}"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{FFFE}"..."\u{FFFF}":
            result += "\u{FFFD}"
        default: result.unicodeScalars.append(scalar)
        }
    }
    return result
}

/// One JSON document over all suites, with the keys of the audit record where they mean the same.
func renderJSON(_ results: [SuiteResult], warnings: [Diagnostic]) -> String {
    var json = JSONWriter()
    json.beginObject()
    json.key("suites")
    json.beginArray()
    for result in results { json.value(result) }
    json.endArray()
    json.key("passed")
    json.value(results.reduce(0) { $0 + $1.points.count - $1.failed })
    json.key("failed")
    json.value(results.reduce(0) { $0 + $1.failed })
    json.key("warnings")
    json.value(warnings)
    json.endObject()
    json.newline()
    return json.text
}

extension JSONWriter {
    fileprivate mutating func value(_ result: SuiteResult) {
        beginObject()
        member("suite", result.name)
        member("file", result.file)
        member("policy", result.policy.name)
        member("digest", result.policy.digest.description)
        texts("assumed", result.assumptions)
        texts("refused", result.refusals)
        key("points")
        beginArray()
        for point in result.points { value(point) }
        endArray()
        if let coverage = result.coverage { member(coverage) }
        if !result.candidateDifferences.isEmpty {
            key("candidate")
            beginArray()
            for difference in result.candidateDifferences {
                var live = difference.live
                live.candidate = difference.candidate
                beginObject()
                members(of: difference.event)
                members(of: live)
                endObject()
            }
            endArray()
        }
        endObject()
    }

    private mutating func value(_ point: PointResult) {
        beginObject()
        member("name", point.name)
        switch point.kind {
        case .test(let steps):
            member("kind", "test")
            key("steps")
            value(steps)
        case .matrix(let cells):
            member("kind", "matrix")
            key("cells")
            value(cells)
        }
        key("place")
        value(point.place)
        key("passed")
        value(point.passed)
        key("failures")
        beginArray()
        for failure in point.failures { value(failure) }
        endArray()
        endObject()
    }

    private mutating func value(_ failure: StepFailure) {
        beginObject()
        key("place")
        value(failure.place)
        member("step", failure.step)
        member("expected", failure.expected)
        member("came", failure.came)
        texts("notes", failure.notes)
        if let event = failure.event {
            key("event")
            beginObject()
            members(of: event)
            endObject()
        }
        if let explanation = failure.explanation {
            key("decision")
            beginObject()
            members(of: explanation)
            endObject()
        }
        endObject()
    }

    private mutating func member(_ coverage: Coverage) {
        key("coverage")
        beginArray()
        for entry in coverage.entries {
            beginObject()
            member("rule", entry.rule.id.text)
            member("level", entry.level.rawValue)
            key("place")
            value(entry.rule.place)
            endObject()
        }
        endArray()
    }

    private mutating func texts(_ name: StaticString, _ texts: [String]) {
        key(name)
        beginArray()
        for text in texts { value(text) }
        endArray()
    }
}
