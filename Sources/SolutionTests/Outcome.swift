import BrokerCore
import SecurityEvents

/// How a step ended, in the terms in which it can be expected.
struct Outcome {
    var retcode: Retcode?
    var outputs: Outputs = .none
    var decision: Decision?
    var event: SecurityEvent?
    /// Whether the call is `NsCreate`.
    var opensNameServer = false
    /// What the caller did wrong, where it did.
    var misuse: String?

    /// How the name server was reached, or was to be.
    ///
    /// On the dynamic path the call may fail as the
    /// attempt to connect that it is.
    var path: NameServerPath? {
        let isAttempt = opensNameServer && event?.operation == .connect
        return outputs.path ?? event?.path ?? (isAttempt ? .dynamic : nil)
    }
}

extension Outcome {
    /// What was expected and did not come, and what came in its place; nil where all came.
    ///
    /// What the engine says about the event, `explain`, is asked only where it matters.
    func mismatch(
        with expectation: Expectation,
        explain: () -> Explanation?
    ) -> (expected: String, came: String)? {
        var comparison = Comparison()
        compareRetcode(expectation, &comparison)
        if let verdict = expectation.verdict {
            comparison.add(
                verdict == decision?.verdict,
                verdict.rawValue,
                decision?.verdict.rawValue ?? "no decision"
            )
        }
        compareCause(expectation, explain, &comparison)
        func output(_ name: String, _ wanted: [UInt8]?, _ came: [UInt8]?) {
            guard let wanted else { return }
            let text = came.map { String(decoding: $0, as: UTF8.self) } ?? "none"
            comparison.add(
                wanted == came,
                "\(name) \(String(decoding: wanted, as: UTF8.self))",
                "\(name) \(text)"
            )
        }
        output("server", expectation.server, outputs.server?.bytes)
        output("endpoint", expectation.endpoint, outputs.endpoint?.bytes)
        output("client", expectation.client, outputs.client?.bytes)
        if let riid = expectation.riid {
            comparison.add(
                riid == outputs.riid,
                "riid \(riid.rawValue)",
                "riid \(outputs.riid.map { String($0.rawValue) } ?? "none")"
            )
        }
        if let wanted = expectation.path {
            comparison.add(
                wanted == path,
                "path \(wanted.rawValue)",
                "path \(path?.rawValue ?? "none")"
            )
        }
        return comparison.isEqual ? nil : (comparison.expected, comparison.came)
    }

    private func compareRetcode(_ expectation: Expectation, _ comparison: inout Comparison) {
        guard let retcode else { return }
        if let wanted = expectation.retcode {
            comparison.add(wanted == retcode, wanted.name, retcode.name)
        } else if decision?.verdict != .deny {
            // A denial was spoken of without its retcode; what is allowed must also succeed.
            comparison.add(retcode == .ok, Retcode.ok.name, retcode.name)
        }
    }

    private func compareCause(
        _ expectation: Expectation,
        _ explain: () -> Explanation?,
        _ comparison: inout Comparison
    ) {
        let cause = decision?.cause
        if let word = expectation.cause, expectation.rule == nil || cause?.word != "rule" {
            comparison.add(word == cause?.word, "cause \(word)", "cause \(cause?.word ?? "none")")
        }
        if let rule = expectation.rule {
            let came = cause?.rule?.text
            let isMatch = came == rule || (came != nil && isMatch(rule, explain()))
            comparison.add(isMatch, "rule \(rule)", came.map { "rule \($0)" } ?? "no rule")
        }
        if let limit = expectation.limit {
            let came: LimitName? = if case .limit(let name)? = cause { name } else { nil }
            comparison.add(
                limit == came,
                "limit \(limit.rawValue)",
                came.map { "limit \($0.rawValue)" } ?? "no limit"
            )
        }
        guard !expectation.nearest.isEmpty else { return }
        let nearest = (explain()?.nearMiss?.nearest ?? []).map(\.text)
        comparison.add(
            expectation.nearest.allSatisfy(nearest.contains),
            "nearest \(expectation.nearest.joined(separator: ", "))",
            nearest.isEmpty ? "no nearest rule" : "nearest \(nearest.joined(separator: ", "))"
        )
    }

    /// A rule is as good a cause as the one that is named, if it matches and has the same effect.
    private func isMatch(_ rule: String, _ explanation: Explanation?) -> Bool {
        explanation?.matches.contains {
            $0.rule.text == rule && $0.effect == decision?.verdict
        } ?? false
    }
}

/// Collects what is expected beside what came, as far as it was asked for.
private struct Comparison {
    private var expectedParts: [String] = []
    private var cameParts: [String] = []
    private(set) var isEqual = true

    var expected: String { expectedParts.joined(separator: ", ") }
    var came: String { cameParts.joined(separator: ", ") }

    mutating func add(_ holds: Bool, _ expected: String, _ came: String) {
        if !holds { isEqual = false }
        expectedParts.append(expected)
        cameParts.append(came)
    }
}
