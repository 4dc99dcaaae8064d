/// Where a line stands in a log that may have several files.
package struct ChainPlace: Hashable, Comparable, Sendable {
    /// Which file, from 0.
    package var file: Int
    /// Which line of the file, from 1.
    package var line: UInt64
    /// The number that the line says it has; nil where none can be read.
    package var sequence: UInt64?

    package init(file: Int, line: UInt64, sequence: UInt64?) {
        self.file = file
        self.line = line
        self.sequence = sequence
    }

    package static func < (left: Self, right: Self) -> Bool {
        (left.file, left.line) < (right.file, right.line)
    }
}

/// Something that happened to a log after it was written.
package struct ChainFault: Hashable, Sendable {
    package enum Kind: String, CaseIterable, Hashable, Sendable {
        /// The line is not as it was written.
        case edited
        /// Records that stood before this line are gone.
        case missing
        /// The line stands somewhere else too.
        case duplicated
        /// The line does not stand where it was written.
        case reordered
        /// The line was never written by this log's writer.
        case inserted
        /// The line is the beginning of one record and the end of another.
        case cut
        /// The chain holds, but the line is no record.
        case malformed
        /// The chain holds, but the number does not follow the one before.
        case misnumbered
    }

    package var kind: Kind
    package var place: ChainPlace
    /// How many records are gone, for `missing` and `cut`; 1 otherwise.
    package var count: UInt64
    /// Which number would have been next here.
    package var expected: UInt64
    /// What the reader says about the line; nil where it can be read.
    package var fault: RecordFault?

    /// What happened, in a line without the place.
    package var text: String {
        let said = place.sequence.map { "record \($0)" } ?? "the line"
        let unreadable = fault.map { " (\($0))" } ?? ""
        return switch kind {
        case .edited:
            "\(place.sequence == expected ? said : "record \(expected)") was edited\(unreadable)"
        case .missing:
            count == 1
                ? "record \(expected) is missing"
                : "records \(expected) to \(expected + count - 1) are missing"
        case .duplicated: "\(said) stands here a second time"
        case .reordered: "\(said) stands where record \(expected) belongs"
        case .inserted: "a line was inserted before record \(expected)\(unreadable)"
        case .cut:
            "record \(expected) was cut into the rest of another, and \(count) "
                + "\(count == 1 ? "record is" : "records are") missing"
        case .malformed: "the chain holds, but the line is no record\(unreadable)"
        case .misnumbered: "the chain holds, but record \(expected) is expected here, not \(said)"
        }
    }
}

/// How many records each sort of fault concerns.
package struct ChainCounts: Hashable, Sendable {
    private var counts: [ChainFault.Kind: UInt64] = [:]

    package init() {}

    package subscript(kind: ChainFault.Kind) -> UInt64 {
        get { counts[kind] ?? 0 }
        set { counts[kind] = newValue == 0 ? nil : newValue }
    }

    package var isZero: Bool { counts.isEmpty }
}
