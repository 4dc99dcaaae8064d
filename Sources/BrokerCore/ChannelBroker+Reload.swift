package import SecurityEvents

/// What becomes of channels that are there when the policy is replaced.
package enum ReloadMode: String, CaseIterable, Hashable, Sendable {
    /// They stay.
    case keep
    /// The events that made each are asked about again, and what is denied is shut down.
    case revoke
}

extension ChannelBroker {
    /// Replaces the engine; decisions from here on are the new one's, calls that wait keep theirs.
    package mutating func reload(
        engine: any PolicyEngine,
        channels: ReloadMode = .keep,
        at time: Instant
    ) -> [Effect] {
        var step = begin(at: time)
        self.engine = engine
        policy = engine.label
        generation += 1
        step.record(policyRecord(.reload, at: step.now))
        step.settle()
        if channels == .revoke {
            for number in state.channels.keys.sorted() { reconsider(number, &step) }
        }
        return step.finish()
    }

    /// Asks about the events that made a channel, up to the first denial, and revokes the channel
    /// if there is one.
    private mutating func reconsider(_ number: ChannelNumber, _ step: inout Step) {
        guard let channel = state.channels[number], !channel.isRevoked else { return }
        do throws(Refusal) {
            for event in channel.making { try decide(event, &step) }
            recordRuling(retcode: .ok, &step)
        } catch {
            recordRuling(retcode: .securityDisallow, &step)
            state.channels[number]?.isRevoked = true
            if channel.origin != .nameServer { step.change(.channelRevoked(number)) }
        }
        step.settle()
    }

    /// Changes the mode; no record if it is the mode already.
    package mutating func setMode(_ mode: Mode, at time: Instant) -> [Effect] {
        var step = begin(at: time)
        if self.mode != mode {
            self.mode = mode
            step.record(policyRecord(.mode, at: step.now))
        }
        return step.finish()
    }

    /// The record of what a process did wrong that is no call: it does not speak as a process must.
    package mutating func misbehaved(
        _ process: ProcessName,
        _ text: String,
        at time: Instant
    ) -> [Effect] {
        var step = begin(at: time)
        recordMisuse(text, nil, of: nil, by: process, &step)
        return step.finish()
    }

    /// The record of the broker's stop.
    package mutating func stop(at time: Instant) -> [Effect] {
        var step = begin(at: time)
        step.record(AuditRecord(.stop, at: step.now))
        return step.finish()
    }

    /// The record that counts records which the log could not take.
    package static func auditLost(_ count: UInt64, at time: Instant) -> AuditRecord {
        var record = AuditRecord(.auditLost, at: time)
        record.lost = count
        return record
    }

    /// A record that says under which policy and mode the broker decides from here on.
    func policyRecord(_ kind: AuditRecord.Kind, at time: Instant) -> AuditRecord {
        var record = AuditRecord(kind, at: time)
        record.mode = mode
        record.policy = policy
        record.generation = generation
        return record
    }
}

extension Channel {
    /// The events whose permission made the channel, in order.
    fileprivate var making: [SecurityEvent] {
        switch origin {
        case .einit(let connection):
            return [
                SecurityEvent(
                    .initConnect,
                    by: .einit,
                    client: clientIdentity,
                    server: serverIdentity,
                    connection: connection
                )
            ]
        case .accept(let endpoint, let riid):
            var accept = event(.accept, by: serverIdentity, endpoint)
            accept.riid = riid
            return [event(.connect, by: clientIdentity, endpoint), accept]
        case .nameServer:
            let creation = SecurityEvent(
                .nsCreate,
                by: clientIdentity,
                client: clientIdentity,
                server: serverIdentity,
                path: .dynamic
            )
            return [creation, event(.connect, by: clientIdentity, .nameServer)]
        }
    }

    private func event(
        _ operation: Operation,
        by caller: ProcessIdentity,
        _ endpoint: EndpointName
    ) -> SecurityEvent {
        SecurityEvent(
            operation,
            by: caller,
            client: clientIdentity,
            server: serverIdentity,
            endpoint: endpoint
        )
    }
}
