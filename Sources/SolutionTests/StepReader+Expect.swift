import Diagnostics
import LocatedYAML
import SecurityEvents

/// What an expectation is about; it decides which keys it has.
enum ExpectationSubject {
    case call(CallName)
    /// A pure decision, which has no retcode.
    case decision
    /// The start of a process.
    case start

    /// What the call returns besides its retcode.
    var outputs: [String] {
        switch self {
        case .call(.nsCreate): ["path"]
        case .call(.enumerate): ["server", "endpoint"]
        case .call(.listen): ["client", "endpoint"]
        case .call(.connect): ["riid"]
        case .call, .decision, .start: []
        }
    }

    var hasRetcode: Bool {
        if case .decision = self { false } else { true }
    }
}

extension StepReader {
    /// Reads `expect`; left out it means `rcOk`, for a decision alone: allow.
    func expectation(
        _ node: YAMLNode?,
        at place: SourceLocation,
        of subject: ExpectationSubject,
        _ diagnostics: inout [Diagnostic]
    ) -> Expectation? {
        var expectation = Expectation(place: node?.place ?? place)
        guard let node else {
            if subject.hasRetcode {
                expectation.retcode = .ok
            } else {
                expectation.verdict = .allow
            }
            return expectation
        }
        let count = diagnostics.count
        if node.kind == .scalar {
            readScalar(node, subject, &expectation, &diagnostics)
        } else if var reader = MappingReader(node, "`expect`", &diagnostics) {
            readMapping(&reader, subject, &expectation, &diagnostics)
            reader.finish(&diagnostics)
        }
        return diagnostics.count == count ? expectation : nil
    }

    private func readScalar(
        _ node: YAMLNode,
        _ subject: ExpectationSubject,
        _ expectation: inout Expectation,
        _ diagnostics: inout [Diagnostic]
    ) {
        guard let text = environment.text(node, "`expect`", &diagnostics) else { return }
        if let verdict = Verdict(rawValue: text), !subject.hasRetcode {
            expectation.verdict = verdict
        } else if let retcode = Retcode(named: text), subject.hasRetcode {
            expectation.retcode = retcode
        } else if subject.hasRetcode {
            diagnostics.append(unknownRetcode(text, at: node.place))
        } else {
            diagnostics.append(
                Diagnostic(
                    "invalid-verdict",
                    at: node.place,
                    "a decision is `allow` or `deny`, not `\(text)`"
                )
            )
        }
    }

    private func unknownRetcode(_ text: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "unknown-retcode",
            at: place,
            "no retcode is called `\(text)`",
            hint: Suggestion.didYouMean(text, among: Retcode.named.map(\.name))
        )
    }

    private func readMapping(
        _ reader: inout MappingReader,
        _ subject: ExpectationSubject,
        _ expectation: inout Expectation,
        _ diagnostics: inout [Diagnostic]
    ) {
        if reader.node.entries.isEmpty {
            diagnostics.append(
                Diagnostic("empty-list", at: reader.node.place, "`expect` expects nothing")
            )
        }
        if subject.hasRetcode, let node = reader.optional("rc"),
            let text = environment.text(node, "`rc`", &diagnostics)
        {
            expectation.retcode = Retcode(named: text)
            if expectation.retcode == nil {
                diagnostics.append(unknownRetcode(text, at: node.place))
            }
        }
        readDecision(&reader, subject, &expectation, &diagnostics)
        for output in subject.outputs {
            guard let node = reader.optional(output) else { continue }
            switch output {
            case "path": expectation.path = readPath(node, environment, &diagnostics)
            case "riid":
                expectation.riid = number(node, "`riid`", UInt32.self, &diagnostics)
                    .map(RIID.init(rawValue:))
            case "server":
                expectation.server = process(node, "`server`", &diagnostics)?.bytes
            case "client":
                expectation.client = process(node, "`client`", &diagnostics)?.bytes
            default:
                expectation.endpoint =
                    name(node, "`endpoint`", EndpointName.self, &diagnostics)?.bytes
            }
        }
        if expectation.retcode == nil, subject.hasRetcode, expectation.verdict == nil,
            expectation.cause == nil, expectation.rule == nil, expectation.nearest.isEmpty
        {
            expectation.retcode = .ok
        }
    }

    private func readDecision(
        _ reader: inout MappingReader,
        _ subject: ExpectationSubject,
        _ expectation: inout Expectation,
        _ diagnostics: inout [Diagnostic]
    ) {
        func text(_ key: String) -> (text: String, node: YAMLNode)? {
            guard let node = reader.optional(key) else { return nil }
            return environment.text(node, "`\(key)`", &diagnostics).map { ($0, node) }
        }
        func choose(_ key: String, _ word: String, _ node: YAMLNode, _ words: [String]) {
            guard !words.contains(word) else { return }
            diagnostics.append(
                Diagnostic(
                    "invalid-\(key)",
                    at: node.place,
                    "no \(key) is called `\(word)`",
                    hint: Suggestion.didYouMean(word, among: words)
                        ?? "one of " + words.joined(separator: ", ")
                )
            )
        }
        if let (word, node) = text("verdict") {
            expectation.verdict = Verdict(rawValue: word)
            choose("verdict", word, node, ["allow", "deny"])
        }
        if let (word, node) = text("cause") {
            expectation.cause = word
            choose("cause", word, node, Cause.words)
        }
        expectation.rule = text("rule")?.text
        if let (word, node) = text("limit") {
            expectation.limit = LimitName(rawValue: word)
            choose("limit", word, node, LimitName.allCases.map(\.rawValue))
        }
        if let node = reader.optional("nearest") {
            let items = node.kind == .sequence ? node.items : [node]
            expectation.nearest = items.compactMap {
                environment.text($0, "`nearest`", &diagnostics)
            }
        }
        if let (word, node) = text("denied") {
            if expectation.verdict != nil || expectation.cause != nil || expectation.rule != nil
                || expectation.retcode != nil
            {
                diagnostics.append(
                    Diagnostic(
                        "conflicting-keys",
                        at: node.place,
                        "`denied` stands for `rc`, `verdict`, `cause` and `rule`, and goes without them"
                    )
                )
            }
            expectation.verdict = .deny
            expectation.cause = word == "no-rule" ? "no-rule" : "rule"
            expectation.rule = word == "no-rule" ? nil : word
            expectation.retcode = subject.hasRetcode ? .securityDisallow : nil
        }
    }
}
