import BrokerCore
import BrokerDaemon
import SecurityEvents
import SolutionTests

/// What has happened in one step of a live test, until all of it is there.
struct LiveStep {
    var records: [AuditRecord] = []
    var completions: [Completion] = []
    /// What agents have reported, by the tags of their commands.
    var reports: [UInt32: AgentReport] = [:]
    /// The process that ends in this step.
    var ending: ProcessName?
    /// What cannot be mended any more.
    private(set) var fault: TransportFault?

    /// Takes in what the broker says of a process's end, which the step may have asked for.
    mutating func note(_ process: ProcessName, _ reason: EndReason) {
        if case .misbehaved(let text) = reason {
            breakOff("`\(process)` was ended: \(text)")
        } else if process != ending {
            noteEnd(of: process)
        }
    }

    /// Notes that a process has ended for which nobody asked.
    mutating func noteEnd(of process: ProcessName) { breakOff("`\(process)` ended by itself") }

    /// Notes what makes the step fail; the first counts.
    private mutating func breakOff(_ came: String) {
        if fault == nil { fault = TransportFault(expected: "each process goes on", came: came) }
    }

    /// Whether every call that completed has its report, except for those of the process that ends.
    func isReported(_ outstanding: [CallID: SentCommand]) -> Bool {
        completions.allSatisfy { completion in
            guard let sent = outstanding[completion.call], sent.process != ending else {
                return true
            }
            return reports[sent.tag] != nil
        }
    }

    /// Throws where the C library has answered a call that the broker has not seen.
    func checkIsUnanswered(_ sent: SentCommand) throws(TransportFault) {
        guard let report = reports[sent.tag] else { return }
        let answer = report.answer(of: sent.function)
        throw TransportFault(
            expected: "the call reaches the broker",
            came: "the client saw \(answer.retcode.name), the broker nothing"
        )
    }

    /// Where, after the step, processes and broker have different calls before them.
    ///
    /// - Parameters:
    ///   - outstanding: the calls that agents are in.
    ///   - broker: knows which of them are pending.
    /// - Returns: the difference; nil where there is none.
    func leftover(_ outstanding: [CallID: SentCommand], _ broker: ChannelBroker) -> TransportFault?
    {
        if let (tag, report) = reports.min(by: { $0.key < $1.key }) {
            let process = outstanding.values.first { $0.tag == tag }?.process
            let retcode = Retcode(rawValue: report.retcode)
            return TransportFault(
                expected: "the client sees what the broker answers",
                came: "\(process.map { "`\($0)`" } ?? "a client") saw \(retcode.name) of a call "
                    + "that is pending"
            )
        }
        let pending = broker.pendingCalls
        let waiting = outstanding.keys.sorted()
        guard pending != waiting else { return nil }
        return TransportFault(
            expected: "processes wait in the calls that are pending",
            came: "\(waiting.count) wait, \(pending.count) are pending"
        )
    }
}
