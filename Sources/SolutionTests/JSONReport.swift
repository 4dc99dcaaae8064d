import Diagnostics
import JSONText
import SecurityEvents
import SecurityPolicy

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
