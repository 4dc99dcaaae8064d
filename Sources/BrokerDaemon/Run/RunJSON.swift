import AuditLog
import JSONText
import SecurityEvents

/// The report of a run for other programs: an object a line.
///
/// Lines with the key `kind` are audit records as they stand in the log; all others have the key
/// `run`. The chain of hashes is this report's own: it is that of the log as long as that takes all
/// records.
struct RunJSON: RunRenderer {
    private var records: AuditLineWriter

    init(hash: @escaping HashFunction, wall: WallTime) {
        records = AuditLineWriter(hash: hash, wall: wall)
    }

    mutating func render(_ line: RunLine) -> [UInt8] {
        switch line {
        case .record(let record):
            records.append(record)
            return records.takeBytes()
        case .start(let start): return object("start") { write(start, to: &$0) }
        case .note(let text): return object("note") { $0.member("text", text) }
        case .refusal(let event, let decision):
            return object("refused") {
                $0.members(of: event)
                $0.member("cause", decision.cause.word)
                $0.member("rule", decision.cause.rule?.text)
            }
        case .output(let process, let isErrors, let text):
            return object("output") {
                $0.member("process", utf8: process.bytes)
                $0.member("stream", isErrors ? "stderr" : "stdout")
                $0.member("text", text)
            }
        case .ended(let process, let end):
            return object("ended") {
                $0.member("process", utf8: process.bytes)
                write(end, to: &$0)
            }
        case .attached(let process):
            return object("attached") { $0.member("process", utf8: process.bytes) }
        case .detached(let process):
            return object("detached") { $0.member("process", utf8: process.bytes) }
        case .summary(let tally, let time):
            return object("summary") { write(tally, time, to: &$0) }
        }
    }

    static func hidden(_ count: UInt64) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("run", "hidden")
        writer.key("lines")
        writer.value(count)
        writer.endObject()
        writer.newline()
        return writer.bytes
    }

    private func object(_ word: String, _ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.beginObject()
        writer.member("run", word)
        members(&writer)
        writer.endObject()
        writer.newline()
        return writer.bytes
    }

    private func write(_ start: RunStart, to writer: inout JSONWriter) {
        writer.member("init", start.file)
        number("processes", start.processes, to: &writer)
        number("channels", start.channels, to: &writer)
        writer.member("mode", start.mode.rawValue)
        writer.member("policy", start.policy.name)
        writer.member("digest", start.policy.digest.description)
        writer.member("control", start.control)
    }

    private func write(_ tally: RunTally, _ time: Instant, to writer: inout JSONWriter) {
        writer.key("mono")
        writer.value(time.nanoseconds)
        writer.key("processes")
        writer.beginArray()
        for process in tally.processes {
            writer.beginObject()
            writer.member("process", utf8: process.name.bytes)
            writer.member("state", process.state.word)
            if case .ended(let end) = process.state { write(end, to: &writer) }
            writer.endObject()
        }
        writer.endArray()
        number("staticChannels", tally.staticChannels, to: &writer)
        number("otherChannels", tally.otherChannels, to: &writer)
        number("allowed", tally.allowed, to: &writer)
        number("denied", tally.denied, to: &writer)
        writer.key("causes")
        writer.beginArray()
        for (decision, count) in tally.causes {
            writer.beginObject()
            writer.member("verdict", decision.verdict.rawValue)
            writer.member("cause", decision.cause.word)
            writer.member("rule", decision.cause.rule?.text)
            if case .limit(let name) = decision.cause { writer.member("limit", name.rawValue) }
            writer.member("engine", decision.engine)
            number("count", count, to: &writer)
            writer.endObject()
        }
        writer.endArray()
        number("misuses", tally.misuses, to: &writer)
        writer.key("lost")
        writer.value(tally.lost)
    }

    private func write(_ end: ProgramEnd, to writer: inout JSONWriter) {
        switch end {
        case .exit(let code): number("code", Int(code), to: &writer)
        case .signal(let signal): number("signal", Int(signal), to: &writer)
        }
    }

    private func number(_ key: StaticString, _ value: Int, to writer: inout JSONWriter) {
        writer.key(key)
        writer.value(value)
    }
}

extension RunTally.ProcessState.State {
    fileprivate var word: String {
        switch self {
        case .refused: "refused"
        case .builtIn: "built-in"
        case .withoutProgram: "without-program"
        case .running: "running"
        case .ended: "ended"
        case .detached: "detached"
        }
    }
}
