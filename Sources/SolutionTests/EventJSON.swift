import Diagnostics
package import JSONText
package import SecurityEvents

extension JSONWriter {
    /// Writes what was decided, under the keys of the audit record, and what only people are shown:
    /// `place`, `matches`, `nearest` and `more`.
    package mutating func members(of explanation: Explanation) {
        members(of: explanation.decision)
        if let place = explanation.place {
            key("place")
            value(place)
        }
        if !explanation.matches.isEmpty {
            key("matches")
            beginArray()
            for match in explanation.matches {
                beginObject()
                member("rule", match.rule.text)
                member("effect", match.effect.rawValue)
                endObject()
            }
            endArray()
        }
        if let nearMiss = explanation.nearMiss { members(of: nearMiss) }
    }

    package mutating func members(of decision: Decision) {
        member("verdict", decision.verdict.rawValue)
        cause(decision.cause)
        member("engine", decision.engine)
        if let candidate = decision.candidate {
            key("candidate")
            beginObject()
            member("verdict", candidate.verdict.rawValue)
            cause(candidate.cause)
            endObject()
        }
    }

    private mutating func members(of nearMiss: NearMiss) {
        key("nearest")
        beginArray()
        for rule in nearMiss.rules {
            beginObject()
            member("rule", rule.id.text)
            key("place")
            value(rule.place)
            key("conditions")
            beginArray()
            for condition in rule.unmet {
                beginObject()
                member("key", condition.field.rawValue)
                member("rule", condition.rule)
                member("event", condition.event)
                endObject()
            }
            endArray()
            endObject()
        }
        endArray()
        key("more")
        value(nearMiss.more)
    }

    private mutating func cause(_ cause: Cause) {
        member("cause", cause.word)
        member("rule", cause.rule?.text)
        if case .limit(let name) = cause { member("limit", name.rawValue) }
        if case .engine(let reason) = cause { member("reason", reason) }
        if case .engineFailure(let reason) = cause { member("reason", reason) }
    }
}
