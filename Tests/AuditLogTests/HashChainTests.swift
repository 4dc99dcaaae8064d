import AuditLog
import JSONText
import SecurityEvents
import Testing

@Suite struct HashChainTests {
    @Test func `every hash covers the hash before and the line up to it`() throws {
        let records = (0..<20).flatMap { _ in SampleRecords.all }
        var previous = [UInt8](repeating: 0, count: 32)
        for (index, line) in auditLines(of: records).enumerated() {
            let tail = #","hash":""#.utf8.count + 64 + #""}"#.utf8.count
            let hash = toyHash((previous + line.dropLast(tail))[...])
            #expect(text(line.suffix(tail)) == #","hash":"\#(hash)"}"#, "record \(index + 1)")
            previous = hash.bytes
        }
    }

    @Test func `records are numbered from 1 without a gap`() throws {
        let numbers = try auditLines(of: SampleRecords.all)
            .map { try JSONValue(parsing: $0)["seq"]?.integer }
        #expect(numbers == (1...Int64(SampleRecords.all.count)).map { $0 })
    }

    @Test func `a writer that continues makes the bytes of one that never stopped`() {
        let whole = auditLines(of: SampleRecords.all)
        for place in SampleRecords.all.indices {
            var first = AuditLineWriter(hash: toyHash)
            for record in SampleRecords.all[..<place] { first.append(record) }
            #expect(first.nextSequence == UInt64(place) + 1)
            var second = AuditLineWriter(hash: toyHash, after: first.position)
            #expect(second.lastHash == first.lastHash)
            for record in SampleRecords.all[place...] { second.append(record) }
            #expect(lines(of: first.bytes + second.bytes) == whole)
        }
    }

    @Test func `taking or resetting the bytes does not touch the chain`() {
        var writer = AuditLineWriter(hash: toyHash)
        var taken: [UInt8] = []
        for (index, record) in SampleRecords.all.enumerated() {
            writer.append(record)
            if index.isMultiple(of: 2) {
                taken += writer.takeBytes()
            } else {
                taken += writer.bytes
                writer.reset()
            }
            #expect(writer.bytes.isEmpty)
        }
        #expect(lines(of: taken) == auditLines(of: SampleRecords.all))
    }

    @Test func `lost records take no number and no link`() {
        var writer = AuditLineWriter(hash: toyHash)
        writer.append(SampleRecords.all[0])
        let written = writer.takeBytes()
        let position = writer.position
        for record in SampleRecords.all[1..<5] { writer.append(record) }
        writer.reset(to: position)
        #expect(writer.nextSequence == 2)
        writer.append(SampleRecords.all[5])
        #expect(
            lines(of: written + writer.bytes)
                == auditLines(of: [SampleRecords.all[0], SampleRecords.all[5]])
        )
    }

    @Test func `a changed byte, a missing line and a swapped pair all break the chain`() {
        let whole = auditLines(of: SampleRecords.all)
        #expect(verifies(whole))
        var swapped = whole
        swapped.swapAt(3, 4)
        #expect(!verifies(swapped))
        for place in whole.indices {
            var shorter = whole
            shorter.remove(at: place)
            // A chain cannot tell that its end is missing: what is left is a chain.
            #expect(verifies(shorter) == (place == whole.count - 1))
            var changed = whole
            changed[place][20] ^= 1
            #expect(!verifies(changed))
        }
    }

    @Test func `a key makes another chain of the same records`() {
        let keyed = auditLines(of: SampleRecords.all) { toyHash((Array("key".utf8) + $0)[...]) }
        for (one, other) in zip(keyed, auditLines(of: SampleRecords.all)) {
            #expect(one.suffix(66) != other.suffix(66))
        }
    }

    @Test func `a memory sink keeps every line and a closure says whether it could`() {
        var memory = MemoryAuditSink()
        let kept = [memory.write([1, 2]), memory.write([3])]
        #expect(kept == [true, true])
        #expect(memory.bytes == [1, 2, 3])
        var full = ClosureAuditSink { $0.isEmpty }
        let answers = [full.write([1]), full.write([])]
        #expect(answers == [false, true])
    }

    /// Recomputes the chain as a reader would.
    private func verifies(_ lines: [[UInt8]]) -> Bool {
        var previous = [UInt8](repeating: 0, count: 32)
        for line in lines {
            let end = line.count - #","hash":""#.utf8.count - 64 - #""}"#.utf8.count
            let hash = toyHash((previous + line[..<end])[...])
            guard text(line.suffix(66)) == #"\#(hash)"}"# else { return false }
            previous = hash.bytes
        }
        return true
    }
}
