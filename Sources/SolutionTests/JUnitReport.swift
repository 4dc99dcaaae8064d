import Diagnostics

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
            #"  <testsuite name="\#(attribute(result.name))" tests="\#(result.points.count)" "#
                + #"failures="\#(result.failed)" errors="0" skipped="0" "#
                + #"file="\#(attribute(result.file))">"#
        )
        for point in result.points {
            let head =
                #"    <testcase classname="\#(attribute(result.name))" "#
                + #"name="\#(attribute(point.name))" "#
                + #"file="\#(attribute(point.place.file))" line="\#(point.place.line)""#
            guard !point.passed else {
                lines.append(head + "/>")
                continue
            }
            lines.append(head + ">")
            lines.append(
                #"      <failure message="\#(attribute(point.failureMessage))" "#
                    + #"type="expectation">\#(escapedForXML(point.failureText))</failure>"#
            )
            lines.append("    </testcase>")
        }
        lines.append("  </testsuite>")
    }
    lines.append("</testsuites>")
    return lines.joined(separator: "\n") + "\n"
}

extension PointResult {
    /// The first failure in a line, and how many there are.
    fileprivate var failureMessage: String {
        guard let first = failures.first else { return "" }
        let message = "\(first.step): expected \(first.expected), came \(first.came)"
        return (failures.count == 1 ? message : "\(message); and \(failures.count - 1) more")
    }

    /// All failures; readers of JUnit XML take no more than one `failure` of a testcase.
    fileprivate var failureText: String {
        failures.map { failure in
            (["\(failure.place): \(failure.step)"] + failure.details).map(\.onOneLine)
                .joined(separator: "\n")
        }.joined(separator: "\n\n")
    }
}

/// An attribute's value, in which XML would make a space of a new line.
private func attribute(_ text: String) -> String { escapedForXML(text.onOneLine) }

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
