import AuditLog
import Foundation
import SecurityEvents
import Testing

/// `make audit-scale` does this with ten million lines, alone in its process.
@Suite struct ScaleTests {
    private static let wanted = ProcessInfo.processInfo.environment["KOSBROKER_AUDIT_LINES"]
    private let count = wanted.flatMap(Int.init) ?? 5000

    @Test func `a log of any length is verified and counted in the same memory`() throws {
        var random = RandomRecords(seed: 1)
        let samples = (0..<997).map { _ in random.next() }
        var writer = AuditLineWriter(hash: quickHash)
        var splitter = LineSplitter()
        var verifier = ChainVerifier(hash: quickHash)
        var reader = AuditRecordReader()
        var logged = LoggedRecord.none
        var statistics = AuditStatistics()
        var early = 0
        for number in 0..<count {
            var record = samples[number % samples.count]
            record.time = Instant(nanoseconds: UInt64(number) * 10_000_000)
            writer.append(record)
            guard writer.bytes.count > 1 << 16 || number == count - 1 else { continue }
            try splitter.feed(writer.bytes[...]) { line in
                verifier.take(line)
                try reader.read(line, into: &logged)
                statistics.add(logged)
            }
            writer.reset()
            if early == 0, number > count / 10 { early = Self.residentBytes }
        }
        let growth = Self.residentBytes - early
        let report = verifier.finish()
        #expect(report.isWhole)
        #expect(report.lines == UInt64(count))
        #expect(statistics.records == UInt64(count))
        #expect(statistics.histogram.all.reduce(0) { $0 + $1.count } == UInt64(count))
        #expect(statistics.histogram.all.count <= 64)
        // Other tests share the memory unless this one runs alone.
        if Self.wanted != nil { #expect(growth < 4 << 20, "grew by \(growth) bytes") }
    }

    private static var residentBytes: Int {
        let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
        return (text?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) * 4096
    }
}
