import Diagnostics
package import SecurityEvents

extension LoggedRecord {
    /// The record in one line for people.
    package var text: String {
        var line = "\(sequence) \(wall.text) \(record.summary)"
        if let call = record.call { line += " (call \(call.rawValue))" }
        return line.printable
    }
}

extension AuditRecord {
    /// What happened, in a line without number and time.
    package var summary: String {
        switch kind {
        case .decision: decided
        case .outcome: "outcome of \(eventText): \(retcode?.name ?? "")"
        case .misuse:
            "misuse by \(named(process)): \(misuse ?? "")" + (retcode.map { ", \($0.name)" } ?? "")
        case .start: "start, \(inForce)" + (torn.map { ", \($0) torn bytes were set aside" } ?? "")
        case .stop: "stop"
        case .reload: "reload, \(inForce)"
        case .mode: "mode, \(inForce)"
        case .channelCreated: "channel created, \(channel)"
        case .channelDeleted: "channel deleted, \(channel)"
        case .processStarted: "process started, \(named(process))"
        case .processEnded: "process ended, \(named(process))"
        case .auditLost: "\(lost ?? 0) records were lost before this one"
        }
    }

    private var decided: String {
        var line = "\(decision?.verdict.rawValue ?? "") \(eventText): \(decision?.text ?? "")"
        if enforced == false { line += ", not enforced" }
        if let candidate = decision?.candidate {
            line += "; the candidate: \(Decision(candidate.verdict, candidate.cause).text)"
        }
        if let retcode { line += ", \(retcode.name)" }
        return line
    }

    private var eventText: String { event?.summary ?? operation?.rawValue ?? "" }

    private var inForce: String {
        let digest = policy.map { String($0.digest.description.prefix(12)) } ?? ""
        return "mode \(mode?.rawValue ?? ""), policy \(policy?.name ?? "") (\(digest)…), "
            + "generation \(generation ?? 0)"
    }

    private var channel: String {
        var line = "client \(named(client)), server \(named(server))"
        if let connection { line += ", connection \(connection)" }
        if let endpoint { line += ", endpoint \(endpoint)" }
        if let riid { line += ", riid \(riid.rawValue)" }
        return line
    }

    private func named(_ process: ProcessIdentity?) -> String {
        guard let process else { return "" }
        let (name, className) = (process.name.description, process.className.description)
        return process.name.bytes == process.className.bytes ? name : "\(name) (class \(className))"
    }
}
