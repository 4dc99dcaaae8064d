package import SecurityEvents

/// Checks a log line by line, in constant memory: whether it is whole, and if not, what happened.
///
/// **Theory of operation.** Each line has its number and the hash of the line before it under its own
/// hash. While both fit, nothing else is looked at. A line that does not fit becomes the *suspect*,
/// and the next line tells what it is:
///
/// | the next line follows from | the suspect |
/// |---|---|
/// | the suspect's hash, and the suspect has the right number | was edited |
/// | the suspect's hash, and both numbers are ahead | comes after a gap: records are missing |
/// | the last good line | does not belong here: a copy, moved from elsewhere, or inserted |
/// | the hash that the suspect should have | had its hash edited |
/// | nothing | is taken for what its number says |
///
/// What is out of place is kept, up to a limit, until the place comes where it belongs: a gap that
/// fills later, or a line from further ahead that is then not there, was reordered.
package struct ChainVerifier: Sendable {
    /// The record that the next one should follow from.
    struct Anchor: Sendable {
        var sequence: UInt64
        var hash: Digest
        /// Whether the hash can be relied on to recognise the next line.
        var isLinkable: Bool
        var place: ChainPlace
    }

    /// More lines out of place than this are only counted as what they seem to be.
    static let memoryLimit = 1024

    private let hash: HashFunction
    private var reader = AuditRecordReader()
    private var logged = LoggedRecord.none
    /// 32 bytes with a hash, then a line: what the next hash covers, in one piece.
    private var block: [UInt8]
    private let expectedHead: Digest?
    /// Whether the log continues another of which only the last hash is known.
    private var continuesUnknown: Bool
    private var place = ChainPlace(file: 0, line: 0, sequence: nil)
    private var rest: [UInt8] = []

    var report = ChainReport()
    var anchor: Anchor
    /// The hash before the anchor, to recognise that the anchor does not belong to the log.
    var beforeAnchor: Anchor?
    /// Where to go on after lines that stand too late.
    var main: Anchor?
    var suspect: Suspect?
    var gaps: [Gap] = []
    var early: [Suspect] = []
    var recent = RecentRecords()

    /// - Parameters:
    ///   - hash: the function of the chain; with the key, if the log has one.
    ///   - after: the hash of the record that the first one continues; nil for a log from its start.
    ///   - expectedHead: a hash that was kept elsewhere and that some record should have.
    package init(hash: @escaping HashFunction, after: Digest? = nil, expectedHead: Digest? = nil) {
        self.hash = hash
        self.expectedHead = expectedHead
        continuesUnknown = after != nil
        anchor = Anchor(sequence: 0, hash: after ?? .zero, isLinkable: true, place: place)
        block = anchor.hash.bytes
        if after == expectedHead, after != nil { report.expectedHeadAt = 0 }
    }

    /// The next file of the same log follows.
    package mutating func beginFile() {
        if !rest.isEmpty {
            // In the middle of a log a line without an end is no torn one, but a damaged one.
            let damaged = rest
            rest = []
            take(damaged[...])
        }
        if place.line > 0 { place = ChainPlace(file: place.file + 1, line: 0, sequence: nil) }
    }

    /// Takes the next line, without its line feed.
    package mutating func take(_ line: ArraySlice<UInt8>) {
        place.line += 1
        report.lines += 1
        let seen = examine(line)
        if continuesUnknown, let sequence = seen.sequence, sequence > 0 {
            anchor.sequence = sequence - 1
            continuesUnknown = false
        }
        if suspect == nil, anchor.isLinkable, let hash = seen.hash, seen.computed == hash {
            if seen.sequence != anchor.sequence + 1 {
                report(.misnumbered, seen)
            } else if seen.fault != nil {
                report(.malformed, seen)
            }
            accept(seen, isLinked: true)
        } else {
            judge(seen, line)
        }
    }

    /// What stands after the last line feed of the current file.
    package mutating func takeRest(_ bytes: [UInt8]) { rest = bytes }

    /// The end of the log.
    package mutating func finish() -> ChainReport {
        if !rest.isEmpty {
            report.tornPlace = ChainPlace(file: place.file, line: place.line + 1, sequence: nil)
            report.tornBytes = rest.count
        }
        judgeRest()
        return report
    }

    /// The hash that `line` has after a record with the hash `previous`.
    mutating func computed(after previous: Digest, _ line: ArraySlice<UInt8>) -> Digest {
        let vector = previous.vector
        for index in 0..<32 { block[index] = vector[index] }
        block.removeLast(block.count - 32)
        block.append(contentsOf: line.dropLast(RecordTail.length))
        return hash(block[...])
    }

    /// What can be said about a line by itself.
    private mutating func examine(_ line: ArraySlice<UInt8>) -> Suspect {
        let computed = computed(after: anchor.hash, line)
        place.sequence = nil
        do throws(RecordFault) {
            try reader.read(line, into: &logged)
            place.sequence = logged.sequence
            noteKind()
            return Suspect(
                sequence: logged.sequence,
                hash: logged.hash,
                computed: computed,
                place: place
            )
        } catch {
            place.sequence = RecordTail.sequence(of: line)
            return Suspect(
                sequence: place.sequence,
                hash: RecordTail.hash(of: line),
                computed: computed,
                place: place,
                fault: error
            )
        }
    }

    /// What completeness rests on.
    private mutating func noteKind() {
        let kind = logged.record.kind
        if kind == .start {
            report.starts += 1
            if let last = report.lastKind, last != .stop { report.startsWithoutStop += 1 }
        }
        if report.firstKind == nil { report.firstKind = kind }
        report.lastKind = kind
        report.lost += logged.record.lost ?? 0
    }

    /// Goes on from `line`.
    ///
    /// - Parameters:
    ///   - line: the line that is now the last one.
    ///   - isLinked: whether its hash follows from the line before.
    ///   - isCounted: whether it is known already why it stands here.
    mutating func accept(_ line: Suspect, isLinked: Bool, isCounted: Bool = false) {
        let sequence = line.sequence ?? anchor.sequence + 1
        if isLinked { report.linked += 1 }
        if line.hash == expectedHead, expectedHead != nil { report.expectedHeadAt = sequence }
        if let main, sequence <= main.sequence, !isCounted, !fillsGap(sequence, line.hash) {
            report.counts[.duplicated] += 1
        }
        if !early.isEmpty { settleEarly(sequence, line.hash) }
        if let hash = line.hash { recent.note(sequence, hash) }
        beforeAnchor = anchor
        anchor = Anchor(
            sequence: sequence,
            hash: line.hash ?? line.computed,
            isLinkable: line.hash != nil,
            place: line.place
        )
        if let main, sequence > main.sequence { self.main = nil }
        if main == nil { report.head = ChainPosition(sequence: sequence, hash: anchor.hash) }
    }
}

/// The parts of a line that can be read although the line is damaged.
enum RecordTail {
    /// How long `,"hash":"…"}` is.
    static let length = 75

    static func hash(of line: ArraySlice<UInt8>) -> Digest? {
        let tail = line.suffix(length)
        guard tail.count == length, tail.starts(with: #","hash":""#.utf8),
            tail.suffix(2).elementsEqual(#""}"#.utf8)
        else { return nil }
        return hexadecimal(tail.span, 9..<73)
    }

    static func sequence(of line: ArraySlice<UInt8>) -> UInt64? {
        let head = #"{"v":1,"seq":"#.utf8
        guard line.starts(with: head) else { return nil }
        let digits = line.dropFirst(head.count).prefix(21).prefix { (0x30...0x39).contains($0) }
        return UInt64(String(decoding: digits, as: UTF8.self))
    }
}
