import BrokerCore
package import Diagnostics
import SecurityEvents
import SecurityPolicy

/// What a suite says that can be run, and still proves little.
struct SuiteWarnings {
    let suite: Suite
    let strangers: Set<[UInt8]>
    let policy: Policy

    var all: [Diagnostic] { unmentionedNames + missingDenial }

    /// Endpoints and interfaces that no rule mentions: a denial of a misspelt one proves nothing.
    private var unmentionedNames: [Diagnostic] {
        let patterns = Dictionary(grouping: policy.mentions, by: \.sort)
        return suite.mentionedNames.compactMap { mention in
            guard !strangers.contains(mention.name) else { return nil }
            let mentioned = patterns[mention.isInterface ? .interface : .endpoint] ?? []
            guard !mentioned.contains(where: { $0.pattern.matches(mention.name) }) else {
                return nil
            }
            let what = mention.isInterface ? "interface" : "endpoint"
            let text = String(decoding: mention.name, as: UTF8.self)
            return Diagnostic(
                "unmentioned-name",
                .warning,
                at: mention.place,
                "no rule mentions the \(what) `\(text)`",
                hint: Suggestion.didYouMean(text, among: mentioned.map(\.pattern.text))
                    ?? "an unknown name that is meant is listed under `strangers:`"
            )
        }
    }

    /// A suite that expects no denial would pass under a policy that allows everything.
    private var missingDenial: [Diagnostic] {
        let steps = suite.setup + suite.tests.flatMap(\.steps)
        let expectsDenial =
            steps.contains { $0.action.expectsDenial }
            || suite.matrices.contains { $0.cells.contains { !$0.isAllowed } }
        guard !expectsDenial, !steps.isEmpty || !suite.matrices.isEmpty else { return [] }
        return [
            Diagnostic(
                "no-denial",
                .warning,
                at: SourceLocation(file: suite.file, line: 1, column: 1),
                "the suite expects no denial, and would pass if everything were allowed",
                hint: "add a step that is expected to be denied, or a `matrix:`"
            )
        ]
    }
}

extension Suite {
    /// An interface or an endpoint that a suite speaks of.
    package struct MentionedName: Hashable, Sendable {
        package var name: [UInt8]
        package var isInterface: Bool
        /// Where it is mentioned first.
        package var place: SourceLocation
    }

    /// Every interface and endpoint that steps and matrices speak of, each once.
    package var mentionedNames: [MentionedName] {
        var names: [MentionedName] = []
        var seen: Set<[UInt8]> = []
        func add(_ name: [UInt8]?, isInterface: Bool, _ place: SourceLocation) {
            // A name that is none is for the broker to refuse.
            guard let name, (try? EndpointName(name)) != nil else { return }
            guard seen.insert([isInterface ? 1 : 0] + name).inserted else { return }
            names.append(MentionedName(name: name, isInterface: isInterface, place: place))
        }
        for step in setup + tests.flatMap(\.steps) {
            let names = step.action.names
            add(names.interface, isInterface: true, step.place)
            add(names.endpoint, isInterface: false, step.place)
        }
        for cell in matrices.flatMap(\.cells) {
            add(cell.event.interface?.bytes, isInterface: true, cell.place)
            add(cell.event.endpoint?.bytes, isInterface: false, cell.place)
        }
        return names
    }
}

extension Step.Action {
    /// The interface and the endpoint that the step speaks of.
    fileprivate var names: (interface: [UInt8]?, endpoint: [UInt8]?) {
        switch self {
        case .decide(let event, _): (event.interface?.bytes, event.endpoint?.bytes)
        case .call(let call):
            switch call.request {
            case .publish(_, let interface, _, let endpoint),
                .unpublish(_, let interface, _, let endpoint):
                (interface, endpoint)
            case .enumerate(_, let interface, _, _, _): (interface, nil)
            case .accept(_, let endpoint, _, _): (nil, endpoint)
            case .fixed(let request): (nil, request.endpoint)
            case .close: (nil, nil)
            }
        case .advance, .expectPendingCount, .expectPending, .exit, .start, .refused: (nil, nil)
        }
    }

    fileprivate var expectsDenial: Bool {
        switch self {
        case .call(let call): call.expectation.isDenial
        case .decide(_, let expectation): expectation.isDenial
        case .start(let start): start.expectation.isDenial
        case .refused: true
        case .advance, .expectPendingCount, .expectPending, .exit: false
        }
    }
}

extension Request {
    fileprivate var endpoint: [UInt8]? {
        switch self {
        case .connect(_, let endpoint, _), .drop(_, let endpoint): endpoint
        default: nil
        }
    }
}
