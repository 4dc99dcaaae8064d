import SecurityEvents

extension ChannelBroker {
    /// `KnCmConnect`: queues a request and waits for accept, drop, the deadline or an end.
    ///
    /// - Throws: `rcResourceNotFound` if the server is not there, `rcTimeout` if the call may not
    ///   wait.
    mutating func connect(
        server: [UInt8]?,
        endpoint: [UInt8]?,
        timeout: Timeout,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let server: ProcessName = try name(server, "server")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        let event = SecurityEvent(
            .connect,
            by: caller.identity,
            client: caller.identity,
            server: identity(of: server),
            endpoint: endpoint
        )
        try decide(event, &step)
        let index = try find(server)
        guard timeout != .milliseconds(0) else { throw .failed(.timeout) }
        try requireWaiting(for: caller)
        try requireHandle(for: caller)
        let call = wait(.connect(to: index), timeout: timeout, by: caller, step)
        state.processes[index].queue.append(call, client: caller.index, endpoint: endpoint)
        state.processes[caller.index].handles.reservedCount += 1
        state.handleNumbers.reserve()
        // No listen waits while a request is there: each gets it as if it had been called now.
        for listen in state.processes[index].listens {
            if let outputs = firstRequest(to: index) { complete(listen, .ok, outputs, &step) }
        }
        return .waits
    }

    /// `KnCmListen`: the first request, which moves to the end of the queue.
    ///
    /// - Throws: `rcTimeout` if there is none and the call may not wait.
    mutating func listen(
        filter: [UInt8]?,
        timeout: Timeout,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        if filter != nil {
            let text = "filter is not null"
            guard !options.strict else { throw .misuse(text, .invalidArgument) }
            recordMisuse(text, nil, of: .listen, by: caller.identity.name, &step)
        }
        try decide(SecurityEvent(.listen, by: caller.identity, server: caller.identity), &step)
        if let outputs = firstRequest(to: caller.index) { return .done(outputs) }
        guard timeout != .milliseconds(0) else { throw .failed(.timeout) }
        try requireWaiting(for: caller)
        let call = wait(.listen, timeout: timeout, by: caller, step)
        state.processes[caller.index].listens.append(call)
        return .waits
    }

    private mutating func firstRequest(to server: ProcessIndex) -> Outputs? {
        guard let first = state.processes[server].queue.rotate() else { return nil }
        return .request(
            client: state.processes[first.client].identity.name,
            endpoint: first.endpoint,
            waiting: state.processes[server].queue.count
        )
    }

    /// `KnCmAccept`: makes a channel of the oldest request of that client for that endpoint.
    ///
    /// - Throws: `rcResourceNotFound` if the client is not there or has no such request.
    mutating func accept(
        client: [UInt8]?,
        endpoint: [UInt8]?,
        riid: RIID,
        listener: Handle,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let client: ProcessName = try name(client, "client")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        if listener != .invalid {
            guard case .listener = try use(of: listener, "listener", by: caller) else {
                throw .misuse("listener is not a listener handle", .invalidOperation)
            }
        }
        var event = answer(.accept, client, endpoint, by: caller)
        event.riid = riid
        try decide(event, &step)
        let clientIndex = try find(client)
        try requireHandle(for: caller)
        try requireDescriptors()
        let call = try oldestRequest(to: caller, from: clientIndex, endpoint)
        let pending = endWait(call)
        let handle = state.handleNumbers.take()
        let clientHandle = state.handleNumbers.take()
        var channel = Channel(
            origin: .accept(endpoint, riid),
            client: clientIndex,
            server: caller.index,
            clientIdentity: state.processes[clientIndex].identity,
            serverIdentity: caller.identity
        )
        channel.serverSide = .open(handle)
        channel.clientSide = .open(clientHandle)
        let number = add(channel, listener: listener == .invalid ? handle : listener, &step)
        state.processes[caller.index].handles.insert(
            handle,
            listener == .invalid ? .listener([number]) : .server(number)
        )
        state.processes[clientIndex].handles.insert(clientHandle, .client(number))
        report(call, pending, .ok, .channel(clientHandle, riid), &step)
        return .done(.handle(handle))
    }

    /// `KnCmDrop`: declines the oldest request of that client for that endpoint.
    ///
    /// - Throws: `rcResourceNotFound` if the client is not there or has no such request.
    mutating func drop(
        client: [UInt8]?,
        endpoint: [UInt8]?,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let client: ProcessName = try name(client, "client")
        let endpoint: EndpointName = try name(endpoint, "endpoint")
        try decide(answer(.drop, client, endpoint, by: caller), &step)
        let clientIndex = try find(client)
        let call = try oldestRequest(to: caller, from: clientIndex, endpoint)
        complete(call, .abort, .none, &step)
        return .done(.none)
    }

    /// The event of a server's answer to a request.
    private func answer(
        _ operation: Operation,
        _ client: ProcessName,
        _ endpoint: EndpointName,
        by caller: Caller
    ) -> SecurityEvent {
        SecurityEvent(
            operation,
            by: caller.identity,
            client: identity(of: client),
            server: caller.identity,
            endpoint: endpoint
        )
    }

    private func oldestRequest(
        to caller: Caller,
        from client: ProcessIndex,
        _ endpoint: EndpointName
    ) throws(Refusal) -> CallID {
        guard
            let call = state.processes[caller.index].queue.oldest(
                client: client,
                endpoint: endpoint
            )
        else { throw .failed(.resourceNotFound) }
        return call
    }
}
