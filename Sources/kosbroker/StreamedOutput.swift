import Glibc
import SystemFiles

/// Output that leaves while it is made, to standard output or a file.
struct StreamedOutput: ~Copyable {
    private var buffer: [UInt8] = []
    private let descriptor: Int32
    private let path: String?

    /// - Throws: ``CommandEnd/noAnswer``, after telling why, if the file cannot be written.
    init(to path: String?) throws {
        self.path = path == "-" ? nil : path
        if let path = self.path {
            descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        } else {
            descriptor = STDOUT_FILENO
        }
        if descriptor < 0 { try fail("it cannot be opened") }
    }

    deinit { if path != nil, descriptor >= 0 { close(descriptor) } }

    mutating func write(_ text: String) throws {
        buffer.append(contentsOf: text.utf8)
        try flushIfFull()
    }

    mutating func write(line: ArraySlice<UInt8>) throws {
        buffer.append(contentsOf: line)
        buffer.append(0x0A)
        try flushIfFull()
    }

    mutating func flush() throws {
        guard !buffer.isEmpty else { return }
        do throws(WriteFault) {
            try SystemFiles.write(buffer, descriptor: descriptor)
        } catch {
            try fail(error.message)
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private mutating func flushIfFull() throws {
        if buffer.count >= 1 << 16 { try flush() }
    }

    private func fail(_ message: String) throws -> Never {
        Terminal.complain("kosbroker: cannot write `\(path ?? "standard output")`: \(message)")
        throw CommandEnd.noAnswer
    }
}
