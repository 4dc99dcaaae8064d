import BrokerCore
import Glibc
package import SecurityEvents
import WireProtocol

extension Daemon {
    /// How many lanes a process may have: one for each call that may wait, and some for calls that
    /// do not, so that these find one.
    var laneLimit: Int { broker.options.limits.waiting + WireFormat.spareLanes }

    /// Whether a process is there and has its sockets.
    package func isAttached(_ name: ProcessName) -> Bool { processes[name] != nil }

    /// Makes the sockets of a process that is there.
    ///
    /// - Returns: the process's end of its identity socket, with the welcome in it.
    /// - Throws: `ESRCH` if the process is not there, `EBUSY` if it is attached already, or what the
    ///   system says.
    package func attach(_ name: ProcessName) throws(SystemFault) -> Descriptor {
        guard broker.isThere(name) else { throw SystemFault(call: "attach", number: ESRCH) }
        guard processes[name] == nil else { throw SystemFault(call: "attach", number: EBUSY) }
        let process = AttachedProcess(name)
        do throws(SystemFault) {
            let pair = try SocketPair()
            let identity = process.add(pair.near, isIdentity: true)
            try watch(identity)
            var welcome = Outbox()
            welcome.appendWelcome(
                broker.identity(of: name),
                lanes: laneLimit,
                descriptor: try makeLane(for: process),
                to: identity
            )
            let number = welcome.send(at: 0)
            guard number == 0 else { throw SystemFault(call: "sendmsg", number: number) }
            processes[name] = process
            return pair.far
        } catch {
            close(process)
            throw error
        }
    }

    /// Makes one more lane and returns the process's end of it.
    func makeLane(for process: AttachedProcess) throws(SystemFault) -> SharedDescriptor {
        let pair = try SocketPair()
        let lane = process.add(pair.near)
        try watch(lane)
        return SharedDescriptor(pair.far)
    }

    private func watch(_ socket: ProcessSocket) throws(SystemFault) {
        guard let descriptor = socket.raw else { return }
        try loop.add(descriptor, .socket(socket), isRead: isRead(socket.process))
    }

    private func close(_ process: AttachedProcess) {
        for socket in process.sockets {
            if let descriptor = socket.raw { loop.remove(descriptor) }
        }
        process.close()
    }

    /// Ends a process that is there, whatever its end was noticed by: only the first counts.
    func end(_ name: ProcessName, _ reason: EndReason) {
        guard broker.isThere(name) else { return }
        var reason = reason
        if let process = processes[name] {
            guard !process.isEnding else { return }
            process.isEnding = true
            if case .misbehaved = reason {
            } else if let fault = drain(process) {
                reason = .misbehaved(fault)
            }
            close(process)
            processes[name] = nil
            throttled.removeAll { $0 === process }
        }
        if case .misbehaved(let text) = reason {
            perform(broker.misbehaved(name, text, at: now))
        }
        perform(broker.endProcess(name, at: now))
        onEnd?(name, reason)
    }
}

/// Processes that are refused too often.
extension Daemon {
    /// Whether calls of `process` are read now.
    func isRead(_ process: AttachedProcess) -> Bool { !isClosed && !process.isThrottled }

    /// Counts a call that was refused for misuse or by a limit; beyond the bound the process waits
    /// for the next second.
    func countRefusal(of process: AttachedProcess) {
        guard process.refusals.add(at: now) >= options.refusalsPerSecond, !process.isThrottled
        else { return }
        process.isThrottled = true
        throttled.append(process)
        updateReading(of: process)
    }

    /// Reads again those for whom the next second has come.
    func resumeThrottled() {
        guard !throttled.isEmpty else { return }
        for process in throttled where process.refusals.nextSecond <= now {
            process.isThrottled = false
            updateReading(of: process)
        }
        throttled.removeAll { !$0.isThrottled }
    }

    func updateReading(of process: AttachedProcess) {
        for socket in process.sockets {
            if let descriptor = socket.raw { loop.setReading(isRead(process), descriptor) }
        }
    }
}
