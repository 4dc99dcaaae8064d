import BrokerCore
import SecurityEvents

extension Daemon {
    /// One turn of the loop.
    ///
    /// - Parameter timeout: how long to wait at most; nil for as long as nothing happens. A deadline
    ///   of the broker ends the wait too, not a moment before it.
    /// - Returns: the tokens of the foreign descriptors that are ready.
    /// - Throws: what the system says against waiting.
    package func turn(timeout: Duration?) throws(SystemFault) -> [UInt32] {
        flush()
        let count = try loop.wait(milliseconds: longestWait(timeout))
        readClock()
        if audit?.synchronizationDelay == .zero { audit?.synchronize() }
        retryAudit()
        resumeThrottled()
        if let deadline = broker.nextDeadline, deadline <= now {
            perform(broker.expire(at: now))
        }
        var tokens: [UInt32] = []
        for index in 0..<count {
            guard let event = loop.event(at: index) else { continue }
            switch event.watched {
            case .foreign(let token): tokens.append(token)
            case .socket(let socket): handle(socket, hasHungUp: event.hasHungUp)
            }
        }
        flush()
        return tokens
    }

    /// In milliseconds, rounded up; negative for ever.
    private func longestWait(_ timeout: Duration?) -> Int32 {
        var wait = timeout?.nanoseconds
        if let delay = audit?.synchronizationDelay { wait = min(wait ?? .max, delay.nanoseconds) }
        if clock == .monotonic {
            let wakes = [broker.nextDeadline, throttled.first?.refusals.nextSecond, auditRetry]
            for case let wake? in wakes {
                readClock()
                let rest = wake.nanoseconds - min(wake.nanoseconds, now.nanoseconds)
                wait = min(wait ?? .max, rest)
            }
        }
        guard let wait else { return -1 }
        return Int32(clamping: wait / 1_000_000 + (wait % 1_000_000 == 0 ? 0 : 1))
    }

    /// When a log that cannot be written is tried again, if nothing happens before.
    private var auditRetry: Instant? {
        broker.auditAvailable ? nil : now.advanced(byMilliseconds: 1000)
    }
}

extension Duration {
    /// At least 0; what is too long for a number is as long as that.
    fileprivate var nanoseconds: UInt64 {
        let (seconds, attoseconds) = components
        guard seconds >= 0, attoseconds >= 0 else { return 0 }
        let (whole, overflow) = UInt64(seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let rest = UInt64((attoseconds + 999_999_999) / 1_000_000_000)
        return overflow ? .max : whole.addingReportingOverflow(rest).partialValue
    }
}
