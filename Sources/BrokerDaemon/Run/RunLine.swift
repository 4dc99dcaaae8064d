import SecurityEvents

/// How the report of a run is written.
package enum RunFormat: String, CaseIterable, Sendable {
    case text, json
}

/// One thing that is told while a solution runs.
enum RunLine {
    case start(RunStart)
    /// Something that has to be known about the run as a whole.
    case note(String)
    /// A static channel or a process that the policy does not allow.
    case refusal(SecurityEvent, Decision)
    case record(AuditRecord)
    /// What a program has written.
    case output(ProcessName, isErrors: Bool, String)
    case ended(ProcessName, ProgramEnd)
    /// A program that was attached by hand, and its end.
    case attached(ProcessName)
    case detached(ProcessName)
    case summary(RunTally, time: Instant)
}

/// What is known before anything starts.
struct RunStart {
    /// The init description's path.
    var file: String
    var processes: Int
    var channels: Int
    var policy: PolicyLabel
    var mode: Mode
    /// The path of the control socket.
    var control: String?
}

/// Writes the report of a run.
protocol RunRenderer {
    /// The line or lines, each with its end.
    mutating func render(_ line: RunLine) -> [UInt8]

    /// Says that `count` lines were not shown.
    static func hidden(_ count: UInt64) -> [UInt8]
}
