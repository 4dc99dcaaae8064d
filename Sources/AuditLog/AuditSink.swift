/// Where lines of the audit log go.
package protocol AuditSink {
    /// Takes whole lines.
    ///
    /// - Returns: whether they have left the process's memory. If not, all of them count as lost,
    ///   and calls are denied until a later write succeeds.
    mutating func write(_ lines: [UInt8]) -> Bool
}

/// Keeps all lines in memory, for tests and for a log that is read in the same run.
package struct MemoryAuditSink: AuditSink, Sendable {
    /// Every line so far.
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ lines: [UInt8]) -> Bool {
        bytes.append(contentsOf: lines)
        return true
    }
}

/// Hands lines to a closure: how a shell that can write files plugs itself in.
package struct ClosureAuditSink: AuditSink {
    private let body: ([UInt8]) -> Bool

    /// - Parameter body: takes whole lines and says whether they have left the process's memory.
    package init(_ body: @escaping ([UInt8]) -> Bool) { self.body = body }

    package mutating func write(_ lines: [UInt8]) -> Bool { body(lines) }
}
