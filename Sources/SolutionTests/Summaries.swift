import BrokerCore
import SecurityEvents

extension AuditRecord {
    var eventText: String { event?.summary ?? kind.rawValue }
}

extension Step {
    /// The step in a line.
    var summary: String {
        switch action {
        case .call(let call): "\(call.request.summary) by \(call.process)"
        case .decide(let event, _): "decide \(event.summary)"
        case .advance(let milliseconds): "advance \(milliseconds)"
        case .expectPendingCount(let count): "expect-pending \(count)"
        case .expectPending(let names): "expect-pending [\(names.joined(separator: ", "))]"
        case .exit(let process): "exit \(process)"
        case .start(let start): "start \(start.process)"
        case .refused(let process): "refused \(process)"
        }
    }
}

extension RequestTemplate {
    /// The call and its arguments.
    fileprivate var summary: String {
        switch self {
        case .fixed(let request): request.summary
        case .publish(_, let interface, let server, let endpoint):
            line("ns.publish", ("interface", interface), ("server", server), ("endpoint", endpoint))
        case .unpublish(_, let interface, let server, let endpoint):
            line(
                "ns.unpublish",
                ("interface", interface),
                ("server", server),
                ("endpoint", endpoint)
            )
        case .enumerate(_, let interface, let index, _, _):
            line("ns.enumerate", ("interface", interface)) + ", index \(index)"
        case .accept(let client, let endpoint, let riid, _):
            line("cm.accept", ("client", client), ("endpoint", endpoint))
                + ", riid \(riid.rawValue)"
        case .close: "handle.close"
        }
    }
}

extension Request {
    fileprivate var summary: String {
        switch self {
        case .nsCreate(let name, _): line("ns.create", ("name", name))
        case .connect(let server, let endpoint, _):
            line("cm.connect", ("server", server), ("endpoint", endpoint))
        case .listen(let filter, _): line("cm.listen", ("filter", filter))
        case .drop(let client, let endpoint):
            line("cm.drop", ("client", client), ("endpoint", endpoint))
        case .createListener: "handle.create-listener"
        default: "call"
        }
    }
}

/// A call with those of its arguments that are there.
private func line(_ name: String, _ arguments: (String, [UInt8]?)...) -> String {
    let texts = arguments.compactMap { key, value in
        value.map { "\(key) \(String(decoding: $0, as: UTF8.self))" }
    }
    return texts.isEmpty ? name : "\(name): \(texts.joined(separator: ", "))"
}
