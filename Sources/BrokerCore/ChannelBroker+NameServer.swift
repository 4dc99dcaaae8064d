import SecurityEvents

/// The arguments that publish and unpublish share.
struct EntryArguments {
    let ns: Handle
    let interface: [UInt8]?
    let server: [UInt8]?
    let endpoint: [UInt8]?

    init(_ ns: Handle, _ interface: [UInt8]?, _ server: [UInt8]?, _ endpoint: [UInt8]?) {
        self.ns = ns
        self.interface = interface
        self.server = server
        self.endpoint = endpoint
    }
}

extension ChannelBroker {
    /// `NsCreate`: over the caller's static channel of that name, or else dynamically.
    ///
    /// - Throws: `rcResourceNotFound` if there is no name server of that name, `rcNotConnected` if
    ///   the one at the static channel ended.
    mutating func nsCreate(
        name bytes: [UInt8]?,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let name: ProcessName
        if let bytes {
            name = try self.name(bytes, "name")
        } else {
            name = ProcessIdentity.nameServer.name
        }
        if let (number, channel) = staticChannel(named: name, of: caller) {
            try decide(creation(.static, of: channel.serverIdentity, by: caller), &step)
            return try connect(caller, over: number, channel)
        }
        return try connectDynamically(caller, to: name, &step)
    }

    /// The caller's own static channel `name`, unless it closed it.
    private func staticChannel(
        named name: ProcessName,
        of caller: Caller
    ) -> (ChannelNumber, Channel)? {
        let channels = state.processes[caller.index].clientChannels
        guard !channels.isEmpty, let number = channels[ConnectionName(sameBytesAs: name)],
            let channel = state.channels[number], channel.clientSide != .closed
        else { return nil }
        return (number, channel)
    }

    private func creation(
        _ path: NameServerPath,
        of server: ProcessIdentity,
        by caller: Caller
    ) -> SecurityEvent {
        SecurityEvent(
            .nsCreate,
            by: caller.identity,
            client: caller.identity,
            server: server,
            path: path
        )
    }

    private mutating func connect(
        _ caller: Caller,
        over number: ChannelNumber,
        _ channel: Channel
    ) throws(Refusal) -> Progress {
        guard channel.serverIdentity.className == ProcessIdentity.nameServer.className else {
            throw .failed(.resourceNotFound)
        }
        guard channel.serverSide != .closed, !channel.isRevoked else {
            throw .failed(.notConnected)
        }
        try requireConnection(for: caller)
        let handle = state.handleNumbers.take()
        state.processes[caller.index].handles.insert(handle, .connection(number))
        return .done(.connection(handle, .static))
    }

    private mutating func connectDynamically(
        _ caller: Caller,
        to name: ProcessName,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let server = identity(of: name)
        try decide(creation(.dynamic, of: server, by: caller), &step)
        let connect = SecurityEvent(
            .connect,
            by: caller.identity,
            client: caller.identity,
            server: server,
            endpoint: .nameServer
        )
        try decide(connect, &step)
        let index = try find(name)
        guard state.processes[index].isNameServer else { throw .failed(.resourceNotFound) }
        try requireConnection(for: caller)
        let handle = state.handleNumbers.take()
        var channel = Channel(
            origin: .nameServer,
            client: caller.index,
            server: index,
            clientIdentity: caller.identity,
            serverIdentity: server
        )
        channel.clientSide = .open(handle)
        let number = add(channel, &step)
        state.processes[caller.index].handles.insert(handle, .connection(number))
        return .done(.connection(handle, .dynamic))
    }
}

extension ChannelBroker {
    /// `NsPublishService`, for the caller or for another process that is there.
    ///
    /// - Throws: `rcResourceNotFound` if the server is not there, `rcNotConnected` if the name
    ///   server ended, `rcAlreadyExists` if the same is published.
    mutating func publish(
        _ arguments: EntryArguments,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let (key, nameServer) = try entry(.publish, arguments, by: caller, &step)
        guard state.processes[caller.index].publishedCount < options.limits.entries else {
            throw .limit(.entries)
        }
        guard !state.processes[nameServer].entries.contains(key) else {
            throw .failed(.alreadyExists)
        }
        let instance = state.processes[caller.index].instance
        state.processes[nameServer].entries.publish(
            key,
            by: NameServerEntries.Publisher(process: caller.index, instance: instance)
        )
        state.processes[caller.index].publishedCount += 1
        return .done(.none)
    }

    /// `NsUnPublishService`, whoever published it.
    ///
    /// - Throws: `rcResourceNotFound` if the server is not there or nothing is published,
    ///   `rcNotConnected` if the name server ended.
    mutating func unpublish(
        _ arguments: EntryArguments,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let (key, nameServer) = try entry(.unpublish, arguments, by: caller, &step)
        guard let publisher = state.processes[nameServer].entries.unpublish(key) else {
            throw .failed(.resourceNotFound)
        }
        discount(publisher)
        return .done(.none)
    }

    /// What publish and unpublish have in common: arguments, decision, server, name server.
    private mutating func entry(
        _ operation: Operation,
        _ arguments: EntryArguments,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> (key: NameServerEntries.Key, nameServer: ProcessIndex) {
        let channel = try connection(arguments.ns, by: caller)
        let interface: InterfaceName = try name(arguments.interface, "interface")
        let server: ProcessName =
            if let bytes = arguments.server {
                try name(bytes, "server")
            } else {
                caller.identity.name
            }
        let endpoint: EndpointName = try name(arguments.endpoint, "endpoint")
        let event = SecurityEvent(
            operation,
            by: caller.identity,
            server: identity(of: server),
            interface: interface,
            endpoint: endpoint
        )
        try decide(event, &step)
        let serverIndex = try find(server)
        let nameServer = try nameServer(over: channel)
        return (.init(interface: interface, server: serverIndex, endpoint: endpoint), nameServer)
    }

    /// An entry of `publisher` is gone; it counts no longer, if that process still is there.
    mutating func discount(_ publisher: NameServerEntries.Publisher) {
        guard state.processes[publisher.process].isThere,
            state.processes[publisher.process].instance == publisher.instance
        else { return }
        state.processes[publisher.process].publishedCount -= 1
    }

    /// `NsEnumServices`: the entry at `index` among those of the interface.
    ///
    /// - Throws: `rcNotConnected` if the name server ended, `rcResourceNotFound` past the end,
    ///   `rcBufferTooSmall` if a name does not fit with its terminating zero.
    mutating func enumerate(
        ns: Handle,
        interface: [UInt8]?,
        index: UInt32,
        sizes: (server: UInt32, endpoint: UInt32),
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let channel = try connection(ns, by: caller)
        let interface: InterfaceName = try name(interface, "interface")
        let event = SecurityEvent(
            .enumerate,
            by: caller.identity,
            interface: interface,
            index: index
        )
        try decide(event, &step)
        let nameServer = try nameServer(over: channel)
        guard let entry = state.processes[nameServer].entries.entry(of: interface, at: index) else {
            throw .failed(.resourceNotFound)
        }
        let server = state.processes[entry.server].identity.name
        guard server.bytes.count < sizes.server, entry.endpoint.bytes.count < sizes.endpoint else {
            throw .failed(.bufferTooSmall)
        }
        return .done(.entry(server: server, endpoint: entry.endpoint))
    }
}
