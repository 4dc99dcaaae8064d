/// The keys of a record, in the order of docs/formats/audit.md.
enum RecordKey: Int, CaseIterable {
    case v, seq, kind, call, wall, mono, operation, process, `class`, target, targetClass
    case client, clientClass, server, serverClass, connection, path, interface, endpoint
    case riid, index, verdict, enforced, cause, rule, limit, engine, candidate, retcode
    case mode, policy, digest, generation, lost, version, solution, torn, hash

    /// How the line spells it.
    var text: String { "\(self)" }
}

/// A set of keys.
struct KeySet: OptionSet, Hashable, Sendable {
    let rawValue: UInt64

    init(rawValue: UInt64) { self.rawValue = rawValue }

    init(_ key: RecordKey) { rawValue = 1 << UInt64(key.rawValue) }

    init(_ keys: RecordKey...) {
        rawValue = keys.reduce(0) { $0 | 1 << UInt64($1.rawValue) }
    }

    /// The first key of the set in the order of a line.
    var first: RecordKey? {
        rawValue == 0 ? nil : RecordKey(rawValue: rawValue.trailingZeroBitCount)
    }
}

/// Keys as numbers, so that reading one compares no text.
enum RecordKeyWords {
    /// The longest key that a later version may add, in bytes.
    static let longest = 16

    /// The bytes of each key, one after the other in a number.
    static let all: [UInt128] = RecordKey.allCases.map { key in
        key.text.utf8.reduce(0) { $0 << 8 | UInt128($1) }
    }
}
