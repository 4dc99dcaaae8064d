import Glibc

// The end.
extension SolutionRun {
    /// Takes no more calls, ends all programs and closes the log.
    ///
    /// - Returns: whether the whole log is written.
    func stop() -> Bool {
        daemon.stopReading()
        if let control { daemon.unwatch(control.descriptor) }
        control = nil
        for child in children.values { child.send(SIGTERM) }
        waitForPrograms(settings.grace)
        for child in children.values { child.send(SIGKILL) }
        // Only one that hangs in the kernel is not gone soon.
        waitForPrograms(max(settings.grace, .seconds(2)))
        return daemon.stop()
    }

    /// Waits until no program is left, or a signal says that it takes too long.
    private func waitForPrograms(_ time: Duration) {
        let end = ContinuousClock.now + time
        stopSignal = nil
        while !children.isEmpty, stopSignal == nil {
            let rest = end - ContinuousClock.now
            guard rest > .zero else { return }
            do throws(SystemFault) { try turn(rest) } catch { return }
        }
    }
}
