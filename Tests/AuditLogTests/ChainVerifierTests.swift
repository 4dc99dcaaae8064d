import AuditLog
import SecurityEvents
import TestSupport
import Testing

@Suite struct ChainVerifierTests {
    /// A log of 10,000 records, and the verifier at every hundredth line: trials start from there.
    private static let log: [[UInt8]] = {
        var random = RandomRecords(seed: 1)
        return auditLines(of: random.log(10_000), hash: quickHash)
    }()

    private static let states: [ChainVerifier] = {
        var verifier = ChainVerifier(hash: quickHash)
        var states: [ChainVerifier] = []
        for (index, line) in log.enumerated() {
            if index.isMultiple(of: 100) { states.append(verifier) }
            verifier.take(line[...])
        }
        return states
    }()

    @Test func `an untouched log is whole`() throws {
        let report = verified(Self.log)
        #expect(report.isWhole)
        #expect(report.counts.isZero)
        #expect(report.lines == 10_000)
        #expect(report.linked == 10_000)
        #expect(report.head.sequence == 10_000)
        #expect(report.isClosed)
        #expect(report.starts == 1)
        for seed in 0..<20 {
            var random = RandomRecords(seed: UInt64(seed))
            let report = verified(auditLines(of: random.log(Int(seed) * 7), hash: quickHash))
            #expect(report.isWhole)
        }
    }

    @Test func `one damage in a thousand trials each: the first bad place is named`() throws {
        var seen: Set<String> = []
        for seed in 0..<1000 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let damage = Damage.random(in: Self.log, &generator)
            let report = verified(
                damage.lines(Self.log),
                from: damage.line,
                to: damage.line + damage.reach + 50
            )
            seen.insert(damage.name)
            let first = try #require(report.first, "seed \(seed): \(damage)")
            #expect(Int(first.place.line) == damage.line + 1, "seed \(seed): \(damage)")
            #expect(damage.kinds.contains(first.kind), "seed \(seed): \(damage), \(first)")
            #expect(report.counts == damage.counts, "seed \(seed): \(damage), \(report.counts)")
        }
        #expect(seen.count == 6)
    }

    /// Starts before `line`, up to which the log is untouched, and ends where all is well again.
    private func verified(
        _ lines: [[UInt8]],
        from line: Int = 0,
        to end: Int = .max
    ) -> ChainReport {
        let state = line / 100
        var verifier = line < 100 ? ChainVerifier(hash: quickHash) : Self.states[state]
        for line in lines[(state * 100)..<min(end, lines.count)] { verifier.take(line[...]) }
        return verifier.finish()
    }
}
