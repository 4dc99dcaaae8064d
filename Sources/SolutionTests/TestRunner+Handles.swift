import BrokerCore
import SecurityEvents

extension TestRunner {
    /// Why a saved name holds no handle.
    struct SavedFault: Error {
        var text: String
    }

    /// The call with the handles that earlier calls returned.
    ///
    /// - Returns: what the process passes to the broker.
    /// - Throws: what keeps a saved name from being a handle.
    func resolve(_ call: CallStep) throws(SavedFault) -> Request {
        func handle(_ reference: HandleReference) throws(SavedFault) -> Handle {
            try self.handle(reference, of: call.process)
        }
        switch call.request {
        case .fixed(let request): return request
        case .publish(let ns, let interface, let server, let endpoint):
            return .publish(
                ns: try handle(ns),
                interface: interface,
                server: server,
                endpoint: endpoint
            )
        case .unpublish(let ns, let interface, let server, let endpoint):
            return .unpublish(
                ns: try handle(ns),
                interface: interface,
                server: server,
                endpoint: endpoint
            )
        case .enumerate(let ns, let interface, let index, let serverSize, let endpointSize):
            return .enumerate(
                ns: try handle(ns),
                interface: interface,
                index: index,
                serverSize: serverSize,
                endpointSize: endpointSize
            )
        case .accept(let client, let endpoint, let riid, let listener):
            return .accept(
                client: client,
                endpoint: endpoint,
                riid: riid,
                listener: try handle(listener)
            )
        case .close(let reference): return .close(try handle(reference))
        }
    }

    private func handle(
        _ reference: HandleReference,
        of process: ProcessName
    ) throws(SavedFault) -> Handle {
        switch reference {
        case .literal(let handle): return handle
        case .saved(let name):
            let fault = SavedFault(text: "`$\(name)` was never saved")
            return try (savedHandles[name] ?? .failure(fault)).get()
        case .onlyConnection:
            let open = broker.connections(of: process)
            guard open.count <= 1 else {
                throw SavedFault(
                    text: "`\(process)` has \(open.count) connections to name servers; "
                        + "say which with `ns:`"
                )
            }
            return open.first ?? .invalid
        }
    }
}
