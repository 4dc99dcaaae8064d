import BrokerCore
import SecurityEvents

/// The channel manager.
extension ReferenceModel {
    mutating func connect(
        _ server: [UInt8]?,
        _ endpoint: [UInt8]?,
        _ timeout: Timeout,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs? {
        let server: ProcessName = try name(server, "server")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        let me = identity(caller)
        try ask(
            SecurityEvent(
                .connect,
                by: me,
                client: me,
                server: identity(server),
                endpoint: endpoint
            )
        )
        guard isThere(server) else { throw .code(.resourceNotFound) }
        if timeout == .milliseconds(0) { throw .code(.timeout) }
        try checkWaiting(caller)
        try checkHandles(caller)
        wait(caller, timeout, server: server)
        for listen in waiting where listen.server == nil && listen.process == server {
            end(listen, .ok, first(of: server))
        }
        return nil
    }

    /// Hands out the first request and puts it behind the others.
    private mutating func first(of server: ProcessName) -> Outputs {
        let requests = requests(to: server)
        guard let first = requests.first, let endpoint = first.event.endpoint else { return .none }
        queue.removeAll { $0 == first.call }
        queue.append(first.call)
        return .request(client: first.process, endpoint: endpoint, waiting: requests.count)
    }

    mutating func listen(
        _ filter: [UInt8]?,
        _ timeout: Timeout,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs? {
        if filter != nil {
            if strict { throw .misuse("filter is not null", .invalidArgument) }
            noteMisuse("filter is not null", nil, .listen, caller)
        }
        try ask(SecurityEvent(.listen, by: identity(caller), server: identity(caller)))
        if !requests(to: caller).isEmpty { return first(of: caller) }
        if timeout == .milliseconds(0) { throw .code(.timeout) }
        try checkWaiting(caller)
        wait(caller, timeout, server: nil)
        return nil
    }

    /// The oldest request of that client for that endpoint.
    private func oldest(
        _ client: ProcessName,
        _ endpoint: EndpointName,
        _ server: ProcessName
    ) throws(Stop) -> Waiting {
        let found = waiting.filter {
            $0.server == server && $0.process == client && $0.event.endpoint == endpoint
        }
        guard let oldest = found.min(by: { $0.call < $1.call }) else {
            throw .code(.resourceNotFound)
        }
        return oldest
    }

    mutating func accept(
        _ client: [UInt8]?,
        _ endpoint: [UInt8]?,
        _ riid: RIID,
        _ listener: Handle,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs {
        let client: ProcessName = try name(client, "client")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        if listener.rawValue != 0 {
            guard case .listener = try kind(listener, "listener", caller) else {
                throw .misuse("listener is not a listener handle", .invalidOperation)
            }
        }
        let (from, me) = (identity(client), identity(caller))
        try ask(
            SecurityEvent(
                .accept,
                by: me,
                client: from,
                server: me,
                endpoint: endpoint,
                riid: riid
            )
        )
        guard let clientRun = run(client), let ownRun = run(caller) else {
            throw .code(.resourceNotFound)
        }
        try checkHandles(caller)
        let request = try oldest(client, endpoint, caller)
        let index = channels.count
        let isNew = listener.rawValue == 0
        let handle = takeHandle(caller, isNew ? .listener([index]) : .server(index))
        let clientHandle = takeHandle(client, .client(index))
        var record = AuditRecord(.channelCreated, at: now, call: call)
        record.client = from
        record.server = me
        record.endpoint = endpoint
        record.riid = riid
        addChannel(record, clientRun, ownRun) {
            $0.clientHandle = clientHandle
            $0.serverHandle = handle
        }
        end(request, .ok, .channel(clientHandle, riid))
        return .handle(handle)
    }

    mutating func drop(
        _ client: [UInt8]?,
        _ endpoint: [UInt8]?,
        _ caller: ProcessName
    ) throws(Stop) -> Outputs {
        let client: ProcessName = try name(client, "client")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        let (from, me) = (identity(client), identity(caller))
        try ask(SecurityEvent(.drop, by: me, client: from, server: me, endpoint: endpoint))
        end(try oldest(client, endpoint, caller), .abort)
        return .none
    }
}

/// Handles and static channels.
extension ReferenceModel {
    mutating func close(_ handle: Handle, _ caller: ProcessName) throws(Stop) -> Outputs {
        let kind = try kind(handle, "handle", caller)
        held.removeAll { $0.handle == handle }
        switch kind {
        case .client(let channel): closeClient(channel)
        case .server(let channel): closeServer(channel)
        case .listener(let channels): for channel in channels { closeServer(channel) }
        case .connection(let channel):
            if channels[channel].isConnection { closeClient(channel) }
        }
        return .none
    }

    mutating func locate(_ bytes: [UInt8]?, _ caller: ProcessName) throws(Stop) -> Outputs {
        let name: ConnectionName = try name(bytes, "channel")
        let own = run(caller)
        guard let index = channels.firstIndex(where: { $0.client == own && $0.connection == name }),
            !channels[index].isClientClosed
        else { throw .code(.resourceNotFound) }
        if let handle = channels[index].clientHandle { return .handle(handle) }
        try checkHandles(caller)
        let handle = takeHandle(caller, .client(index))
        channels[index].clientHandle = handle
        return .handle(handle)
    }

    mutating func register(_ bytes: [UInt8]?, _ caller: ProcessName) throws(Stop) -> Outputs {
        let name: ConnectionName = try name(bytes, "channel")
        let own = run(caller)
        let found = channels.indices.filter {
            channels[$0].server == own && channels[$0].connection == name
                && !channels[$0].isServerClosed
        }
        guard let first = found.first else { throw .code(.resourceNotFound) }
        if let handle = channels[first].serverHandle { return .handle(handle) }
        try checkHandles(caller)
        let handle = takeHandle(caller, .listener(found))
        for index in found { channels[index].serverHandle = handle }
        return .handle(handle)
    }
}
