import Diagnostics
import SecurityEvents

/// The report of a run for people.
///
/// Lines that begin with a bracket are a program's, all others are the broker's: no program can
/// write one of those. Colours are ours alone: everything else that could steer a terminal is written
/// out, whoever it comes from.
struct RunText: RunRenderer {
    let isColored: Bool

    func render(_ line: RunLine) -> [UInt8] {
        switch line {
        case .start(let start): plain(lines(start))
        case .note(let text): plain(text.split(separator: "\n").map { "  \($0)" })
        case .refusal(let event, let decision):
            plain(["  refused: \(event.summary); \(decision.text)"])
        case .record(let record): self.line(record).map { bytes([$0]) } ?? []
        case .output(let process, _, let text): bytes(["[\("\(process)".printable)] \(text)"])
        case .ended(let process, let end): plain(["`\(process)` ended: \(end.text)"])
        case .attached(let process): plain(["`\(process)` has a program now"])
        case .detached(let process): plain(["`\(process)` ended: its program is gone"])
        case .summary(let tally, let time): bytes(summary(tally, time))
        }
    }

    static func hidden(_ count: UInt64) -> [UInt8] {
        Array("\(count) \(count == 1 ? "line" : "lines") not shown\n".utf8)
    }

    /// Lines as they are: what they hold is printable, but for our colours.
    private func bytes(_ lines: [String]) -> [UInt8] { lines.flatMap { Array("\($0)\n".utf8) } }

    private func plain(_ lines: [String]) -> [UInt8] { bytes(lines.map(\.printable)) }

    private func lines(_ start: RunStart) -> [String] {
        let digest = start.policy.digest.description.prefix(12)
        var lines = [
            "\(start.file): \(counted(start.processes, "process", "processes")), "
                + "\(counted(start.channels, "static channel", "static channels")); "
                + "policy \(start.policy.name), digest \(digest)…"
        ]
        if start.mode == .permissive {
            lines.append(
                "  permissive: what the policy denies is recorded and goes on all the same"
            )
        }
        if let control = start.control { lines.append("  control socket: \(control)") }
        return lines
    }

    private func line(_ record: AuditRecord) -> String? {
        let time = "\(seconds(record.time))  "
        switch record.kind {
        case .decision:
            guard let decision = record.decision, let event = record.event else { return nil }
            let isLetThrough = record.enforced == false
            let text = decision.text + (isLetThrough ? ", goes on (permissive)" : "")
            let color = decision.verdict == .allow ? "32" : isLetThrough ? "33" : "31"
            return "\(time)\(event.summary.printable); \(colored(text, color))"
        case .misuse:
            let process = record.process.map { "\($0.name)" } ?? ""
            let operation = record.operation.map { "\($0.rawValue): " } ?? ""
            let end = record.retcode.map { ", \($0.name)" } ?? ""
            let text = "misuse by \(process): \(operation)\(record.misuse ?? "")\(end)"
            return time + colored(text, "33")
        case .auditLost:
            return time + colored("\(record.lost ?? 0) records were lost", "31")
        case .start, .stop, .reload, .mode, .outcome, .channelCreated, .channelDeleted,
            .processStarted, .processEnded:
            return nil
        }
    }

    private func summary(_ tally: RunTally, _ time: Instant) -> [String] {
        let channels = tally.staticChannels + tally.otherChannels
        var lines = [
            "ran for \(seconds(time)): \(counted(tally.processes.count, "process", "processes")), "
                + "\(counted(channels, "channel", "channels")) (\(tally.staticChannels) static), "
                + "\(tally.allowed) allowed, \(tally.denied) denied"
        ]
        lines += tally.processes.map { "  \($0.name): \($0.state.text)".printable }
        let width = tally.causes.map { "\($0.count)".count }.max() ?? 0
        for (decision, count) in tally.causes {
            let padding = String(repeating: " ", count: width - "\(count)".count)
            let color = decision.verdict == .allow ? "32" : "31"
            lines.append("  \(padding)\(count) \(colored(causeText(decision), color))")
        }
        if tally.misuses > 0 { lines.append("  \(counted(tally.misuses, "misuse", "misuses"))") }
        if tally.lost > 0 { lines.append("  \(tally.lost) records were lost") }
        return lines
    }

    /// A cause that stands for many, of which each had words of its own.
    private func causeText(_ decision: Decision) -> String {
        let text = decision.text
        return text.hasSuffix(": ") ? String(text.dropLast(2)) : text
    }

    private func seconds(_ time: Instant) -> String {
        let milliseconds = time.nanoseconds / 1_000_000
        let fraction = "\(milliseconds % 1000)"
        let padding = String(repeating: "0", count: 3 - fraction.count)
        return "\(milliseconds / 1000).\(padding)\(fraction) s"
    }

    private func counted(_ count: Int, _ one: String, _ many: String) -> String {
        "\(count) \(count == 1 ? one : many)"
    }

    /// Makes text printable and gives it a colour.
    private func colored(_ text: String, _ code: String) -> String {
        isColored ? "\u{1B}[\(code)m\(text.printable)\u{1B}[0m" : text.printable
    }
}

extension RunTally.ProcessState.State {
    /// For people.
    var text: String {
        switch self {
        case .refused: "refused at start"
        case .builtIn: "the broker's own"
        case .withoutProgram: "no program"
        case .running: "still running"
        case .ended(let end): end.text
        case .detached: "its program is gone"
        }
    }
}
