import AuditFiles
import AuditLog
import Glibc
import SecurityEvents
import Testing

@Suite struct AuditFileTests {
    private let folder = Folder()

    @Test func `a log that is opened again goes on where it stopped`() throws {
        let path = folder.path("log")
        var records: [AuditRecord] = []
        for turn in 0..<5 {
            let file = try open(path)
            #expect(file.opening.torn == nil)
            #expect(file.position.sequence == UInt64(records.count))
            for index in 0..<3 {
                let record = sample(turn * 3 + index)
                #expect(file.append(record))
                records.append(record)
            }
            #expect(file.write())
        }
        #expect(folder.read("log") == lines(records))
        #expect(verified([path]).isWhole)
    }

    @Test func `nothing is in the file before it is written, and all is after`() throws {
        let path = folder.path("log")
        for synchronization in AuditSynchronization.allCases {
            unsafe unlink(path)
            let file = try open(path, synchronization)
            file.append(sample(0))
            #expect(folder.read("log").isEmpty)
            #expect(file.write())
            #expect(folder.read("log") == lines([sample(0)]))
            #expect((file.synchronizationDelay != nil) == (synchronization == .batch))
            #expect(file.synchronize())
            #expect(file.synchronizationDelay == nil)
            #expect(file.write(), "nothing to write is written")
        }
    }

    @Test func `a last line torn at any byte is set aside, told, and the chain goes on`() throws {
        let path = folder.path("log")
        let whole = lines((0..<3).map(sample))
        let last = whole.dropLast().lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        for cut in last + 1..<whole.count {
            folder.clear()
            folder.write(whole[..<cut], "log")
            let file = try open(path)
            let torn = try #require(file.opening.torn)
            #expect(torn.bytes == cut - last)
            #expect(torn.file == path + ".torn-1")
            #expect(folder.read("log.torn-1") == Array(whole[last..<cut]))
            #expect(file.position.sequence == 2)
            var start = AuditRecord(.start, at: .zero)
            (start.mode, start.policy, start.generation) = (.enforce, label, 0)
            file.append(start)
            file.append(AuditRecord(.stop, at: .zero))
            #expect(file.write())
            start.torn = UInt64(cut - last)
            let records = [sample(0), sample(1), start, AuditRecord(.stop, at: .zero)]
            #expect(folder.read("log") == lines(records))
        }
    }

    @Test func `torn lines are never put over each other`() throws {
        let path = folder.path("log")
        for number in 1...3 {
            folder.append("torn \(number)", "log")
            let file = try open(path)
            #expect(file.opening.torn?.file == "\(path).torn-\(number)")
            #expect(folder.read("log.torn-\(number)") == Array("torn \(number)".utf8))
        }
        #expect(folder.read("log").isEmpty)
    }

    @Test func `a torn line of any length is set aside`() throws {
        let torn = [UInt8](repeating: 0, count: 3_000_000)
        let whole = lines((0..<3).map(sample))
        folder.write((whole + torn)[...], "log")
        let file = try open(folder.path("log"))
        #expect(file.opening.torn?.bytes == torn.count)
        #expect(file.position.sequence == 3)
        #expect(folder.read("log") == whole)
        #expect(folder.read("log.torn-1") == torn)
    }

    @Test func `a full file gets the next number and the chain goes on`() throws {
        let path = folder.path("log")
        let records = (0..<40).map(sample)
        for half in [records[..<20], records[20...]] {
            let file = try open(path, rotation: AuditRotation(size: 1500))
            for record in half {
                file.append(record)
                #expect(file.write())
                #expect(file.rotationTrouble == nil)
            }
        }
        let files = LogParts(of: path).files
        #expect(files.count > 5)
        #expect(files.last == path)
        #expect(files.first == path + ".1")
        #expect(files.allSatisfy { folder.size($0) <= 1500 })
        #expect(files.flatMap { folder.readAll($0) } == lines(records))
        let report = verified(files)
        #expect(report.isWhole && report.lines == 40)
    }

    @Test func `an old file gets the next number, also after the broker started anew`() throws {
        let path = folder.path("log")
        for turn in 0..<3 {
            let file = try open(
                path,
                wall: WallTime(secondsSince1970: 1000 + UInt64(turn) * 40),
                rotation: AuditRotation(age: 60)
            )
            for second in [0, 10, 20, 30] {
                var record = AuditRecord(
                    .stop,
                    at: Instant(nanoseconds: UInt64(second) * 1_000_000_000)
                )
                record.call = nil
                file.append(record)
                #expect(file.write())
            }
        }
        // 1000–1050 | 1060–1110
        let counts = LogParts(of: path).files.map { folder.readAll($0).count { $0 == 0x0A } }
        #expect(counts == [6, 6])
        #expect(verified(LogParts(of: path).files).isWhole)
    }

    @Test func `a crash between a full file and the next one loses nothing`() throws {
        let path = folder.path("log")
        folder.write(lines((0..<3).map(sample))[...], "log")
        unsafe rename(path, path + ".1")
        let file = try open(path)
        #expect(file.position.sequence == 3)
        file.append(sample(3))
        #expect(file.write())
        #expect(verified([path + ".1", path]).isWhole)
    }

    @Test func `a log whose end was changed is not gone on with`() throws {
        let whole = lines((0..<3).map(sample))
        let text = String(decoding: whole, as: UTF8.self)
        let unlinked = "its last record does not follow from the one before, or has another key"
        let changes = [
            ("its last line is no record", whole + [0x0A]),
            (unlinked, Array(text.replacing("wrong 2", with: "wrong 3").utf8)),
            (unlinked, lines([sample(0)]) + whole[lines((0..<2).map(sample)).count...]),
        ]
        for (message, bytes) in changes {
            folder.write(bytes[...], "log")
            let fault = #expect(throws: AuditFileFault.self) { _ = try open(folder.path("log")) }
            #expect(fault?.message == message)
            #expect(fault?.isUnreadable == true)
            #expect(folder.read("log") == bytes, "nothing is changed")
        }
    }

    @Test func `two writers do not share a log`() throws {
        let path = folder.path("log")
        let first = try open(path)
        let fault = #expect(throws: AuditFileFault.self) { _ = try open(path) }
        #expect(fault?.message == "another process writes to it")
        #expect(first.isWritable)
    }

    @Test func `a full disk is told, and records are counted, not kept`() throws {
        let file = try open("/dev/full")
        file.append(sample(0))
        #expect(!file.write())
        #expect(file.trouble == "no space left on device")
        #expect(!file.append(sample(1)))
        file.countLost(2)
        #expect(!file.write())
        #expect(file.lost == 3)
        #expect(file.position.sequence == 1)
    }

    @Test func `after trouble writing goes on at the byte where it stopped`() throws {
        let path = folder.path("pipe")
        unsafe mkfifo(path, 0o600)
        let reader = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK)
        defer { close(reader) }
        let file = try open(path)
        var count = 0
        var lost = 0
        var read: [UInt8] = []
        for _ in 0..<3 {
            while file.write() {
                for _ in 0..<100 {
                    file.append(sample(count))
                    count += 1
                }
            }
            #expect(file.trouble == "resource temporarily unavailable")
            for _ in 0..<7 {
                #expect(!file.append(sample(0)))
                lost += 1
            }
            while !file.write() { read += drain(reader) }
            #expect(file.trouble == nil)
        }
        file.append(AuditRecord(.stop, at: .zero))
        #expect(file.write())
        read += drain(reader)
        var verifier = ChainVerifier(hash: toyHash)
        var splitter = LineSplitter()
        splitter.feed(read[...]) { verifier.take($0) }
        let report = verifier.finish()
        #expect(report.isWhole)
        #expect(
            report.lines == UInt64(count + 3 + 1),
            "all that were kept, their counts, and the stop"
        )
        #expect(report.lost == UInt64(lost))
    }

    private func drain(_ descriptor: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count <= 0 { return bytes }
            bytes += chunk[..<count]
        }
    }

    private func open(
        _ path: String,
        _ synchronization: AuditSynchronization = .none,
        wall: WallTime = .epoch,
        rotation: AuditRotation = AuditRotation()
    ) throws -> Log {
        Log(
            try AuditFile(
                opening: path,
                hash: toyHash,
                wall: wall,
                synchronization: synchronization,
                rotation: rotation
            )
        )
    }

    private func verified(_ files: [String]) -> ChainReport {
        var verifier = ChainVerifier(hash: toyHash)
        for file in files {
            verifier.beginFile()
            var splitter = LineSplitter()
            splitter.feed(folder.readAll(file)[...]) { verifier.take($0) }
            verifier.takeRest(splitter.takeRest())
        }
        return verifier.finish()
    }
}

let label = PolicyLabel(name: "p", digest: .zero)

func sample(_ number: Int) -> AuditRecord {
    var record = AuditRecord(.misuse, at: Instant(nanoseconds: UInt64(number)))
    record.call = CallID(rawValue: UInt64(number) + 1)
    record.process = .einit
    record.misuse = "wrong \(number)"
    return record
}

func lines(_ records: [AuditRecord]) -> [UInt8] {
    var writer = AuditLineWriter(hash: toyHash)
    for record in records { writer.append(record) }
    return writer.bytes
}

/// Quick, and no hash that anybody should trust.
let toyHash: HashFunction = { bytes in
    var state: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return Digest((0..<32).map { UInt8(truncatingIfNeeded: state >> ($0 % 8 * 8)) })
}

/// A log whose file can be asked inside of an expectation.
final class Log {
    private var file: AuditFile

    init(_ file: consuming AuditFile) { self.file = file }

    var opening: AuditOpening { file.opening }
    var position: ChainPosition { file.position }
    var trouble: String? { file.trouble }
    var rotationTrouble: String? { file.rotationTrouble }
    var lost: UInt64 { file.lost }
    var isWritable: Bool { file.isWritable }
    var synchronizationDelay: Duration? { file.synchronizationDelay }

    @discardableResult
    func append(_ record: AuditRecord) -> Bool { file.append(record) }
    func countLost(_ count: UInt64) { file.countLost(count) }
    func write() -> Bool { file.write() }
    func synchronize() -> Bool { file.synchronize() }
}
