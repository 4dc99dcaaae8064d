import BrokerCore
import BrokerDaemon
import Glibc
import SecurityEvents
import SolutionTests

/// Waiting for what a step brings about.
extension LiveTransport {
    /// Lets the broker and the processes go on until `isDone`, and until everybody whose call has
    /// completed has said so.
    ///
    /// - Parameters:
    ///   - time: a moment on the broker's own clock that must come first.
    ///   - isDone: asked whenever the broker has nothing left to do.
    /// - Throws: a fault between process and broker, or that nothing comes.
    func settle(
        notBefore time: Instant? = nil,
        until isDone: () throws(TransportFault) -> Bool = { true }
    ) throws(TransportFault) {
        let end = ContinuousClock.now + patience + (time.map { $0 - daemon.now } ?? .zero)
        while true {
            try takeTurns(until: end)
            // A report comes after the frames that the process has sent before it: these first.
            if takeReports() { continue }
            if let fault = step.fault { throw fault }
            if try isDone(), step.isReported(outstanding) { return }
            guard ContinuousClock.now < end else {
                throw TransportFault(
                    expected: "an answer within \(patience.components.seconds) s",
                    came: "none came"
                )
            }
            wait(until: time, end)
        }
    }

    /// Lets the broker take turns until nothing is ready.
    private func takeTurns(until end: ContinuousClock.Instant) throws(TransportFault) {
        repeat {
            do throws(SystemFault) {
                _ = try daemon.turn(timeout: .zero)
            } catch {
                throw TransportFault(error)
            }
        } while isReady(daemon.pollDescriptor) && ContinuousClock.now < end
    }

    /// Takes in the reports that are there, and says whether there were any.
    private func takeReports() -> Bool {
        var hasTaken = false
        for (process, agent) in agents where agent.descriptor >= 0 {
            taking: while true {
                switch agent.receive() {
                case .nothing: break taking
                case .report(let report):
                    step.reports[report.tag] = report
                    hasTaken = true
                case .end:
                    step.noteEnd(of: process)
                    break taking
                }
            }
        }
        return hasTaken
    }

    /// Waits until something is ready, the broker has a deadline, `time` or `end` has come.
    private func wait(until time: Instant?, _ end: ContinuousClock.Instant) {
        var descriptors = agents.values.map(\.descriptor).filter { $0 >= 0 }
        descriptors.append(daemon.pollDescriptor)
        var limit = end - .now
        if clockRuns {
            for moment in [time, daemon.broker.nextDeadline] {
                if let moment { limit = min(limit, moment - daemon.now) }
            }
        }
        var entries = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        _ = unsafe poll(&entries, nfds_t(entries.count), limit.roundedMilliseconds)
    }

    private func isReady(_ descriptor: Int32) -> Bool {
        var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&entry, 1, 0) > 0
    }
}

extension Duration {
    /// Rounded up, since nothing happens a moment before its time.
    fileprivate var roundedMilliseconds: Int32 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let part = (attoseconds + 999_999_999_999_999) / 1_000_000_000_000_000
        return Int32(clamping: seconds.multipliedReportingOverflow(by: 1000).partialValue + part)
    }
}

extension Instant {
    /// How long it is from `earlier`; nothing if that is later.
    fileprivate static func - (later: Instant, earlier: Instant) -> Duration {
        guard later > earlier else { return .zero }
        return .nanoseconds(Int64(clamping: later.nanoseconds - earlier.nanoseconds))
    }
}
