package import SecurityEvents

/// Which records somebody wants to see: all conditions must hold, of each one of its values.
package struct AuditQuery: Hashable, Sendable {
    package var kinds: [AuditRecord.Kind] = []
    package var verdicts: [Verdict] = []
    /// Whether the call went on; `false` finds what permissive mode let through.
    package var enforced: Bool?
    /// Operations, also as `cm.*`.
    package var operations: [NamePattern] = []
    /// Words of causes.
    package var causes: [String] = []
    package var rules: [NamePattern] = []
    package var engines: [NamePattern] = []
    package var retcodes: [Retcode] = []
    package var processes: [NamePattern] = []
    /// The class of the caller.
    package var classes: [NamePattern] = []
    package var targets: [NamePattern] = []
    package var clients: [NamePattern] = []
    package var servers: [NamePattern] = []
    package var connections: [NamePattern] = []
    package var interfaces: [NamePattern] = []
    package var endpoints: [NamePattern] = []
    /// Records of these calls.
    package var calls: [UInt64] = []
    /// From this moment on.
    package var since: WallTime?
    /// Up to this moment, and at it.
    package var until: WallTime?
    package var sequences: ClosedRange<UInt64>?

    package init() {}

    package func matches(_ logged: LoggedRecord) -> Bool {
        if let sequences, !sequences.contains(logged.sequence) { return false }
        if let since, logged.wall < since { return false }
        if let until, logged.wall > until { return false }
        return isAmong(kinds, logged.record.kind)
            && isAmong(verdicts, logged.record.decision?.verdict)
            && (enforced == nil || enforced == logged.record.enforced)
            && isAmong(causes, logged.record.decision?.cause.word)
            && isAmong(retcodes, logged.record.retcode)
            && isAmong(calls, logged.record.call?.rawValue)
            && matchesTexts(of: logged.record)
            && matchesNames(of: logged.record)
    }

    private func matchesTexts(of record: AuditRecord) -> Bool {
        fits(operations, record.operation.map { Array($0.rawValue.utf8) })
            && fits(rules, record.decision?.cause.rule.map { Array($0.text.utf8) })
            && fits(engines, record.decision?.engine.map { Array($0.utf8) })
    }

    private func matchesNames(of record: AuditRecord) -> Bool {
        fits(processes, record.process?.name.bytes)
            && fits(classes, record.process?.className.bytes)
            && fits(targets, record.target?.name.bytes)
            && fits(clients, record.client?.name.bytes)
            && fits(servers, record.server?.name.bytes)
            && fits(connections, record.connection?.bytes)
            && fits(interfaces, record.interface?.bytes)
            && fits(endpoints, record.endpoint?.bytes)
    }

    /// No values are no condition; a record without the key meets none.
    private func isAmong<Value: Equatable>(_ values: [Value], _ value: Value?) -> Bool {
        if values.isEmpty { return true }
        guard let value else { return false }
        return values.contains(value)
    }

    private func fits(_ patterns: [NamePattern], _ name: @autoclosure () -> [UInt8]?) -> Bool {
        if patterns.isEmpty { return true }
        guard let name = name() else { return false }
        return patterns.contains { $0.matches(name) }
    }
}
