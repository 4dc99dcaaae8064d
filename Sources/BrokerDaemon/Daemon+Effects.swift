import BrokerCore
import Glibc
import SecurityEvents

extension Daemon {
    /// Performs what the machine says, in order; answers leave with the next ``flush()``.
    ///
    /// - Parameters:
    ///   - effects: what it says.
    ///   - own: the call that it says it about.
    /// - Returns: whether that call was refused for misuse or by a limit.
    @discardableResult
    func perform(_ effects: [Effect], of own: (call: CallID, asked: Asked)? = nil) -> Bool {
        var isRefused = false
        var isPending = true
        // The ends that go with handles of this step.
        var brought: [(handle: Handle, end: SharedDescriptor)] = []
        for effect in effects {
            switch effect {
            case .record(let record):
                if let own, record.call == own.call { isRefused = isRefused || record.isRefusal }
                note(record)
            case .channelCreated(let channel):
                guard let made = ends.create(channel) else { continue }
                if let handle = channel.clientHandle { brought.append((handle, made.client)) }
                if let handle = channel.serverHandle { brought.append((handle, made.server)) }
            case .sideOpened(let number, let side, _, let handle):
                let isServed = isServed(number)
                if let end = ends.open(number, side, handle, isServed: isServed) {
                    brought.append((handle, end))
                }
            case .sideClosed(let number, let side):
                ends.close(number, side)
            case .channelRevoked(let number):
                ends.shutDown(number)
            case .channelDeleted(let number):
                ends.forget(number)
            case .complete(let completion):
                onCompletion?(completion)
                if let own, completion.call == own.call {
                    isPending = false
                    answer(own.asked, completion, brought)
                } else if let asked = calls.removeValue(forKey: completion.call) {
                    answer(asked, completion, brought)
                }
            }
        }
        if let own, isPending { calls[own.call] = own.asked }
        return isRefused
    }

    /// Whether a process can be behind the server's side of a channel: name servers are parts of
    /// the broker, and so are the predefined processes.
    private func isServed(_ number: ChannelNumber) -> Bool {
        guard let server = ends.server(of: number) else { return false }
        let identity = broker.identity(of: server)
        return identity.className != ProcessIdentity.nameServer.className
            && !ProcessIdentity.predefined.contains(identity)
    }

    private func answer(
        _ asked: Asked,
        _ completion: Completion,
        _ brought: [(handle: Handle, end: SharedDescriptor)]
    ) {
        guard asked.isAnswered else { return }
        asked.socket.unanswered -= 1
        guard asked.socket.raw != nil else { return }
        let handle = completion.outputs.handle
        let own = brought.filter { $0.handle == handle }.map(\.end)
        outbox.append(completion, own, to: asked)
    }
}

extension AuditRecord {
    /// Whether it says that a call ended for misuse or by a limit; a misuse without a retcode is
    /// noted, and the call goes on.
    fileprivate var isRefusal: Bool {
        if case .limit = decision?.cause { return true }
        return kind == .misuse && retcode != nil
    }
}

/// The order of records and answers.
extension Daemon {
    /// Takes a record to where it belongs; while the log cannot be written it is lost, and counted.
    private func note(_ record: AuditRecord) {
        onRecord?(record)
        guard audit != nil else { return }
        if broker.auditAvailable {
            audit?.append(record)
        } else {
            lostRecords += 1
        }
    }

    /// Writes the records and sends the answers of everything done so far.
    ///
    /// If the records cannot be written, the answers are held back, and from here on every call is
    /// denied until they can be; what is done meanwhile leaves no record and is answered at once.
    package func flush() {
        guard !isFlushing else { return }
        isFlushing = true
        defer { isFlushing = false }
        repeat {
            if broker.auditAvailable, audit?.write() == false {
                broker.auditAvailable = false
                heldBack.append(contentsOf: outbox)
                outbox.removeAll()
                return
            }
            swap(&outbox, &sending)
            sendAnswers()
            // A process that does not read its answers ends, which has answers and records too.
        } while !outbox.isEmpty
    }

    /// Tries to write what could not be written, and lets the answers leave that wait for it.
    func retryAudit() {
        guard !broker.auditAvailable, !isFlushing, audit?.write() != false else { return }
        isFlushing = true
        defer { isFlushing = false }
        broker.auditAvailable = true
        if lostRecords > 0 {
            let lost = ChannelBroker.auditLost(lostRecords, at: now)
            lostRecords = 0
            note(lost)
        }
        swap(&heldBack, &sending)
        sendAnswers()
    }

    /// Sends what is to be sent.
    ///
    /// Whoever does not take it ends here.
    private func sendAnswers() {
        for index in 0..<sending.count {
            let number = sending.send(at: index)
            guard number != 0 else { continue }
            let name = sending.socket(at: index).process.name
            let isFull = number == EAGAIN
            end(name, isFull ? .misbehaved("answers are not read") : .closed)
        }
        sending.removeAll()
    }
}
