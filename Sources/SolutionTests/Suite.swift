package import BrokerCore
package import Diagnostics
package import SecurityEvents

/// A test suite, read and checked against its init description: nothing is left to be misspelt.
package struct Suite: Sendable {
    package var file: String
    package var name: String
    /// Run before each test.
    package var setup: [Step]
    /// In the order of the file; one that is repeated with `for` stands here once for each value.
    package var tests: [SuiteTest]
    package var matrices: [Matrix]
    package var limits: Limits
}

/// One test: steps that run in order, from the init description afresh.
package struct SuiteTest: Sendable {
    package var name: String
    package var place: SourceLocation
    package var steps: [Step]
}

/// One step of a test.
package struct Step: Sendable {
    package var place: SourceLocation
    package var action: Action

    package enum Action: Sendable {
        /// `do:` a process makes a call.
        case call(CallStep)
        /// `decide:` the decision alone is asked for; nothing happens.
        case decide(SecurityEvent, Expectation)
        /// `advance:` in milliseconds; stops at every deadline on the way.
        case advance(UInt64)
        /// `expect-pending:` so many calls wait.
        case expectPendingCount(Int)
        /// `expect-pending:` just the calls saved under these names wait.
        case expectPending([String])
        /// `exit:` the process ends.
        case exit(ProcessName)
        /// `start:` a process starts at run time.
        case start(StartStep)
        /// `refused:` the process was not started.
        case refused(ProcessName)
    }
}

/// A call that a process makes, with what is expected of it.
package struct CallStep: Sendable {
    package var process: ProcessName
    package var request: RequestTemplate
    package var expectation: Expectation
    /// The name under which the handle, and the waiting call, are known to later steps.
    package var save: String?

    var opensNameServer: Bool {
        if case .fixed(.nsCreate) = request { true } else { false }
    }
}

/// A process that is started at run time, or again.
package struct StartStep: Sendable {
    package var process: ProcessName
    /// nil where the init description knows it.
    package var className: ClassName?
    /// Who starts it: Einit, or another process.
    package var starter: ProcessName
    package var expectation: Expectation
}

/// A call whose handles are not known before earlier calls have returned them.
package enum RequestTemplate: Sendable {
    case fixed(Request)
    case publish(ns: HandleReference, interface: [UInt8], server: [UInt8]?, endpoint: [UInt8])
    case unpublish(ns: HandleReference, interface: [UInt8], server: [UInt8]?, endpoint: [UInt8])
    case enumerate(
        ns: HandleReference,
        interface: [UInt8],
        index: UInt32,
        serverSize: UInt32,
        endpointSize: UInt32
    )
    case accept(client: [UInt8], endpoint: [UInt8], riid: RIID, listener: HandleReference)
    case close(HandleReference)
}

/// Where a handle comes from.
package enum HandleReference: Hashable, Sendable {
    /// `ns` left out: the one open connection of the process.
    case onlyConnection
    /// `$name`: what an earlier step saved.
    case saved(String)
    /// A number as it is written.
    case literal(Handle)
}

/// What a step must bring.
///
/// What is nil is not looked at.
package struct Expectation: Hashable, Sendable {
    package var place: SourceLocation
    /// nil where a denial was expected in other words; an allowed call must then return `rcOk`.
    package var retcode: Retcode?
    package var verdict: Verdict?
    /// A word of ``Cause/words``.
    package var cause: String?
    /// The identifier of any matching rule of the winning effect.
    package var rule: String?
    /// Rules that must be among the nearest.
    package var nearest: [String] = []
    package var limit: LimitName?
    package var server: [UInt8]?
    package var endpoint: [UInt8]?
    package var client: [UInt8]?
    package var riid: RIID?
    package var path: NameServerPath?

    /// Whether a denial by the policy is expected: one that would not come if everything were allowed.
    package var isDenial: Bool {
        if limit != nil || cause == "limit" || retcode == .quotaExceeded { return false }
        return verdict == .deny || retcode == .securityDisallow || cause == "no-rule"
            || !nearest.isEmpty
    }
}

/// A table of pure decisions: every cell that is not listed must be denied.
package struct Matrix: Sendable {
    package var name: String
    package var place: SourceLocation
    package var cells: [Cell]

    /// One event, and whether it must be allowed.
    package struct Cell: Sendable {
        package var event: SecurityEvent
        /// Where the target of the cell is written.
        package var place: SourceLocation
        package var caller: ProcessName
        /// Whether the caller is one of `callers: all`, which are those who are there.
        package var isFromAll: Bool
        package var target: String
        package var isAllowed: Bool
    }
}
