import SecurityEvents

/// Reading arguments: what is wrong with one is told by its name, and is a misuse.
extension ChannelBroker {
    /// The name that `bytes` hold.
    func name<Role>(
        _ bytes: [UInt8]?,
        _ argument: String
    ) throws(Refusal) -> Name<Role> {
        guard let bytes else { throw .misuse("\(argument) is null", .invalidArgument) }
        do throws(NameFault) {
            return try Name(bytes)
        } catch {
            throw .misuse("\(argument) \(error)", .invalidArgument)
        }
    }

    /// What a handle of `caller` is for.
    func use(
        of handle: Handle,
        _ argument: String,
        by caller: Caller
    ) throws(Refusal) -> HandleUse {
        guard let use = state.processes[caller.index].handles[handle] else {
            throw .misuse("\(argument) is not a handle of this process", .invalidArgument)
        }
        return use
    }

    /// The channel of a connection to a name server.
    func connection(_ ns: Handle, by caller: Caller) throws(Refusal) -> ChannelNumber {
        guard case .connection(let channel) = try use(of: ns, "ns", by: caller) else {
            throw .misuse("ns is not a connection to a name server", .invalidOperation)
        }
        return channel
    }
}

/// Looking at other processes: only after the decision.
extension ChannelBroker {
    /// Where the process `name` is.
    ///
    /// - Throws: `rcResourceNotFound` if it is not there.
    func find(_ name: ProcessName) throws(Refusal) -> ProcessIndex {
        guard let index = state.indices[name], state.processes[index].isThere else {
            throw .failed(.resourceNotFound)
        }
        return index
    }

    /// The name server at the other side of `channel`.
    ///
    /// - Throws: `rcNotConnected` if it ended, or if the static channel is gone.
    func nameServer(over channel: ChannelNumber) throws(Refusal) -> ProcessIndex {
        guard let channel = state.channels[channel], channel.clientSide != .closed,
            channel.serverSide != .closed, !channel.isRevoked
        else { throw .failed(.notConnected) }
        return channel.server
    }

    /// Makes sure that `caller` may have one more IPC handle.
    func requireHandle(for caller: Caller) throws(Refusal) {
        guard state.processes[caller.index].handles.ipcCount < options.limits.handles,
            !state.handleNumbers.isExhausted
        else { throw .limit(.handles) }
    }

    /// Makes sure that the machine can make one more channel.
    func requireDescriptors() throws(Refusal) {
        guard canOpenChannels else { throw .limit(.descriptors) }
    }

    /// Makes sure that `caller` may have one more connection to a name server.
    func requireConnection(for caller: Caller) throws(Refusal) {
        let count = state.processes[caller.index].handles.connectionCount
        guard count < options.limits.connections, !state.handleNumbers.isExhausted else {
            throw .limit(.connections)
        }
    }

    /// Makes sure that `caller` may have one more waiting call.
    func requireWaiting(for caller: Caller) throws(Refusal) {
        guard state.processes[caller.index].waiting.count < options.limits.waiting else {
            throw .limit(.waiting)
        }
    }
}
