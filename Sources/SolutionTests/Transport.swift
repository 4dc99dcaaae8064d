package import BrokerCore
package import SecurityEvents

/// How the steps of a test reach a broker: in process, or over sockets and the C interface.
///
/// A transport serves one test. Whatever it is, a step is over when its method returns: the call is
/// completed or pending, and everybody whose call it completed has been answered. So the runner
/// need not know which one it drives, and both must bring the same.
package protocol Transport {
    /// The broker as it is after the last step, to be asked who is there, what waits and for how
    /// long.
    var broker: ChannelBroker { get }
    /// The time of the next step.
    var now: Instant { get }

    /// Plays Einit; the first step, once.
    mutating func start() -> Happenings
    /// Makes a call for a process that is there.
    ///
    /// - Returns: the call's number, nil where the broker never saw it, with what happened.
    mutating func perform(
        _ request: Request,
        by process: ProcessName
    ) -> (call: CallID?, happenings: Happenings)
    /// Starts a process at run time; see the broker's method of that name.
    mutating func startProcess(
        _ name: ProcessName,
        className: ClassName?,
        by starter: ProcessName
    ) -> (result: StartResult, happenings: Happenings)
    /// Ends a process that is there.
    mutating func endProcess(_ name: ProcessName) -> Happenings
    /// Lets time pass until `time`, no later than the next deadline, which then expires.
    mutating func setTime(_ time: Instant) -> Happenings
}

/// What a step of a test brought about.
package struct Happenings {
    /// The records that were made, in order.
    package var records: [AuditRecord] = []
    /// The calls that completed, in order.
    package var completed: [CompletedCall] = []
    /// What went wrong between process and broker; never in process.
    package var fault: TransportFault?

    package init() {}
}

/// A call that completed, as the broker and as its process see it.
package struct CompletedCall {
    package var completion: Completion
    /// What the process was told; nil where nobody looks, and where the process ended meanwhile.
    package var seen: ClientAnswer?

    package init(_ completion: Completion, seen: ClientAnswer? = nil) {
        self.completion = completion
        self.seen = seen
    }
}

/// A fault between process and broker, which fails the step whatever was expected of it.
package struct TransportFault: Error, Hashable {
    package var expected: String
    package var came: String

    package init(expected: String, came: String) {
        self.expected = expected
        self.came = came
    }
}

/// What a process is told of its call: a retcode and, where that is `rcOk`, what the C function
/// wrote through its pointers.
package struct ClientAnswer: Hashable {
    package var retcode: Retcode
    package var handle: Handle?
    package var riid: RIID?
    /// Client or server, then endpoint.
    package var names: [[UInt8]] = []

    package init(_ retcode: Retcode) { self.retcode = retcode }

    /// What `completion` has the process told.
    package init(_ completion: Completion) {
        let outputs = completion.outputs
        retcode = completion.retcode
        handle = outputs.handle
        riid = outputs.riid
        let names = [outputs.server?.bytes, outputs.client?.bytes, outputs.endpoint?.bytes]
        self.names = names.compactMap(\.self)
    }
}

extension ClientAnswer {
    /// The answer in words, for a failure.
    var text: String {
        var parts = [retcode.name]
        if let handle { parts.append("handle \(handle.rawValue)") }
        if let riid { parts.append("riid \(riid.rawValue)") }
        parts += names.map { "`\(String(decoding: $0, as: UTF8.self))`" }
        return parts.joined(separator: ", ")
    }
}
