import BrokerCore
import SecurityEvents

/// The operations, each as design.md and semantics.md tell it.
extension ReferenceModel {
    /// What a call gives; nil if it waits.
    mutating func result(
        of request: Request,
        by caller: ProcessName
    ) throws(Stop) -> Outputs? {
        switch request {
        case .nsCreate(let name, _):
            return try create(name, caller)
        case .publish(let ns, let interface, let server, let endpoint):
            return try publish(ns, interface, server, endpoint, caller)
        case .unpublish(let ns, let interface, let server, let endpoint):
            return try unpublish(ns, interface, server, endpoint, caller)
        case .enumerate(let ns, let interface, let index, let serverSize, let endpointSize):
            return try enumerate(ns, interface, index, serverSize, endpointSize, caller)
        case .connect(let server, let endpoint, let timeout):
            return try connect(server, endpoint, timeout, caller)
        case .listen(let filter, let timeout):
            return try listen(filter, timeout, caller)
        case .accept(let client, let endpoint, let riid, let listener):
            return try accept(client, endpoint, riid, listener, caller)
        case .drop(let client, let endpoint):
            return try drop(client, endpoint, caller)
        case .close(let handle):
            return try close(handle, caller)
        case .createListener:
            try checkHandles(caller)
            return .handle(takeHandle(caller, .listener([])))
        case .handleConnect:
            throw .code(.unimplemented)
        case .serviceLocatorConnect(let channel):
            return try locate(channel, caller)
        case .serviceLocatorRegister(let channel):
            return try register(channel, caller)
        }
    }

    private func name<Role>(_ bytes: [UInt8]?, _ argument: String) throws(Stop) -> Name<Role> {
        guard let bytes else { throw .misuse("\(argument) is null", .invalidArgument) }
        var fault: String?
        if bytes.isEmpty {
            fault = "is empty"
        } else if bytes.count > 1023 {
            fault = "is longer than 1023 bytes"
        } else if String(validating: bytes, as: UTF8.self) == nil {
            fault = "is not valid UTF-8"
        } else if String(decoding: bytes, as: UTF8.self).unicodeScalars.contains(where: {
            $0.properties.generalCategory == .control
        }) {
            fault = "has a control character"
        }
        if let fault { throw .misuse("\(argument) \(fault)", .invalidArgument) }
        guard let name = try? Name<Role>(bytes) else {
            throw .misuse("\(argument) is a name here and none there", .internalError)
        }
        return name
    }

    private func kind(
        _ handle: Handle,
        _ argument: String,
        _ owner: ProcessName
    ) throws(Stop) -> Kind {
        guard let found = held.first(where: { $0.handle == handle && $0.owner == owner }) else {
            throw .misuse("\(argument) is not a handle of this process", .invalidArgument)
        }
        return found.kind
    }

    private func checkHandles(_ name: ProcessName) throws(Stop) {
        let open = held.filter {
            if case .connection = $0.kind { return false }
            return $0.owner == name
        }
        let reserved = waiting.filter { $0.process == name && $0.server != nil }
        if open.count + reserved.count >= limits.handles || freeNumbers() == 0 {
            throw .limit(.handles)
        }
    }

    private func checkConnections(_ name: ProcessName) throws(Stop) {
        let open = held.filter {
            if case .connection = $0.kind { return $0.owner == name }
            return false
        }
        if open.count >= limits.connections || freeNumbers() == 0 { throw .limit(.connections) }
    }

    private func checkWaiting(_ name: ProcessName) throws(Stop) {
        if waiting.filter({ $0.process == name }).count >= limits.waiting { throw .limit(.waiting) }
    }

    private mutating func wait(_ caller: ProcessName, _ timeout: Timeout, server: ProcessName?) {
        guard let call, let last = decided.last else { return }
        var deadline: Instant?
        if case .milliseconds(let milliseconds) = timeout {
            deadline = now.advanced(byMilliseconds: UInt64(milliseconds))
        }
        waiting.append(
            Waiting(
                call: call,
                process: caller,
                event: last.event,
                decision: last.decision,
                deadline: deadline,
                server: server
            )
        )
        if server != nil { queue.append(call) }
    }
}

/// The name server.
extension ReferenceModel {
    private mutating func create(_ bytes: [UInt8]?, _ caller: ProcessName) throws(Stop) -> Outputs {
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

    private mutating func publish(
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

    private mutating func unpublish(
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

    private mutating func enumerate(
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

/// The channel manager.
extension ReferenceModel {
    private mutating func connect(
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

    private mutating func listen(
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

    private mutating func accept(
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

    private mutating func drop(
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
    private mutating func close(_ handle: Handle, _ caller: ProcessName) throws(Stop) -> Outputs {
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

    private mutating func locate(_ bytes: [UInt8]?, _ caller: ProcessName) throws(Stop) -> Outputs {
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

    private mutating func register(_ bytes: [UInt8]?, _ caller: ProcessName) throws(Stop) -> Outputs
    {
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
