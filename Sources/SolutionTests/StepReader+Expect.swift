import BrokerCore
import Diagnostics
import LocatedYAML
import SecurityEvents

private let verdicts = [Verdict.allow.rawValue, Verdict.deny.rawValue]

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

    /// The expectation, for messages.
    var what: String {
        switch self {
        case .call(let call): "`expect` of `\(call.rawValue)`"
        case .decision: "`expect` of a decision"
        case .start: "`expect` of a start"
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
        } else if var reader = MappingReader(node, subject.what, &diagnostics) {
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
            let isRetcode = Retcode(named: text) != nil
            diagnostics.append(
                Diagnostic(
                    "invalid-verdict",
                    at: node.place,
                    "a decision is `allow` or `deny`, not `\(text)`",
                    hint: isRetcode
                        ? "`decide` makes no call, and so has no retcode"
                        : Suggestion.didYouMean(text, among: verdicts)
                            ?? denialHint(text)
                )
            )
        }
    }

    /// How a denial is written, where `text` seems to mean one.
    private func denialHint(_ text: String) -> String? {
        if text == "allow" { return "write `{verdict: allow}`" }
        guard Cause.words.contains(text) || ["deny", "denied"].contains(text) else { return nil }
        return "write `{denied: no-rule}`, or `{denied: RULE}` for a denial by that rule"
    }

    private func unknownRetcode(_ text: String, at place: SourceLocation) -> Diagnostic {
        Diagnostic(
            "unknown-retcode",
            at: place,
            "no retcode is called `\(text)`",
            hint: denialHint(text)
                ?? Suggestion.didYouMean(text, among: Retcode.named.map(\.name))
                ?? Suggestion.didYouMean("rc" + text, among: Retcode.named.map(\.name))
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
                Diagnostic(
                    "empty-list",
                    at: reader.node.place,
                    "`expect` expects nothing",
                    hint: "left out it is \(subject.hasRetcode ? "`rcOk`" : "`allow`")"
                )
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
            expectation.cause == nil, expectation.rule == nil, expectation.nearest.isEmpty,
            expectation.limit == nil
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
            choose("verdict", word, node, verdicts)
        }
        if let (word, node) = text("cause") {
            expectation.cause = word
            choose("cause", word, node, Cause.words)
        }
        expectation.rule = text("rule")?.text
        if let (word, node) = text("limit") {
            let names = Limits.settable.map(\.name)
            expectation.limit = names.first { $0.rawValue == word }
            choose("limit", word, node, names.map(\.rawValue))
        }
        if let node = reader.optional("nearest") {
            let items = node.kind == .sequence ? node.items : [node]
            if items.isEmpty {
                diagnostics.append(
                    Diagnostic("empty-list", at: node.place, "`nearest` is an empty list")
                )
            }
            expectation.nearest = items.compactMap {
                environment.text($0, "`nearest`", &diagnostics)
            }
        }
        if let (word, node) = text("denied") {
            readDenied(word, node, subject, &expectation, &diagnostics)
        }
    }

    private func readDenied(
        _ word: String,
        _ node: YAMLNode,
        _ subject: ExpectationSubject,
        _ expectation: inout Expectation,
        _ diagnostics: inout [Diagnostic]
    ) {
        let cause = word == "no-rule" ? word : "rule"
        let isContradicted =
            (expectation.verdict ?? .deny) != .deny || (expectation.cause ?? cause) != cause
            || (expectation.rule ?? word) != word || expectation.limit != nil
            || (expectation.retcode ?? .securityDisallow) != .securityDisallow
        if isContradicted {
            let parts = cause == "rule" ? "cause: rule, rule: \(word)" : "cause: no-rule"
            let retcode = subject.hasRetcode ? "rc: rcSecurityDisallow, " : ""
            diagnostics.append(
                Diagnostic(
                    "conflicting-keys",
                    at: node.place,
                    "`denied: \(word)` means {\(retcode)verdict: deny, \(parts)}; "
                        + "another key says otherwise"
                )
            )
        }
        expectation.verdict = .deny
        expectation.cause = cause
        expectation.rule = cause == "rule" ? word : nil
        expectation.retcode = subject.hasRetcode ? .securityDisallow : nil
    }
}
