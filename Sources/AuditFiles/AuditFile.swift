package import AuditLog
import Glibc
package import SecurityEvents

/// A log that records are appended to: numbered, chained, and written to a file.
///
/// The contract with the broker: it appends all records of a turn, calls ``write()``, and hands out
/// no answer before that has returned true. While it returns false, records that are appended are
/// not kept but counted: they are lost, the calls they speak of must be denied, and the first record
/// afterwards is an `audit.lost` with their number. What had been appended before the trouble is
/// never lost: the next call goes on at the byte where the last one stopped.
///
/// A closed pipe shows as trouble only if the process ignores SIGPIPE.
package struct AuditFile: ~Copyable {
    package let path: String
    /// What was found at the beginning.
    package let opening: AuditOpening
    /// Why the last write or synchronisation failed; nil while all is well.
    package private(set) var trouble: String?
    /// Why a full file could not be put aside; the log goes on in it.
    package private(set) var rotationTrouble: String?
    /// Records that were lost and that no `audit.lost` record counts yet.
    package private(set) var lost: UInt64 = 0

    private var writer: AuditLineWriter
    private let wall: WallTime
    private let synchronization: AuditSynchronization
    private let rotation: AuditRotation
    private var descriptor: Descriptor
    private let isRegular: Bool
    private var parts: UInt64

    /// How many bytes of the writer's have been written.
    private var written = 0
    /// How many records have not been written.
    private var waiting = 0
    private var size: UInt64
    /// The moment of the first record in the file, and of the first that waits.
    private var fileStart: WallTime?
    private var batchStart: WallTime?
    private var torn: Int?

    private var unsynchronized = 0
    private var unsynchronizedSince: ContinuousClock.Instant?

    /// Opens a log, or makes one; the last line of an old one must be whole and in its chain.
    ///
    /// Bytes after the last line feed are put into `FILE.torn-1`, `FILE.torn-2`, …, and the next
    /// `start` record says so. A pipe or a device gets a log of its own.
    ///
    /// - Throws: ``AuditFileFault``; of the kind `content` where the log is not one to go on with.
    package init(
        opening path: String,
        hash: @escaping HashFunction,
        wall: WallTime,
        synchronization: AuditSynchronization = .batch,
        rotation: AuditRotation = AuditRotation()
    ) throws(AuditFileFault) {
        let opened = try OpenedLog.open(path, hash)
        self.path = path
        self.wall = wall
        self.synchronization = synchronization
        self.rotation = rotation
        opening = opened.opening
        torn = opened.opening.torn?.bytes
        isRegular = opened.isRegular
        parts = opened.parts
        size = opened.size
        fileStart = opened.start
        writer = AuditLineWriter(hash: hash, wall: wall, after: opened.opening.position)
        descriptor = opened.intoDescriptor()
    }

    /// After which record the next one comes; records that wait count.
    package var position: ChainPosition { writer.position }

    /// Whether records that are appended now are kept.
    package var isWritable: Bool { trouble == nil }

    /// Numbers and chains a record; it waits for ``write()``.
    ///
    /// - Returns: false if it is lost and counted, because the last write failed.
    @discardableResult
    package mutating func append(_ record: AuditRecord) -> Bool {
        guard trouble == nil else {
            lost += 1
            return false
        }
        if batchStart == nil { batchStart = wall.advanced(by: record.time) }
        if lost > 0 {
            var count = AuditRecord(.auditLost, at: record.time)
            count.lost = lost
            writer.append(count)
            waiting += 1
            lost = 0
        }
        waiting += 1
        guard record.kind == .start, let torn else {
            writer.append(record)
            return true
        }
        var start = record
        start.torn = UInt64(torn)
        writer.append(start)
        self.torn = nil
        return true
    }

    /// Counts a record that was never made, such as the denial of a call while nothing is kept.
    package mutating func countLost(_ count: UInt64 = 1) { lost += count }

    /// Writes all that waits.
    ///
    /// - Returns: whether everything that was ever kept has left the process, and, if each write is
    ///   to be synchronised, reached the disk.
    package mutating func write() -> Bool {
        if written == 0, waiting > 0 { rotateIfDue() }
        let (count, error) = descriptor.write(writer.bytes[written...])
        written += count
        size += UInt64(count)
        guard error == 0 else {
            trouble = systemMessage(error)
            return false
        }
        if waiting > 0 {
            if fileStart == nil { fileStart = batchStart }
            if unsynchronized == 0 { unsynchronizedSince = now }
            unsynchronized += waiting
            (written, waiting, batchStart) = (0, 0, nil)
            writer.reset()
        }
        trouble = nil
        return synchronizeIfDue()
    }

    /// Brings everything that was written to the disk; do so at the end, and when
    /// ``synchronizationDelay`` has passed.
    ///
    /// - Returns: whether it is there.
    package mutating func synchronize() -> Bool {
        guard unsynchronized > 0, isRegular else { return true }
        guard fdatasync(descriptor.number) == 0 else {
            trouble = systemMessage(errno)
            return false
        }
        (unsynchronized, unsynchronizedSince) = (0, nil)
        return true
    }

    /// How long the broker may sleep before it calls ``synchronize()``; nil for as long as it likes.
    package var synchronizationDelay: Duration? {
        guard synchronization == .batch, let since = unsynchronizedSince, isRegular else {
            return nil
        }
        return max(.zero, AuditSynchronization.batchTime - since.duration(to: .now))
    }

    private var now: ContinuousClock.Instant? { synchronization == .batch ? .now : nil }

    private mutating func synchronizeIfDue() -> Bool {
        switch synchronization {
        case .none: return true
        case .each: return synchronize()
        case .batch:
            let isDue =
                unsynchronized >= AuditSynchronization.batchRecords
                || synchronizationDelay == .zero
            return isDue ? synchronize() : true
        }
    }
}

extension AuditFile {
    /// Goes on in another file if this one is full or old.
    private mutating func rotateIfDue() {
        guard isRegular, size > 0 else { return }
        let isFull = rotation.size.map { size + UInt64(writer.bytes.count) > $0 } ?? false
        var isOld = false
        if let age = rotation.age, let fileStart, let batchStart {
            isOld = batchStart.seconds >= fileStart.seconds + age
        }
        guard isFull || isOld else { return }
        do throws(AuditFileFault) {
            try rotate()
            rotationTrouble = nil
        } catch {
            // One file that is too large is better evidence than none.
            rotationTrouble = error.message
        }
    }

    private mutating func rotate() throws(AuditFileFault) {
        if synchronization != .none, !synchronize() { throw AuditFileFault.system() }
        let part = "\(path).\(parts + 1)"
        guard unsafe access(part, F_OK) != 0 else {
            throw AuditFileFault(.content, "`\(part)` is there already")
        }
        guard unsafe rename(path, part) == 0 else {
            throw AuditFileFault.system("cannot rename it to `\(part)`: ")
        }
        do throws(AuditFileFault) {
            descriptor = try OpenedLog.makeFile(path)
        } catch {
            unsafe _ = rename(part, path)
            throw error
        }
        if synchronization != .none { synchronizeFolder(of: path) }
        parts += 1
        (size, fileStart) = (0, nil)
    }
}
