import AuditLog
import SecurityEvents
import TestSupport

/// Something that somebody does to a log.
struct Damage: CustomStringConvertible {
    var name: String
    /// Which line is the first that is not as it should be, from 0.
    var line: Int
    /// How many lines further on all is as it should be.
    var reach: Int
    var kinds: Set<ChainFault.Kind>
    var counts: ChainCounts
    var description: String
    private var change: (inout [[UInt8]]) -> Void

    func lines(_ log: [[UInt8]]) -> [[UInt8]] {
        var lines = log
        change(&lines)
        return lines
    }

    static func random(in log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let all = [edit, delete, duplicate, swap, insert, cut]
        return generator.pick(all)(log, &generator)
    }

    /// One byte of one record becomes another, in its text or in its hash.
    private static func edit(_ log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let line = generator.number(0...log.count - 2)
        let place = generator.number(0...log[line].count - 1)
        var byte = UInt8(generator.number(0x20...0x7E))
        if byte == log[line][place] { byte ^= 1 }
        return Damage("edit", line, [.edited], [.edited: 1], "byte \(place) of \(line)") {
            $0[line][place] = byte
        }
    }

    private static func delete(_ log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let count = generator.chance(50) ? 1 : generator.number(2...50)
        let line = generator.number(0...log.count - count - 1)
        return Damage("delete", line, [.missing], [.missing: UInt64(count)], "\(count) at \(line)")
        {
            $0.removeSubrange(line..<line + count)
        }
    }

    /// A copy of one record stands somewhere else.
    private static func duplicate(_ log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let line = generator.number(0...log.count - 1)
        // A copy right before its original is one right after it.
        let place = generator.chance(30) ? line + 1 : distant(line, log.count, &generator)
        let first = place == line ? line + 1 : place
        return Damage(
            "duplicate",
            first,
            [.duplicated],
            [.duplicated: 1],
            "\(line) at \(first)",
            reach: abs(line - place) + 1
        ) {
            $0.insert($0[line], at: place)
        }
    }

    private static func swap(_ log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let line = generator.number(0...log.count - 2)
        let other =
            generator.chance(50)
            ? line + 1 : max(line + 1, distant(line, log.count - 1, &generator))
        return Damage(
            "swap",
            line,
            [.reordered],
            // Two neighbours that change places are one record that moved.
            [.reordered: other == line + 1 ? 1 : 2],
            "\(line) and \(other)",
            reach: other - line + 1
        ) {
            $0.swapAt(line, other)
        }
    }

    /// Mostly near, so that most trials are short; sometimes anywhere.
    private static func distant(
        _ line: Int,
        _ limit: Int,
        _ generator: inout SeededGenerator
    ) -> Int {
        if generator.chance(10) { return generator.number(0...limit) }
        return generator.number(max(0, line - 200)...min(limit, line + 200))
    }

    /// A line that the writer never wrote, with a hash that fits or does not.
    private static func insert(_ log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let line = generator.number(1...log.count - 1)
        var record = AuditRecord(.misuse, at: .zero)
        record.process = SampleRecords.control
        record.misuse = "forged"
        var previous = ChainPosition(sequence: UInt64(line), hash: .zero)
        let isChained = generator.chance(50)
        if isChained {
            var reader = AuditRecordReader()
            let before = try? reader.read(log[line - 1][...])
            previous = ChainPosition(sequence: UInt64(line), hash: before?.hash ?? .zero)
        }
        var writer = AuditLineWriter(hash: quickHash, after: previous)
        writer.append(record)
        let forged = Array(writer.bytes.dropLast())
        return Damage("insert", line, [.inserted], [.inserted: 1], "\(line), \(isChained)") {
            $0.insert(forged, at: line)
        }
    }

    /// A stretch of bytes is cut out of the middle, from one record into another.
    private static func cut(_ log: [[UInt8]], _ generator: inout SeededGenerator) -> Damage {
        let line = generator.number(0...log.count - 3)
        let other = min(log.count - 2, line + generator.number(1...9))
        let keep = generator.number(30...log[line].count - 100)
        let skip = generator.number(1...log[other].count - 100)
        let missing = UInt64(other - line)
        return Damage("cut", line, [.cut], [.cut: 1, .missing: missing], "\(line) to \(other)") {
            $0[line] = Array($0[line][..<keep] + $0[other][skip...])
            $0.removeSubrange(line + 1...other)
        }
    }

    private init(
        _ name: String,
        _ line: Int,
        _ kinds: Set<ChainFault.Kind>,
        _ counts: [ChainFault.Kind: UInt64],
        _ description: String,
        reach: Int = 1,
        change: @escaping (inout [[UInt8]]) -> Void
    ) {
        (self.name, self.line, self.kinds) = (name, line, kinds)
        self.reach = reach
        self.counts = ChainCounts()
        self.description = "\(name) \(description)"
        self.change = change
        for (kind, count) in counts { self.counts[kind] = count }
    }
}

/// The same for the same bytes as long as the tests run, and quick.
let quickHash: HashFunction = { bytes in
    var hasher = Hasher()
    unsafe bytes.withUnsafeBytes { unsafe hasher.combine(bytes: $0) }
    var state = SeededGenerator(seed: UInt64(bitPattern: Int64(hasher.finalize())))
    var digest: [UInt8] = []
    for _ in 0..<4 {
        let word = state.next()
        for shift in 0..<8 { digest.append(UInt8(truncatingIfNeeded: word >> (shift * 8))) }
    }
    return Digest(digest)
}
