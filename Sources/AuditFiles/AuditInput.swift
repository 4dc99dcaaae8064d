import Glibc

/// The bytes of a log, plain, gzip or zstd, a piece at a time: any size takes the same memory.
package struct AuditInput: ~Copyable {
    private static let bufferSize = 1 << 18

    private let path: String
    private var descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: bufferSize)
    private var output: [UInt8] = []
    /// Bytes that were read and are not decompressed.
    private var waiting: ArraySlice<UInt8> = []
    private var decompressor: (any Decompressor)?
    private var isSniffed = false

    /// How many bytes of the file have been read.
    package private(set) var consumed: UInt64 = 0
    /// How many bytes the file has; nil for a pipe.
    package let size: UInt64?

    /// Opens a file, or standard input as `-`.
    package init(_ path: String) throws(AuditFileFault) {
        let descriptor = try Self.open(path)
        size = try Self.size(of: descriptor)
        self.path = path
        self.descriptor = descriptor
    }

    private static func open(_ path: String) throws(AuditFileFault) -> Descriptor {
        guard path == "-" else { return try Descriptor(opening: path, O_RDONLY) }
        return Descriptor(owning: dup(STDIN_FILENO))
    }

    private static func size(
        of descriptor: borrowing Descriptor
    ) throws(AuditFileFault) -> UInt64? {
        let status = try descriptor.status()
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw AuditFileFault(.system, "it is a folder")
        }
        return status.st_mode & S_IFMT == S_IFREG ? UInt64(status.st_size) : nil
    }

    /// The next bytes; nil at the end.
    ///
    /// Forget the bytes before the next call: it uses their memory again.
    package mutating func next() throws(AuditFileFault) -> ArraySlice<UInt8>? {
        if !isSniffed { try sniff() }
        guard let decompressor else {
            if !waiting.isEmpty {
                defer { waiting = [] }
                return waiting
            }
            let count = try fill()
            return count == 0 ? nil : buffer[..<count]
        }
        while true {
            let produced = try decompressor.step(&waiting, &output)
            if produced > 0 { return output[..<produced] }
            guard waiting.isEmpty else { continue }
            let count = try fill()
            if count == 0 {
                guard decompressor.isAtEnd else {
                    throw AuditFileFault(.content, "the compressed data end in the middle")
                }
                return nil
            }
            waiting = buffer[..<count]
        }
    }

    /// Waits for more after the end, as long as it takes; goes on in the next file when the log is
    /// continued there.
    package mutating func nextFollowing() throws(AuditFileFault) -> ArraySlice<UInt8> {
        while true {
            if let bytes = try next() { return bytes }
            if try !reopen() { usleep(100_000) }
        }
    }

    /// Opens the file of this name if that is another one by now.
    private mutating func reopen() throws(AuditFileFault) -> Bool {
        guard path != "-", decompressor == nil else { return false }
        var there = stat()
        guard unsafe stat(path, &there) == 0 else { return false }
        let own = try descriptor.status()
        guard there.st_ino != own.st_ino || there.st_dev != own.st_dev else { return false }
        // What came between the last read and the change of name is still to be read.
        let count = try fill()
        if count > 0 {
            waiting = buffer[..<count]
            return true
        }
        descriptor = try Descriptor(opening: path, O_RDONLY)
        isSniffed = false
        return true
    }

    private mutating func fill() throws(AuditFileFault) -> Int {
        waiting = []
        let count = try descriptor.read(into: &buffer)
        consumed += UInt64(count)
        return count
    }

    /// Looks at the first bytes: every kind of compressed file has its own.
    private mutating func sniff() throws(AuditFileFault) {
        var start: [UInt8] = []
        while start.count < 4 {
            let count = try fill()
            guard count > 0 else { break }
            start += buffer[..<count]
        }
        isSniffed = true
        if start.starts(with: [0x1F, 0x8B]) {
            decompressor = try GzipDecompressor()
        } else if start.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) {
            decompressor = try ZstdDecompressor()
        }
        if decompressor != nil { output = [UInt8](repeating: 0, count: Self.bufferSize) }
        waiting = start[...]
        // A file that is followed may be empty until its first line comes.
        if start.isEmpty { isSniffed = false }
    }
}
