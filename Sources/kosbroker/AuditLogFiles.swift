import ArgumentParser
import AuditFiles
import AuditLog
import Glibc
import SystemFiles

/// Which logs a command reads.
struct AuditLogOptions: ParsableArguments {
    @Argument(help: ArgumentHelp("Logs; `-` is standard input.", valueName: "file"))
    var files: [String]

    @Flag(
        inversion: .prefixedNo,
        help: "Read the older parts of a log before it, and several parts as one log."
    )
    var parts = true

    /// The logs that the arguments name, each with its files, oldest first.
    func logs() -> [AuditLogFiles] {
        var logs: [AuditLogFiles] = []
        for file in files {
            if LogParts.isTorn(file) {
                Terminal.complain(
                    "kosbroker: `\(file)` is a torn line that was set aside, no part of a log"
                )
                continue
            }
            guard parts, file != "-" else {
                logs.append(AuditLogFiles(name: file, files: [file]))
                continue
            }
            let base = LogParts.base(of: file)
            guard !logs.contains(where: { $0.name == base }) else { continue }
            let all = LogParts(of: base).files
            logs.append(AuditLogFiles(name: base, files: all.isEmpty ? [file] : all))
        }
        return logs
    }
}

/// One log and its files, oldest first.
struct AuditLogFiles {
    let name: String
    let files: [String]

    /// Reads all lines of a file.
    ///
    /// - Parameters:
    ///   - file: one of ``files``.
    ///   - progress: is told how far reading is.
    ///   - body: takes the lines of one piece at a time; a line stands in it without its line feed.
    /// - Returns: what stands after the last line feed.
    /// - Throws: ``CommandEnd``, after telling why, if the file cannot be read to its end.
    static func read(
        _ file: String,
        _ progress: inout ByteProgress,
        _ body: (ArraySlice<UInt8>) throws -> Void
    ) throws -> [UInt8] {
        do {
            var input = try AuditInput(file)
            var splitter = LineSplitter()
            while let bytes = try input.next() {
                try splitter.feed(bytes, body)
                progress.advance(to: input.consumed)
            }
            progress.finishFile(input.consumed)
            return splitter.takeRest()
        } catch let fault as AuditFileFault {
            progress.finish()
            throw Self.end(file, fault)
        }
    }

    /// How a command ends that cannot read a file; the trouble is told.
    static func end(_ file: String, _ fault: AuditFileFault) -> CommandEnd {
        Terminal.complain("kosbroker: cannot read `\(file)`: \(fault.message)")
        return fault.isUnreadable ? .invalidDocument : .noAnswer
    }
}

/// How much of many bytes is read, as a bar on a terminal; nothing where nobody looks.
struct ByteProgress {
    private let total: UInt64
    private var done: UInt64 = 0
    private var lastShown: ContinuousClock.Instant?
    private let isShown: Bool
    private let start = ContinuousClock.now

    /// - Parameter files: what will be read; sizes that nobody knows leave only an amount to show.
    init(files: [String]) {
        isShown = SystemFiles.isTerminal(STDERR_FILENO) && !SystemFiles.isTerminal(STDOUT_FILENO)
        let sizes = files.map { $0 == "-" ? nil : (try? AuditInput($0))?.size }
        total = sizes.contains(nil) ? 0 : sizes.compactMap(\.self).reduce(0, +)
    }

    /// So much of the current file is read.
    mutating func advance(to consumed: UInt64) {
        guard isShown else { return }
        let now = ContinuousClock.now
        guard now - start > .milliseconds(500), now - (lastShown ?? start) > .milliseconds(100)
        else { return }
        lastShown = now
        show(done + consumed)
    }

    /// The current file is read.
    mutating func finishFile(_ size: UInt64) { done += size }

    /// Takes the bar away.
    func finish() { if lastShown != nil { write("\r\u{1B}[K") } }

    private func show(_ bytes: UInt64) {
        let megabytes = "\(bytes >> 20) MiB"
        guard total > 0 else { return write("\r\u{1B}[K\(megabytes)") }
        let share = min(bytes * 40 / total, 40)
        let bar =
            String(repeating: "#", count: Int(share))
            + String(repeating: ".", count: Int(40 - share))
        write("\r\u{1B}[K[\(bar)] \(megabytes) of \(total >> 20) MiB")
    }

    private func write(_ text: String) {
        try? SystemFiles.write(Array(text.utf8), descriptor: STDERR_FILENO)
    }
}
