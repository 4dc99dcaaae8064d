import BrokerCore
import Glibc
import SecurityEvents

// Programs that are started here, and what they write.
extension SolutionRun {
    /// Starts a program as its process, which is there.
    ///
    /// - Throws: what keeps it from starting; Einit would give up there as well.
    func launch(_ program: Program) throws(SystemFault) {
        let identity = try daemon.attach(program.process)
        let child = try launcher.start(program, identity: identity)
        children[ObjectIdentifier(child)] = child
        programs[program.process] = ObjectIdentifier(child)
        report.note(program.process, .running)
        try watch(child.endDescriptor, .child(child))
        for output in [child.output, child.errors] {
            outputs[try watch(output.descriptor, .output(output))] = output
        }
    }

    /// Notes that a process is no longer there, whatever ended it.
    func noteEnd(of name: ProcessName, _ reason: EndReason) {
        awaited.remove(name)
        let program = programs.removeValue(forKey: name)
        guard case .misbehaved(let text) = reason else { return }
        report.tell(.note("`\(name)` is ended: it does not speak as a process must, \(text)"))
        // No process is without a name: what has lost its own is not to go on.
        if let program { children[program]?.send(SIGKILL) }
    }

    /// Takes note of the end of a program.
    func reap(_ child: ChildProcess, _ token: UInt32) {
        guard child.reap(), let end = child.end else { return }
        unwatch(child.endDescriptor, token)
        children[ObjectIdentifier(child)] = nil
        for (token, output) in outputs where output.process == child.name {
            if output === child.output || output === child.errors { drain(output, token) }
        }
        report.tell(.ended(child.name, end))
        endProcess(child.name, of: ObjectIdentifier(child))
    }

    /// Ends the process that a program was, unless it has ended or has another program by now.
    func endProcess(_ name: ProcessName, of program: ObjectIdentifier) {
        if programs[name] == program { daemon.endProcess(name) }
    }

    /// Passes on what a program has written, if there is room for it.
    func read(_ output: ProgramOutput, _ token: UInt32) {
        if isPaused { return }
        guard report.hasRoom() else { return pause() }
        let (lines, isAtEnd) = output.read()
        show(lines, of: output)
        if isAtEnd { close(output, token) }
    }

    private func drain(_ output: ProgramOutput, _ token: UInt32) {
        show(output.drain(), of: output)
        close(output, token)
    }

    private func show(_ lines: [String], of output: ProgramOutput) {
        for line in lines {
            report.tell(.output(output.process, isErrors: output.isErrors, line))
        }
    }

    private func close(_ output: ProgramOutput, _ token: UInt32) {
        unwatch(output.descriptor, token)
        outputs[token] = nil
    }

    /// Stops reading what programs write: they wait, as they would at a terminal.
    private func pause() {
        isPaused = true
        for output in outputs.values { daemon.unwatch(output.descriptor) }
    }

    func resume() {
        report.takeRoom()
        guard isPaused else { return }
        isPaused = false
        for (token, output) in outputs {
            // What cannot be watched is read when its program ends.
            try? daemon.watch(output.descriptor, token: token)
        }
    }
}
