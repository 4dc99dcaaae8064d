import JSONText
package import SecurityEvents

/// Where a hash chain stands: after which record, and with which hash.
package struct ChainPosition: Hashable, Sendable {
    /// The number of the last record; 0 before the first.
    package let sequence: UInt64
    /// The hash of the last record; zeros before the first.
    package let hash: Digest

    package init(sequence: UInt64, hash: Digest) {
        self.sequence = sequence
        self.hash = hash
    }

    /// Before the first record.
    package static let start = ChainPosition(sequence: 0, hash: .zero)
}

/// Turns audit records into lines of JSON, numbered and chained: records in, bytes out.
///
/// The order of the keys is part of the format, see docs/formats/audit.md; the functions below
/// follow it. A record is written for every decision, so that this is the hottest text of the
/// broker: all pieces are appended as bytes to buffers that keep their memory, and what often is
/// the same as in the record before is kept as text.
package struct AuditLineWriter: Sendable {
    /// Lines that nobody has taken yet.
    package private(set) var bytes: [UInt8] = []

    /// After which record the next one comes.
    package private(set) var position: ChainPosition

    private let hash: HashFunction
    private let wall: WallTime

    /// 32 bytes with the hash of the record before, then the line: what the hash covers, in one
    /// piece, so that hashing copies nothing.
    private var line: [UInt8]

    private var second = KeptText { WallTime.date(ofSecond: $0) }
    private var process = KeptText { processText($0, #","process":""#, #"","class":""#) }
    private var target = KeptText { processText($0, #","target":""#, #"","targetClass":""#) }
    private var client = KeptText { processText($0, #","client":""#, #"","clientClass":""#) }
    private var server = KeptText { processText($0, #","server":""#, #"","serverClass":""#) }
    private var label = KeptText { labelText($0) }

    /// Makes a writer.
    ///
    /// - Parameters:
    ///   - hash: the function of the chain; with a key, only its holders can make or change a chain.
    ///   - wall: the wall clock at the broker's start; without a real clock, 1970.
    ///   - position: the record that the first line continues; a new log starts at the start.
    package init(
        hash: @escaping HashFunction,
        wall: WallTime = .epoch,
        after position: ChainPosition = .start
    ) {
        self.hash = hash
        self.wall = wall
        self.position = position
        line = position.hash.bytes
    }

    /// The number that the next record gets.
    package var nextSequence: UInt64 { position.sequence + 1 }

    /// The hash of the last record.
    package var lastHash: Digest { position.hash }

    /// Writes one record.
    package mutating func append(_ record: AuditRecord) {
        appendHead(of: record)
        appendEvent(of: record)
        appendDecision(of: record)
        appendTail(of: record)
        chain()
    }

    /// Hands out the lines and forgets them; ``bytes`` and ``reset()`` do so without giving the
    /// memory away.
    package mutating func takeBytes() -> [UInt8] {
        defer { bytes = [] }
        return bytes
    }

    /// Forgets the lines, which somebody has written, and keeps the memory.
    package mutating func reset() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Forgets the lines, which could not be written, as if they had never been numbered: lost
    /// records take no number.
    package mutating func reset(to position: ChainPosition) {
        reset()
        self.position = position
        setPrevious(position.hash)
    }
}

extension AuditLineWriter {
    private mutating func appendHead(of record: AuditRecord) {
        line.append(#"{"v":1,"seq":"#)
        line.appendDecimal(nextSequence)
        word(#","kind":""#, record.kind.rawValue)
        if let call = record.call { number(#","call":"#, call.rawValue) }
        appendWall(record.time)
        number(#","mono":"#, record.time.nanoseconds)
    }

    private mutating func appendWall(_ time: Instant) {
        let now = wall.advanced(by: time)
        line.append(#","wall":""#)
        second.append(now.seconds, to: &line)
        line.append(".")
        line.appendDecimal(UInt64(now.nanoseconds), width: 9)
        line.append(#"Z""#)
    }

    private mutating func appendEvent(of record: AuditRecord) {
        if let operation = record.operation { word(#","operation":""#, operation.rawValue) }
        process.append(record.process, to: &line)
        target.append(record.target, to: &line)
        client.append(record.client, to: &line)
        server.append(record.server, to: &line)
        if let connection = record.connection { text(#","connection":""#, connection.bytes) }
        if let path = record.path { word(#","path":""#, path.rawValue) }
        if let interface = record.interface { text(#","interface":""#, interface.bytes) }
        if let endpoint = record.endpoint { text(#","endpoint":""#, endpoint.bytes) }
        if let riid = record.riid { number(#","riid":"#, UInt64(riid.rawValue)) }
        if let index = record.index { number(#","index":"#, UInt64(index)) }
    }

    private mutating func appendDecision(of record: AuditRecord) {
        if let decision = record.decision { word(#","verdict":""#, decision.verdict.rawValue) }
        if let enforced = record.enforced {
            line.append(enforced ? #","enforced":true"# : #","enforced":false"#)
        }
        if let decision = record.decision {
            appendCause(decision.cause)
            if case .limit(let name) = decision.cause { word(#","limit":""#, name.rawValue) }
            if let engine = decision.engine { text(#","engine":""#, engine) }
            if let candidate = decision.candidate {
                word(#","candidate":{"verdict":""#, candidate.verdict.rawValue)
                appendCause(candidate.cause)
                line.append("}")
            }
        } else if let misuse = record.misuse {
            text(#","cause":""#, misuse)
        }
    }

    private mutating func appendCause(_ cause: Cause) {
        word(#","cause":""#, cause.word)
        if let rule = cause.rule { word(#","rule":""#, rule.text) }
    }

    private mutating func appendTail(of record: AuditRecord) {
        if let retcode = record.retcode { word(#","retcode":""#, retcode.name) }
        if let mode = record.mode { word(#","mode":""#, mode.rawValue) }
        label.append(record.policy, to: &line)
        if let generation = record.generation { number(#","generation":"#, generation) }
        if let lost = record.lost { number(#","lost":"#, lost) }
        if let version = record.version { text(#","version":""#, version) }
        if let solution = record.solution {
            line.append(#","solution":""#)
            line.appendHexadecimal(solution.vector)
            line.append(UInt8(ascii: "\""))
        }
        if let torn = record.torn { number(#","torn":"#, torn) }
    }

    /// Closes the line with its hash and makes room for the next.
    private mutating func chain() {
        let hash = hash(line[...])
        line.append(#","hash":""#)
        line.appendHexadecimal(hash.vector)
        line.append("\"}\n")
        bytes.append(contentsOf: line[Self.hashLength...])
        position = ChainPosition(sequence: nextSequence, hash: hash)
        setPrevious(hash)
    }

    private mutating func setPrevious(_ hash: Digest) {
        line.removeLast(line.count - Self.hashLength)
        let vector = hash.vector
        for index in 0..<Self.hashLength { line[index] = vector[index] }
    }

    private static let hashLength = 32

    /// Appends a key with its comma and opening quote, as they are, and a text.
    private mutating func text(_ key: StaticString, _ value: [UInt8]) {
        line.append(key)
        line.appendJSONContent(value)
        line.append(UInt8(ascii: "\""))
    }

    private mutating func text(_ key: StaticString, _ value: String) {
        line.append(key)
        line.appendJSONContent(value)
        line.append(UInt8(ascii: "\""))
    }

    /// Appends a key as above and a word that needs no escapes.
    private mutating func word(_ key: StaticString, _ value: String) {
        line.append(key)
        line.append(contentsOf: value.utf8)
        line.append(UInt8(ascii: "\""))
    }

    private mutating func number(_ key: StaticString, _ value: UInt64) {
        line.append(key)
        line.appendDecimal(value)
    }
}
