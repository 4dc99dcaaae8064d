import SecurityEvents

/// Tells people what happens while a solution runs, and counts it for the summary.
final class RunReport {
    private(set) var tally = RunTally()
    private let queue: OutputQueue
    private var renderer: any RunRenderer
    private let isQuiet: Bool

    init(_ settings: RunSettings) throws(SystemFault) {
        let hidden: @Sendable (UInt64) -> [UInt8]
        switch settings.format {
        case .text:
            renderer = RunText(isColored: settings.isColored)
            hidden = RunText.hidden
        case .json:
            renderer = RunJSON(hash: settings.hash, wall: settings.wall)
            hidden = RunJSON.hidden
        }
        isQuiet = settings.isQuiet
        queue = try OutputQueue(output: settings.output, hidden: hidden)
    }

    /// Starts to write; signals are input by now.
    func start() throws(SystemFault) { try queue.start() }

    /// Tells something that is shown, however much waits to be.
    func tell(_ line: RunLine) {
        switch line {
        case .ended(let process, let end): tally.note(process, .ended(end))
        case .attached(let process): tally.note(process, .running)
        case .detached(let process): tally.note(process, .detached)
        case .start, .note, .refusal, .record, .output, .summary: break
        }
        queue.append(renderer.render(line))
    }

    /// Counts a record, and shows it if there is room.
    func record(_ record: AuditRecord) {
        tally.count(record)
        if isQuiet { return }
        let line = renderer.render(.record(record))
        if !line.isEmpty { queue.offer(line) }
    }

    /// Notes what has become of a process, for the summary.
    func note(_ name: ProcessName, _ state: RunTally.ProcessState.State) {
        tally.note(name, state)
    }

    /// Whether more of what programs write can be taken; if not, ``roomDescriptor`` says when.
    func hasRoom() -> Bool { queue.hasRoom() }

    var roomDescriptor: Int32 { queue.roomDescriptor }

    func takeRoom() { queue.takeRoom() }

    /// Waits until everything is written.
    ///
    /// - Returns: 0, or the error number of what kept it from being.
    func finish() -> Int32 { queue.finish() }
}
