import Diagnostics

/// Finds keys that a mapping has twice.
struct RepeatedKeys {
    /// Up to so many keys every two are compared; a table would take longer.
    private static let few = 16

    private let source: SourceText

    init(_ source: SourceText) {
        self.source = source
    }

    /// Reports all repeated keys of all mappings and leaves them out.
    func report(_ nodes: inout NodeTable, _ faults: inout FaultCollector) {
        var keys: [Int32] = []
        var prints: [UInt64] = []
        for mapping in 0..<nodes.count where nodes.records[mapping].kind == .mapping {
            keys.removeAll(keepingCapacity: true)
            prints.removeAll(keepingCapacity: true)
            guard !faults.isUnbearable else { return }
            nodes.forEachEntry(of: mapping) { key, _ in
                keys.append(Int32(key))
            }
            if keys.count <= Self.few {
                for key in keys { prints.append(fingerprint(Int(key), nodes)) }
                compareAll(keys, prints, &nodes, &faults)
            } else {
                lookUpAll(keys, &nodes, &faults)
            }
        }
    }

    private func compareAll(
        _ keys: [Int32],
        _ prints: [UInt64],
        _ nodes: inout NodeTable,
        _ faults: inout FaultCollector
    ) {
        for later in keys.indices {
            for earlier in 0..<later where prints[earlier] == prints[later] {
                let (first, second) = (Int(keys[earlier]), Int(keys[later]))
                guard nodes.haveSameValue(first, second, in: source.bytes) else { continue }
                leaveOut(second, after: first, &nodes, &faults)
                break
            }
        }
    }

    private func lookUpAll(
        _ keys: [Int32],
        _ nodes: inout NodeTable,
        _ faults: inout FaultCollector
    ) {
        var table = KeyTable(capacity: keys.count)
        for key in keys where !faults.isUnbearable {
            let hash = nodes.withBytes(of: Int(key), in: source.bytes) { KeyTable.hash($0) }
            let first = table.insert(key, hash) { other in
                nodes.haveSameValue(Int(other), Int(key), in: source.bytes)
            }
            if let first { leaveOut(Int(key), after: Int(first), &nodes, &faults) }
        }
    }

    private func leaveOut(
        _ key: Int,
        after first: Int,
        _ nodes: inout NodeTable,
        _ faults: inout FaultCollector
    ) {
        nodes.leaveOut(key)
        let bytes = source.bytes
        faults.add(
            "duplicate-key",
            at: Int(nodes.records[key].start),
            Self.message(key, source.place(at: Int(nodes.records[first].start)), nodes, bytes)
        )
    }

    private static func message(
        _ key: Int,
        _ first: SourceLocation,
        _ nodes: NodeTable,
        _ bytes: [UInt8]
    ) -> String {
        let name = nodes.excerpt(of: key, in: bytes)
        return "the key \(name) is repeated; the first one is at \(first.line):\(first.column)"
    }

    /// Length and first bytes: different prints mean different keys.
    private func fingerprint(_ key: Int, _ nodes: NodeTable) -> UInt64 {
        nodes.withBytes(of: key, in: source.bytes) { bytes in
            var print = UInt64(truncatingIfNeeded: bytes.count)
            for offset in 0..<min(bytes.count, 7) { print = print << 8 | UInt64(bytes[offset]) }
            return print
        }
    }
}
