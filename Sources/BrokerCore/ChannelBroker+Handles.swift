import SecurityEvents

extension ChannelBroker {
    /// `KnHandleClose`: closes that channel's side only, or a connection to a name server.
    mutating func close(
        _ handle: Handle,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        guard let use = state.processes[caller.index].handles.remove(handle) else {
            throw .misuse("handle is not a handle of this process", .invalidArgument)
        }
        switch use {
        case .client(let channel):
            close(.client, of: channel, &step)
        case .server(let channel):
            close(.server, of: channel, &step)
        case .listener(let channels):
            for channel in channels { close(.server, of: channel, &step) }
        case .connection(let channel):
            // A connection over the static channel has no channel of its own to close.
            if state.channels[channel]?.origin == .nameServer {
                close(.client, of: channel, &step)
            }
        }
        return .done(.none)
    }

    /// `KnHandleCreateListener`: a listener without channels.
    mutating func createListener(by caller: Caller) throws(Refusal) -> Progress {
        try requireHandle(for: caller)
        let handle = state.handleNumbers.take()
        state.processes[caller.index].handles.insert(handle, .listener([]))
        return .done(.handle(handle))
    }

    /// `ServiceLocatorConnect`: the client IPC handle of a static channel, the same each time.
    ///
    /// - Throws: `rcResourceNotFound` if there is no such channel or its handle was closed.
    mutating func serviceLocatorConnect(
        channel: [UInt8]?,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let name: ConnectionName = try name(channel, "channel")
        guard let number = state.processes[caller.index].clientChannels[name],
            let channel = state.channels[number], channel.clientSide != .closed
        else { throw .failed(.resourceNotFound) }
        if case .open(let handle) = channel.clientSide { return .done(.handle(handle)) }
        guard !channel.isRevoked else { throw .failed(.resourceNotFound) }
        try requireHandle(for: caller)
        try requireDescriptors()
        let handle = state.handleNumbers.take()
        state.processes[caller.index].handles.insert(handle, .client(number))
        open(.client, of: number, handle, by: caller, &step)
        return .done(.handle(handle))
    }

    /// `ServiceLocatorRegister`: one listener for all static channels of that name, the same each
    /// time.
    ///
    /// - Throws: `rcResourceNotFound` if there is no such channel or the listener was closed.
    mutating func serviceLocatorRegister(
        channel: [UInt8]?,
        by caller: Caller,
        _ step: inout Step
    ) throws(Refusal) -> Progress {
        let name: ConnectionName = try name(channel, "channel")
        let numbers = state.processes[caller.index].serverChannels[name, default: []].filter {
            state.channels[$0].map {
                $0.serverSide != .closed && (!$0.isRevoked || $0.serverSide != .unopened)
            } ?? false
        }
        guard let first = numbers.first, let side = state.channels[first]?.serverSide else {
            throw .failed(.resourceNotFound)
        }
        if case .open(let handle) = side { return .done(.handle(handle)) }
        try requireHandle(for: caller)
        try requireDescriptors()
        let handle = state.handleNumbers.take()
        state.processes[caller.index].handles.insert(handle, .listener(numbers))
        for number in numbers { open(.server, of: number, handle, by: caller, &step) }
        return .done(.handle(handle))
    }
}

extension ChannelBroker {
    /// Adds a channel, with its record; an accepted one with the listener that receives over it.
    mutating func add(
        _ channel: Channel,
        listener: Handle? = nil,
        _ step: inout Step
    ) -> ChannelNumber {
        state.lastChannel += 1
        let number = ChannelNumber(rawValue: state.lastChannel)
        state.channels[number] = channel
        state.processes[channel.client].channels.insert(number)
        state.processes[channel.server].channels.insert(number)
        step.change(.record(channel.record(.channelCreated, at: step.now, call: step.call)))
        if channel.origin != .nameServer {
            step.change(.channelCreated(CreatedChannel(number, channel, listener: listener)))
        }
        return number
    }

    private mutating func open(
        _ side: ChannelSide,
        of number: ChannelNumber,
        _ handle: Handle,
        by caller: Caller,
        _ step: inout Step
    ) {
        state.channels[number]?[side] = .open(handle)
        step.change(.sideOpened(number, side, by: caller.identity.name, handle))
    }

    /// Closes one side of a channel, if it is not closed, and deletes the channel if that was the
    /// last one.
    mutating func close(_ side: ChannelSide, of number: ChannelNumber, _ step: inout Step) {
        guard var channel = state.channels[number], channel[side] != .closed else { return }
        let isSeen = channel.origin != .nameServer
        channel[side] = .closed
        if isSeen { step.change(.sideClosed(number, side)) }
        // A name server has no handle to close: it closes its side at once.
        if side == .client, channel.serverSide == .unopened,
            state.processes[channel.server].isNameServer
        {
            channel.serverSide = .closed
            if isSeen { step.change(.sideClosed(number, .server)) }
        }
        guard channel.clientSide == .closed, channel.serverSide == .closed else {
            state.channels[number] = channel
            return
        }
        state.channels[number] = nil
        state.processes[channel.client].channels.remove(number)
        state.processes[channel.server].channels.remove(number)
        step.change(.record(channel.record(.channelDeleted, at: step.now, call: step.call)))
        if isSeen { step.change(.channelDeleted(number)) }
    }
}

extension CreatedChannel {
    fileprivate init(_ number: ChannelNumber, _ channel: Channel, listener: Handle?) {
        self.number = number
        client = channel.clientIdentity.name
        server = channel.serverIdentity.name
        if case .open(let handle) = channel.clientSide { clientHandle = handle }
        if case .open(let handle) = channel.serverSide { serverHandle = handle }
        self.listener = listener
    }
}
