import SecurityEvents

/// Reads lines of the audit log: bytes in, records out.
///
/// The counterpart of ``AuditLineWriter``. A line must be as docs/formats/audit.md has it: the keys
/// in their order, without white space, those that its kind has and no others. The one liberty is
/// for keys that a later version adds, right before `hash`: they are skipped. A log can have many
/// millions of lines, so that no tree is made of a line, and texts that came before are shared.
package struct AuditRecordReader: Sendable {
    /// The next byte of the line that is read.
    var position = 0
    /// What the line has had so far.
    var present: KeySet = []
    /// Whether keys have come that this version does not know.
    private var hasLaterKeys = false

    var kinds = ReadTable<AuditRecord.Kind>(sizeExponent: 6)
    var operations = ReadTable<Operation>(sizeExponent: 6)
    var processes = ReadTable<KnownProcess>()
    /// Where the process whose class comes next is in the table, and its name in the line.
    var knownProcess: (place: Int, name: Range<Int>)?
    /// How the last record said what was in force.
    var inForce = KnownPolicy()
    /// Where the mode of this record starts, if it is not the one that is known.
    var modeStart: Int?
    var classes = ReadTable<ClassName>()
    var connections = ReadTable<ConnectionName>()
    var interfaces = ReadTable<InterfaceName>()
    var endpoints = ReadTable<EndpointName>()
    var rules = ReadTable<RuleID>()
    var texts = ReadTable<String>()
    var retcodes = ReadTable<Retcode>(sizeExponent: 6)
    var causes = ReadTable<RecordedCause>(sizeExponent: 6)
    var limits = ReadTable<LimitName>(sizeExponent: 4)
    var digests = ReadTable<Digest>(sizeExponent: 4)
    var seconds = ReadTable<UInt64>(sizeExponent: 2)
    let words = RecordKeyWord.all
    /// Which key came last after each key; the first is for the start of a line.
    private var followers = (0...RecordKey.allCases.count).map { min($0, RecordKey.hash.rawValue) }

    package init() {}

    /// Reads one line without its line feed.
    ///
    /// - Throws: the first fault.
    package mutating func read(_ line: ArraySlice<UInt8>) throws(RecordFault) -> LoggedRecord {
        var logged = LoggedRecord.none
        try read(line, into: &logged)
        return logged
    }

    /// Reads one line without its line feed into a record whose memory is used again.
    ///
    /// - Throws: the first fault; `logged` is of no use then.
    package mutating func read(
        _ line: ArraySlice<UInt8>,
        into logged: inout LoggedRecord
    ) throws(RecordFault) {
        try read(line.span, into: &logged)
    }

    private mutating func read(
        _ line: Span<UInt8>,
        into logged: inout LoggedRecord
    ) throws(RecordFault) {
        position = 0
        present = []
        hasLaterKeys = false
        knownProcess = nil
        modeStart = nil
        logged.forget()
        var fields = RecordFields()
        try expect(UInt8(ascii: "{"), line)
        repeat {
            if let key = expectedKey(line) {
                try readValue(of: key, line, &logged, &fields)
            } else if let key = try nextKey(line) {
                try readValue(of: key, line, &logged, &fields)
            }
        } while !present.contains(KeySet(.hash))
        try expect(UInt8(ascii: "}"), line)
        guard position == line.count else { throw fault("something follows the record") }
        try fields.complete(&logged.record, present)
    }

    /// Reads a key with its punctuation as the writer writes it; nil if it is none.
    private mutating func expectedKey(_ line: Span<UInt8>) -> RecordKey? {
        guard position + 16 <= line.count, !hasLaterKeys else { return nil }
        let bytes = line.sixteen(at: position)
        let last = lastKey
        // Mostly the same key follows as the last time.
        let guess = followers[last + 1]
        if let key = take(guess, bytes) { return key }
        for index in last + 1..<words.count {
            if let key = take(index, bytes) {
                followers[last + 1] = index
                return key
            }
        }
        return nil
    }

    @inline(__always)
    private mutating func take(_ index: Int, _ bytes: UInt128) -> RecordKey? {
        guard bytes & words[index].mask == words[index].pattern else { return nil }
        position += words[index].length
        present.insert(KeySet(rawValue: 1 << UInt64(index)))
        return words[index].key
    }

    /// Reads a key with its punctuation; nil for one that a later version has added, which is
    /// skipped with its value.
    private mutating func nextKey(_ line: Span<UInt8>) throws(RecordFault) -> RecordKey? {
        if !present.isEmpty { try expect(UInt8(ascii: ","), line) }
        try expect(UInt8(ascii: "\""), line)
        let start = position
        var word: UInt128 = 0
        while position < line.count, isLetterOrDigit(line[position]) {
            word = word << 8 | UInt128(line[position])
            position += 1
        }
        try expect(UInt8(ascii: "\""), line)
        try expect(UInt8(ascii: ":"), line)
        let length = position - start - 2
        guard (1...RecordKeyWord.longest).contains(length) else {
            throw fault("no key is called so", at: start)
        }
        if let key = key(word, after: lastKey) {
            guard !hasLaterKeys || key == .hash else {
                throw fault("an unknown key stands before this one", at: start)
            }
            present.insert(KeySet(key))
            return key
        }
        if words.contains(where: { $0.word == word }) {
            throw fault("the key is out of its order", at: start)
        }
        hasLaterKeys = true
        try skipValue(line)
        return nil
    }

    private var lastKey: Int { 63 - present.rawValue.leadingZeroBitCount }

    private func key(_ word: UInt128, after last: Int) -> RecordKey? {
        var index = last + 1
        while index < words.count {
            if words[index].word == word { return RecordKey(rawValue: index) }
            index += 1
        }
        return nil
    }

    private func isLetterOrDigit(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    mutating func expect(_ byte: UInt8, _ line: Span<UInt8>) throws(RecordFault) {
        guard position < line.count, line[position] == byte else {
            throw fault("`\(Unicode.Scalar(byte))` is expected")
        }
        position += 1
    }

    func fault(_ message: String, at offset: Int? = nil) -> RecordFault {
        RecordFault(offset: offset ?? position, message: message)
    }
}
