import BrokerCore
import SecurityEvents

/// The name server.
extension ReferenceModel {
    mutating func create(_ bytes: [UInt8]?, _ caller: ProcessName) throws(Stop) -> Outputs {
        let name: ProcessName = try bytes == nil ? "kl.core.NameServer" : name(bytes, "name")
        let own = run(caller)
        let index = channels.firstIndex {
            $0.client == own && $0.connection?.bytes == name.bytes
        }
        let me = identity(caller)
        if let index, !channels[index].isClientClosed {
            let server = channels[index].server
            try ask(
                SecurityEvent(
                    .nsCreate,
                    by: me,
                    client: me,
                    server: server.identity,
                    path: .static
                )
            )
            guard isNameServer(server.identity) else { throw .code(.resourceNotFound) }
            guard !channels[index].isServerClosed else { throw .code(.notConnected) }
            try checkConnections(caller)
            return .connection(takeHandle(caller, .connection(index)), .static)
        }
        let server = identity(name)
        try ask(SecurityEvent(.nsCreate, by: me, client: me, server: server, path: .dynamic))
        try ask(
            SecurityEvent(
                .connect,
                by: me,
                client: me,
                server: server,
                endpoint: "kl.core.NameServer"
            )
        )
        guard let run = run(name), isNameServer(run.identity), let own else {
            throw .code(.resourceNotFound)
        }
        try checkConnections(caller)
        let handle = takeHandle(caller, .connection(channels.count))
        var record = AuditRecord(.channelCreated, at: now, call: call)
        record.client = me
        record.server = server
        record.endpoint = "kl.core.NameServer"
        record.riid = RIID(rawValue: 0)
        addChannel(record, own, run) { $0.isConnection = true }
        return .connection(handle, .dynamic)
    }

    /// The channel of a connection that the caller holds.
    private func connection(_ ns: Handle, _ caller: ProcessName) throws(Stop) -> Int {
        guard case .connection(let channel) = try kind(ns, "ns", caller) else {
            throw .misuse("ns is not a connection to a name server", .invalidOperation)
        }
        return channel
    }

    private func nameServer(_ channel: Int) throws(Stop) -> Run {
        guard !channels[channel].isClientClosed, !channels[channel].isServerClosed else {
            throw .code(.notConnected)
        }
        return channels[channel].server
    }

    mutating func publish(
        _ ns: Handle,
        _ interface: [UInt8]?,
        _ server: [UInt8]?,
        _ endpoint: [UInt8]?,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs {
        let entry = try entry(.publish, ns, interface, server, endpoint, caller)
        if entries.filter({ $0.publisher == run(caller) }).count >= limits.entries {
            throw .limit(.entries)
        }
        if entries.contains(where: { isSame($0, entry) }) { throw .code(.alreadyExists) }
        entries.append(entry)
        return .none
    }

    mutating func unpublish(
        _ ns: Handle,
        _ interface: [UInt8]?,
        _ server: [UInt8]?,
        _ endpoint: [UInt8]?,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs {
        let entry = try entry(.unpublish, ns, interface, server, endpoint, caller)
        guard let index = entries.firstIndex(where: { isSame($0, entry) }) else {
            throw .code(.resourceNotFound)
        }
        entries.remove(at: index)
        return .none
    }

    private func isSame(_ one: Entry, _ other: Entry) -> Bool {
        one.nameServer == other.nameServer && one.interface == other.interface
            && one.server == other.server && one.endpoint == other.endpoint
    }

    private mutating func entry(
        _ operation: Operation,
        _ ns: Handle,
        _ interface: [UInt8]?,
        _ server: [UInt8]?,
        _ endpoint: [UInt8]?,
        _ caller: ProcessName
    ) throws(Stop) -> Entry {
        let channel = try connection(ns, caller)
        let interface: InterfaceName = try name(interface, "interface")
        let server: ProcessName = try server == nil ? caller : name(server, "server")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        try ask(
            SecurityEvent(
                operation,
                by: identity(caller),
                server: identity(server),
                interface: interface,
                endpoint: endpoint
            )
        )
        guard isThere(server), let publisher = run(caller) else { throw .code(.resourceNotFound) }
        return Entry(
            nameServer: try nameServer(channel),
            interface: interface,
            server: server,
            endpoint: endpoint,
            publisher: publisher
        )
    }

    mutating func enumerate(
        _ ns: Handle,
        _ interface: [UInt8]?,
        _ index: UInt32,
        _ serverSize: UInt32,
        _ endpointSize: UInt32,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs {
        let channel = try connection(ns, caller)
        let interface: InterfaceName = try name(interface, "interface")
        try ask(
            SecurityEvent(.enumerate, by: identity(caller), interface: interface, index: index)
        )
        let nameServer = try nameServer(channel)
        let found = entries.filter { $0.nameServer == nameServer && $0.interface == interface }
        guard index < found.count else { throw .code(.resourceNotFound) }
        let entry = found[Int(index)]
        if entry.server.bytes.count + 1 > serverSize
            || entry.endpoint.bytes.count + 1 > endpointSize
        {
            throw .code(.bufferTooSmall)
        }
        return .entry(server: entry.server, endpoint: entry.endpoint)
    }
}
