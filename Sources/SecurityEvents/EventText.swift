// How events and decisions read in one line, wherever people see them.

extension SecurityEvent {
    /// The side that should be the caller's and is another's: no process brings such an event about.
    package var strangeSide: (field: EventField, process: ProcessIdentity)? {
        guard let field = operation.callerField,
            let side = field == .client ? client : server, side.name != process.name
        else { return nil }
        return (field, side)
    }

    /// The event in a line: `cm.connect: client a, server b, endpoint c`.
    package var summary: String {
        var parts: [String] = []
        if operation.callerField == nil || strangeSide != nil {
            parts.append("process \(text(of: .process) ?? "")")
        }
        for field in operation.fields {
            if let text = text(of: field) { parts.append("\(field.rawValue) \(text)") }
        }
        return "\(operation.rawValue): " + parts.joined(separator: ", ")
    }
}

extension Decision {
    /// The decision in a line: `denied by rule x`, `denied, no rule allows it`.
    package var text: String {
        let word = verdict == .allow ? "allowed" : "denied"
        let by = engine.map { " (engine \($0))" } ?? ""
        let who = engine.map { "engine \($0)" } ?? "the engine"
        return switch cause {
        case .rule(let id): "\(word) by rule \(id)\(by)"
        case .noRule: "\(word), no rule allows it\(by)"
        case .limit(let name): "\(word), limit \(name.rawValue)"
        case .engine(let reason): "\(word) by \(who)" + (reason.map { ": \($0)" } ?? "")
        case .engineFailure(let what): "\(word), \(who) failed: \(what)"
        case .auditUnavailable: "\(word), the audit log cannot be written"
        }
    }
}

extension AuditRecord {
    /// The event that the record carries.
    package var event: SecurityEvent? {
        guard let operation, let process else { return nil }
        return SecurityEvent(
            operation,
            by: process,
            target: target,
            client: client,
            server: server,
            connection: connection,
            path: path,
            interface: interface,
            endpoint: endpoint,
            riid: riid,
            index: index
        )
    }
}
