import Diagnostics
import Glibc
import SystemFiles

/// Where output goes: results to standard output or a file, progress and troubles to standard error.
enum Terminal {
    /// Writes troubles, a newline at their end.
    static func complain(_ text: String) {
        // Nobody is left to be told when standard error itself fails.
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let safe = lines.map { String($0).printable }.joined(separator: "\n")
        try? SystemFiles.write(Array("\(safe)\n".utf8), descriptor: STDERR_FILENO)
    }

    static func complain(_ diagnostics: [Diagnostic]) {
        guard !diagnostics.isEmpty else { return }
        complain(diagnostics.map(\.text).joined(separator: "\n"))
    }

    /// Writes a result to `path`, or to standard output where that is nil.
    static func deliver(_ text: String, to path: String?) throws {
        do throws(WriteFault) {
            if let path {
                try SystemFiles.write(Array(text.utf8), to: path)
            } else {
                try SystemFiles.write(Array(text.utf8), descriptor: STDOUT_FILENO)
            }
        } catch {
            complain("kosbroker: cannot write `\(path ?? "standard output")`: \(error.message)")
            throw CommandEnd.noAnswer
        }
    }

    /// Whether a result may be coloured: on a terminal, unless `NO_COLOR` says otherwise.
    static func showsColors(to path: String?) -> Bool {
        path == nil && SystemFiles.isTerminal(STDOUT_FILENO)
            && SystemFiles.environment("NO_COLOR") == nil
    }
}

/// A line on a terminal that says how far a long run is; nothing where nobody looks.
struct Progress {
    private let total: Int
    private var done = 0
    private var lastShown: ContinuousClock.Instant?
    private let isShown = SystemFiles.isTerminal(STDERR_FILENO)
    private let clock = ContinuousClock()
    private let start = ContinuousClock.now

    init(total: Int) {
        self.total = total
    }

    /// One thing more is done.
    ///
    /// Short runs show nothing: the line appears after half a second.
    mutating func advance() {
        done += 1
        guard isShown, done % 16 == 0 else { return }
        let now = clock.now
        guard now - start > .milliseconds(500), now - (lastShown ?? start) > .milliseconds(100)
        else { return }
        lastShown = now
        write("\r\u{1B}[K\(done) of \(total)")
    }

    /// Takes the line away.
    func finish() {
        if lastShown != nil { write("\r\u{1B}[K") }
    }

    private func write(_ text: String) {
        try? SystemFiles.write(Array(text.utf8), descriptor: STDERR_FILENO)
    }
}
