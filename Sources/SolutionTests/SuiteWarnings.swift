import BrokerCore
import Diagnostics
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
        var warnings: [Diagnostic] = []
        var seen: Set<[UInt8]> = []
        let mentions = Dictionary(grouping: policy.mentions, by: \.sort)
        func check(
            _ name: [UInt8]?,
            _ sort: Policy.Mention.Sort,
            _ what: String,
            _ place: SourceLocation
        ) {
            guard let name, !name.isEmpty, !strangers.contains(name) else { return }
            guard seen.insert(Array(what.utf8) + name).inserted else { return }
            let mentioned = mentions[sort] ?? []
            guard !mentioned.contains(where: { $0.pattern.matches(name) }) else { return }
            let text = String(decoding: name, as: UTF8.self)
            warnings.append(
                Diagnostic(
                    "unmentioned-name",
                    .warning,
                    at: place,
                    "no rule mentions the \(what) `\(text)`",
                    hint: Suggestion.didYouMean(text, among: mentioned.map(\.pattern.text))
                        ?? "an unknown name that is meant is listed under `strangers:`"
                )
            )
        }
        for step in suite.setup + suite.tests.flatMap(\.steps) {
            let names = step.action.names
            check(names.interface, .interface, "interface", step.place)
            check(names.endpoint, .endpoint, "endpoint", step.place)
        }
        for matrix in suite.matrices {
            for cell in matrix.cells {
                check(cell.event.interface?.bytes, .interface, "interface", cell.place)
                check(cell.event.endpoint?.bytes, .endpoint, "endpoint", cell.place)
            }
        }
        return warnings
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
