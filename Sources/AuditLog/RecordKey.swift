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

/// A key as it stands in a line, as numbers: telling keys apart compares no text.
struct RecordKeyWord: Sendable {
    /// The longest key that a later version may add, in bytes.
    static let longest = 16

    let key: RecordKey
    /// The bytes of the key, one after the other.
    let word: UInt128
    /// `,"key":` with its first byte in the lowest place, and which of sixteen bytes it has.
    let pattern: UInt128
    let mask: UInt128
    let length: Int

    init(_ key: RecordKey) {
        let text = Array(",\"\(key.text)\":".utf8)
        precondition(text.count <= 16, "a key fits into a number")
        self.key = key
        word = key.text.utf8.reduce(0) { $0 << 8 | UInt128($1) }
        pattern = text.reversed().reduce(0) { $0 << 8 | UInt128($1) }
        mask = text.count == 16 ? .max : (1 << UInt128(8 * text.count)) - 1
        length = text.count
    }

    /// All keys in their order.
    static let all = RecordKey.allCases.map(Self.init)
}
