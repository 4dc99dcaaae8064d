package import SecurityEvents

/// How much one process may hold at once; the numbers are our choice.
///
/// There is no shared total, so that no process can use up what is another's.
package struct Limits: Hashable, Sendable {
    /// Calls of a process that wait: connects and listens together.
    package var waiting = 64
    /// Open connections to name servers.
    package var connections = 64
    /// Open IPC handles, with those that waiting connects have reserved.
    package var handles = 4096
    /// Entries that a process has published, on all name servers together.
    package var entries = 1024

    package init() {}

    /// The limits of a process, by the names under which they can be set.
    ///
    /// What the machine gives is no limit of ours.
    package static var settable: [(name: LimitName, limit: WritableKeyPath<Limits, Int>)] {
        [
            (.waiting, \.waiting), (.connections, \.connections), (.handles, \.handles),
            (.entries, \.entries),
        ]
    }
}

/// What the broker is told when it is made, besides solution and engine.
package struct Options: Hashable, Sendable {
    package var limits: Limits
    /// Whether policy denials are carried out from the start.
    package var mode: Mode
    /// Whether a `cm.listen` with a filter is refused instead of noted.
    package var strict: Bool

    package init(limits: Limits = Limits(), mode: Mode = .enforce, strict: Bool = false) {
        self.limits = limits
        self.mode = mode
        self.strict = strict
    }
}
