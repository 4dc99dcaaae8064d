package import SecurityEvents

/// How the start of a process at run time ended.
package struct StartResult: Hashable, Sendable {
    /// `rcOk`, `rcSecurityDisallow`, `rcAlreadyExists`, or the code of a misuse.
    package var retcode: Retcode
    /// The decision about its `init.execute`; nil for a misuse.
    package var decision: Decision?
    /// That event.
    package var event: SecurityEvent?
    package var effects: [Effect]
}

extension ChannelBroker {
    /// What events say of `name`: the class of a name that was declared or started; otherwise the
    /// name itself is the class.
    package func identity(of name: ProcessName) -> ProcessIdentity {
        if let index = state.indices[name] { return state.processes[index].identity }
        if let className = declaredClasses[name] {
            return ProcessIdentity(name: name, className: className)
        }
        return ProcessIdentity(undeclared: name)
    }

    /// Whether a process is there: from its execute decision to its end.
    package func isThere(_ name: ProcessName) -> Bool {
        state.indices[name].map { state.processes[$0].isThere } ?? false
    }

    /// The processes that are there, the predefined ones first.
    package var processes: [ProcessIdentity] {
        state.processes.filter(\.isThere).map(\.identity)
    }

    /// The open connections of a process to name servers, oldest first.
    package func connections(of name: ProcessName) -> [Handle] {
        state.indices[name].map { state.processes[$0].handles.connections } ?? []
    }
}

extension ChannelBroker {
    /// Plays Einit: all `init.execute` in start order, then all `init.connect` in channel order
    /// between processes that are there; what is denied is not there.
    package mutating func start(at time: Instant) -> [Effect] {
        var step = begin(at: time)
        step.record(policyRecord(.start, at: step.now))
        for process in solution.processes {
            switch process.presence {
            case .assumed: launch(process.identity)
            case .decided: _ = execute(process.identity, by: .einit, &step)
            }
        }
        for channel in solution.channels { connect(channel, &step) }
        return step.finish()
    }

    /// Starts a process at run time, or starts one again: `init.execute` is decided anew, and it has
    /// nothing from before, no static channels either.
    ///
    /// Its class is `className`, or the one that ``identity(of:)`` says. A declared name keeps its
    /// class, so that what is proved of declared names and classes holds.
    package mutating func startProcess(
        _ name: ProcessName,
        className: ClassName? = nil,
        by starter: ProcessName = ProcessIdentity.einit.name,
        at time: Instant
    ) -> StartResult {
        var step = begin(at: time)
        let target = ProcessIdentity(
            name: name,
            className: className ?? identity(of: name).className
        )
        var misuse: (text: String, retcode: Retcode)?
        if !isThere(starter) {
            misuse = ("process is not there", .notConnected)
        } else if let declared = declaredClasses[name], declared != target.className {
            misuse = ("class is not the declared one", .invalidArgument)
        }
        if let misuse {
            recordMisuse(misuse.text, misuse.retcode, of: .execute, by: starter, &step)
            return StartResult(retcode: misuse.retcode, effects: step.finish())
        }
        let retcode = execute(target, by: identity(of: starter), &step)
        return StartResult(
            retcode: retcode,
            decision: step.answer?.decision,
            event: step.answer?.event.event,
            effects: step.finish()
        )
    }

    private mutating func execute(
        _ target: ProcessIdentity,
        by starter: ProcessIdentity,
        _ step: inout Step
    ) -> Retcode {
        let event = SecurityEvent(.execute, by: starter, target: target)
        let retcode = decideForEinit(event, &step)
        guard retcode == .ok else { return retcode }
        guard !isThere(target.name) else {
            recordRuling(retcode: .alreadyExists, &step)
            return .alreadyExists
        }
        recordRuling(retcode: .ok, &step)
        launch(target)
        var started = AuditRecord(.processStarted, at: step.now)
        started.process = target
        step.change(.record(started))
        step.settle()
        return .ok
    }

    /// Creates a static channel between processes that are there; for others there is no event.
    private mutating func connect(_ channel: Solution.Channel, _ step: inout Step) {
        guard isThere(channel.client), isThere(channel.server),
            let client = state.indices[channel.client], let server = state.indices[channel.server]
        else { return }
        let clientIdentity = state.processes[client].identity
        let serverIdentity = state.processes[server].identity
        let event = SecurityEvent(
            .initConnect,
            by: .einit,
            client: clientIdentity,
            server: serverIdentity,
            connection: channel.connection
        )
        guard decideForEinit(event, &step) == .ok else { return }
        recordRuling(retcode: .ok, &step)
        let created = Channel(
            origin: .einit(channel.connection),
            client: client,
            server: server,
            clientIdentity: clientIdentity,
            serverIdentity: serverIdentity
        )
        let number = add(created, &step)
        if state.processes[client].clientChannels[channel.connection] == nil {
            state.processes[client].clientChannels[channel.connection] = number
        }
        state.processes[server].serverChannels[channel.connection, default: []].append(number)
        step.settle()
    }

    /// Decides an event that is no call, with the record of its denial.
    private mutating func decideForEinit(_ event: SecurityEvent, _ step: inout Step) -> Retcode {
        do throws(Refusal) {
            try decide(event, &step)
            return .ok
        } catch {
            recordRuling(retcode: .securityDisallow, &step)
            return .securityDisallow
        }
    }

    /// Makes a process be there, as if it had never been before.
    mutating func launch(_ identity: ProcessIdentity) {
        let index: ProcessIndex
        if let known = state.indices[identity.name] {
            index = known
            let instance = state.processes[index].instance + 1
            state.processes[index] = ProcessState(identity, instance: instance, isThere: true)
        } else {
            index = state.processes.count
            state.indices[identity.name] = index
            state.processes.append(ProcessState(identity, instance: 1, isThere: true))
        }
        if state.processes[index].isNameServer { state.nameServers.append(index) }
    }
}

extension ChannelBroker {
    /// Ends a process and closes all it holds; nothing if it is not there or is predefined.
    package mutating func endProcess(_ name: ProcessName, at time: Instant) -> [Effect] {
        var step = begin(at: time)
        guard let index = state.indices[name], state.processes[index].isThere,
            index >= ProcessIdentity.predefined.count
        else { return step.finish() }
        var ended = AuditRecord(.processEnded, at: step.now)
        ended.process = state.processes[index].identity
        step.change(.record(ended))
        for number in state.processes[index].channels.sorted() {
            guard let channel = state.channels[number] else { continue }
            if channel.client == index { close(.client, of: number, &step) }
            if channel.server == index { close(.server, of: number, &step) }
        }
        removeEntries(of: index)
        let calls = Set(state.processes[index].waiting + state.processes[index].queue.calls)
        for call in calls.sorted() { complete(call, .notConnected, .none, &step) }
        let identity = state.processes[index].identity
        let instance = state.processes[index].instance
        state.processes[index] = ProcessState(identity, instance: instance)
        return step.finish()
    }

    /// Removes the entries that name the process as server, on all name servers, and all entries on
    /// the process itself, if it is one.
    private mutating func removeEntries(of index: ProcessIndex) {
        for nameServer in state.nameServers {
            for publisher in state.processes[nameServer].entries.removeAll(of: index) {
                discount(publisher)
            }
        }
        for publisher in state.processes[index].entries.publishers { discount(publisher) }
        state.nameServers.removeAll { $0 == index }
    }
}
