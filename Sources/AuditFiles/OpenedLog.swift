import AuditLog
import Glibc
import SecurityEvents

/// A log that is there, or was made, and that a writer can go on with.
struct OpenedLog: ~Copyable {
    private let descriptor: Descriptor
    let opening: AuditOpening
    let isRegular: Bool
    /// The highest number of an older file.
    let parts: UInt64
    let size: UInt64
    /// The moment of the first record in the file.
    let start: WallTime?

    private init(
        _ descriptor: consuming Descriptor,
        _ opening: AuditOpening = AuditOpening(position: .start),
        isRegular: Bool = false,
        parts: UInt64 = 0,
        size: UInt64 = 0,
        start: WallTime? = nil
    ) {
        self.descriptor = descriptor
        self.opening = opening
        self.isRegular = isRegular
        self.parts = parts
        self.size = size
        self.start = start
    }

    /// Opens or makes the log at `path`.
    static func open(
        _ path: String,
        _ hash: HashFunction
    ) throws(AuditFileFault) -> OpenedLog {
        let isNew = unsafe access(path, F_OK) != 0
        let descriptor = try openFile(path)
        let status = try descriptor.status()
        guard status.st_mode & S_IFMT == S_IFREG else {
            // A pipe that nobody empties must not stop the broker: it is a log that cannot be written.
            if status.st_mode & S_IFMT == S_IFIFO, path != "-" {
                _ = fcntl(descriptor.number, F_SETFL, O_NONBLOCK | O_APPEND)
            }
            return OpenedLog(descriptor)
        }
        try lock(descriptor)
        let log = LogParts(of: path)
        let tail = try LogTail(descriptor, size: Int(status.st_size))
        var before: ChainPosition?
        if !tail.hasTwoLines, let older = log.files.last(where: { $0 != path }) {
            before = try lastPosition(of: older)
        }
        let position = try tail.position(after: before, hash)
        var torn: AuditOpening.Torn?
        if tail.tornBytes > 0 { torn = try setAside(descriptor, tail, log.nextTorn) }
        if isNew || torn != nil { synchronizeFolder(of: path) }
        let start = try firstMoment(descriptor, tail.end)
        return OpenedLog(
            descriptor,
            AuditOpening(position: position, torn: torn),
            isRegular: true,
            parts: log.highest,
            size: UInt64(tail.end),
            start: start
        )
    }

    consuming func intoDescriptor() -> Descriptor { descriptor }

    /// Makes a file that must not be there yet.
    static func makeFile(_ path: String) throws(AuditFileFault) -> Descriptor {
        let descriptor = try Descriptor(opening: path, O_RDWR | O_APPEND | O_CREAT | O_EXCL)
        try lock(descriptor)
        return descriptor
    }

    private static func openFile(_ path: String) throws(AuditFileFault) -> Descriptor {
        if path == "-" { return Descriptor(owning: dup(STDOUT_FILENO)) }
        do throws(AuditFileFault) {
            return try Descriptor(opening: path, O_RDWR | O_APPEND | O_CREAT)
        } catch {
            // Some devices and pipes can only be written to.
            guard error.number == EACCES || error.number == EINVAL else { throw error }
            return try Descriptor(opening: path, O_WRONLY | O_APPEND)
        }
    }

    /// Two writers would make two chains in one file.
    private static func lock(_ descriptor: borrowing Descriptor) throws(AuditFileFault) {
        guard flock(descriptor.number, LOCK_EX | LOCK_NB) == 0 else {
            guard errno == EWOULDBLOCK else { throw AuditFileFault.system("cannot lock it: ") }
            throw AuditFileFault(.content, "another process writes to it")
        }
    }

    /// The last record of an older file, which may be compressed.
    private static func lastPosition(of file: String) throws(AuditFileFault) -> ChainPosition {
        var input = try AuditInput(file)
        var splitter = LineSplitter()
        var last: [UInt8] = []
        while let bytes = try input.next() { splitter.feed(bytes) { last = Array($0) } }
        var reader = AuditRecordReader()
        guard splitter.restLength == 0, let read = try? reader.read(last[...]) else {
            throw AuditFileFault(.content, "its older part `\(file)` does not end with a record")
        }
        return ChainPosition(sequence: read.sequence, hash: read.hash)
    }

    /// Keeps the torn line beside the log, for who wants to know what it was.
    private static func setAside(
        _ descriptor: borrowing Descriptor,
        _ tail: LogTail,
        _ path: String
    ) throws(AuditFileFault) -> AuditOpening.Torn {
        let copy = try Descriptor(opening: path, O_WRONLY | O_CREAT | O_EXCL)
        var place = tail.end
        while place < tail.end + tail.tornBytes {
            let next = min(place + (1 << 20), tail.end + tail.tornBytes)
            let (_, error) = copy.write(try descriptor.bytes(place..<next)[...])
            guard error == 0 else {
                unsafe unlink(path)
                throw AuditFileFault(.system, "cannot write `\(path)`: \(systemMessage(error))")
            }
            place = next
        }
        guard fsync(copy.number) == 0, ftruncate(descriptor.number, tail.end) == 0,
            fsync(descriptor.number) == 0
        else { throw AuditFileFault.system("cannot set a torn line aside: ") }
        return AuditOpening.Torn(bytes: tail.tornBytes, file: path)
    }

    private static func firstMoment(
        _ descriptor: borrowing Descriptor,
        _ size: Int
    ) throws(AuditFileFault) -> WallTime? {
        let start = try descriptor.bytes(0..<min(size, LineSplitter.longestLine))
        var reader = AuditRecordReader()
        let line = start.prefix { $0 != UInt8(ascii: "\n") }
        return try? reader.read(line).wall
    }
}

/// The end of a file: its last lines, and what stands after the last line feed.
struct LogTail {
    /// Where the last whole line ends, in bytes from the start of the file.
    let end: Int
    let tornBytes: Int
    private let last: ArraySlice<UInt8>?
    private let beforeLast: ArraySlice<UInt8>?

    init(_ descriptor: borrowing Descriptor, size: Int) throws(AuditFileFault) {
        // The window grows until two whole lines are in it: a torn line can be of any length.
        var window = min(size, 1 << 16)
        while true {
            let bytes = try descriptor.bytes(size - window..<size)
            let feeds = bytes.indices.reversed().lazy.filter { bytes[$0] == UInt8(ascii: "\n") }
                .prefix(3).map { $0 }
            if feeds.count == 3 || window == size {
                let whole = feeds.first.map { $0 + 1 } ?? 0
                end = size - window + whole
                tornBytes = bytes.count - whole
                let lines = bytes[..<whole].split(
                    separator: UInt8(ascii: "\n"),
                    omittingEmptySubsequences: false
                ).dropLast()
                last = lines.last
                beforeLast = lines.dropLast().last
                return
            }
            window = min(size, window * 4)
        }
    }

    var hasTwoLines: Bool { beforeLast != nil }

    /// The last record, which must follow from the one before.
    ///
    /// - Parameters:
    ///   - before: the last record of the file before, where there is one and it matters.
    ///   - hash: the function of the chain.
    /// - Returns: after which record the log goes on.
    /// - Throws: ``AuditFileFault`` where the log is not one to go on with.
    func position(
        after before: ChainPosition?,
        _ hash: HashFunction
    ) throws(AuditFileFault) -> ChainPosition {
        guard let last else { return before ?? .start }
        var reader = AuditRecordReader()
        guard let read = try? reader.read(last) else {
            throw AuditFileFault(.content, "its last line is no record")
        }
        var previous = before ?? (read.sequence == 1 ? .start : nil)
        if let beforeLast {
            guard let other = try? reader.read(beforeLast) else {
                throw AuditFileFault(.content, "its last line but one is no record")
            }
            previous = ChainPosition(sequence: other.sequence, hash: other.hash)
        }
        if let previous {
            let body = last.dropLast(#","hash":""}"#.utf8.count + 64)
            let isLinked = hash((previous.hash.bytes + body)[...]) == read.hash
            guard isLinked, read.sequence == previous.sequence + 1 else {
                throw AuditFileFault(
                    .content,
                    "its last record does not follow from the one before, or has another key"
                )
            }
        }
        return ChainPosition(sequence: read.sequence, hash: read.hash)
    }
}
