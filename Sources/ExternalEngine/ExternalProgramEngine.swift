package import SecurityEvents

/// Lets another program decide: it reads one line of JSON per event and answers with one.
///
/// Theory of operation. Questions have numbers, from 1. Before a question is asked, the program must
/// have nothing to say but answers to questions that were given up; these are skipped, so that a
/// late answer is never taken for a newer one. Then the question is written and lines are read, all
/// within one deadline, until the answer with its number is there, alone. Everything else denies
/// the event with ``Cause/engineFailure(_:)``. A program that ended, closed its connection or wrote
/// a line without an end is *gone*: it is killed and reaped, and all later events are denied at
/// once with the same cause; nothing restarts it, since nobody would notice.
///
/// While a decision is awaited the broker stands still: the deadline bounds how long.
package final class ExternalProgramEngine: PolicyEngine {
    package let label: PolicyLabel

    private enum State {
        case running(ProgramConnection)
        /// Why there is no program.
        case gone(EngineFault)
    }

    private let deadline: Duration
    private var state: State
    private var lastID: UInt64 = 0
    /// Questions without an answer, oldest first.
    private var givenUp: [UInt64] = []

    /// How many questions without an answer are remembered.
    ///
    /// An answer to an older one is taken for one that nobody asked for, which denies; forgetting is
    /// safe.
    private static let rememberedQuestions = 1024

    /// Starts the program.
    ///
    /// - Parameters:
    ///   - command: for `/bin/sh -c`; also the engine's name.
    ///   - deadline: how long a decision may take.
    ///   - hash: makes the label's digest out of the command.
    package init(
        command: String,
        deadline: Duration = .milliseconds(100),
        hash: HashFunction
    ) {
        self.deadline = deadline
        label = PolicyLabel(
            name: command,
            digest: hash(ArraySlice("engine external \(command)".utf8))
        )
        do throws(EngineFault) {
            state = .running(try ProgramConnection(command: command))
        } catch {
            state = .gone(error)
        }
    }

    package func decide(_ event: SecurityEvent) -> Decision {
        do throws(EngineFault) {
            return try ask(about: event)
        } catch {
            return Decision(.deny, .engineFailure(error.message), engine: label.name)
        }
    }

    private func ask(about event: SecurityEvent) throws(EngineFault) -> Decision {
        switch state {
        case .gone(let fault): throw fault
        case .running(let connection):
            do throws(ConnectionFault) {
                let limit = ContinuousClock.now + deadline
                try skipLateAnswers(connection)
                return try exchange(connection, event, limit)
            } catch {
                throw note(error)
            }
        }
    }

    private func note(_ fault: ConnectionFault) -> EngineFault {
        switch fault {
        case .late: return EngineFault("no answer within \(deadline)")
        case .nonsense(let fault): return fault
        case .gone(let fault):
            state = .gone(fault)
            return fault
        }
    }

    /// Reads what the program said since the last decision.
    private func skipLateAnswers(_ connection: ProgramConnection) throws(ConnectionFault) {
        while let line = try connection.lineAtHand() {
            let answer = try read(line)
            guard forget(answer.id) else {
                throw .nonsense(EngineFault("an answer with id \(answer.id) that nobody asked for"))
            }
        }
    }

    private func exchange(
        _ connection: ProgramConnection,
        _ event: SecurityEvent,
        _ limit: ContinuousClock.Instant
    ) throws(ConnectionFault) -> Decision {
        try connection.finishWriting(until: limit)
        lastID += 1
        remember(lastID)
        try connection.write(EngineMessages.question(id: lastID, about: event), until: limit)
        while true {
            let answer = try read(try connection.line(until: limit))
            let wasAwaited = forget(answer.id)
            if answer.id == lastID {
                if connection.hasMore {
                    throw .nonsense(EngineFault("more than one line for one question"))
                }
                do throws(EngineFault) {
                    return try answer.decision(engine: label.name)
                } catch {
                    throw .nonsense(error)
                }
            }
            if !wasAwaited {
                throw .nonsense(EngineFault("an answer with id \(answer.id) to question \(lastID)"))
            }
        }
    }

    private func read(_ line: [UInt8]) throws(ConnectionFault) -> EngineAnswer {
        do throws(EngineFault) {
            return try EngineMessages.answer(from: line)
        } catch {
            throw .nonsense(error)
        }
    }

    /// A question counts as given up until its answer comes.
    private func remember(_ id: UInt64) {
        givenUp.append(id)
        if givenUp.count > Self.rememberedQuestions { givenUp.removeFirst() }
    }

    private func forget(_ id: UInt64) -> Bool {
        guard let index = givenUp.firstIndex(of: id) else { return false }
        givenUp.remove(at: index)
        return true
    }
}
