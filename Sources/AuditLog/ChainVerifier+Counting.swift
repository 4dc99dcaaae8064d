import SecurityEvents

// What is out of place, and how it is counted.

extension ChainVerifier {
    mutating func report(_ kind: ChainFault.Kind, _ line: Suspect, count: UInt64 = 1) {
        report.counts[kind] += kind == .missing ? count : 1
        locate(kind, line, count: count)
    }

    /// Keeps the first bad place.
    private mutating func locate(_ kind: ChainFault.Kind, _ line: Suspect, count: UInt64 = 1) {
        guard report.first.map({ line.place < $0.place }) ?? true else { return }
        report.first = ChainFault(
            kind: kind,
            place: line.place,
            count: count,
            expected: anchor.sequence + 1,
            fault: line.fault
        )
    }

    /// Says of a line that was taken for inserted what it is instead.
    mutating func resettle(_ line: Suspect, as kind: ChainFault.Kind) {
        report.counts[.inserted] -= 1
        report.counts[kind] += 1
        if report.first?.place == line.place { report.first?.kind = kind }
    }

    /// Counts a line that does not belong where it stands.
    mutating func misplaced(_ line: Suspect) {
        guard let sequence = line.sequence, let hash = line.hash, line.fault == nil else {
            return report(.inserted, line)
        }
        let tip = max(anchor.sequence, main?.sequence ?? 0)
        if recent.contains(sequence, hash) {
            report(.duplicated, line)
        } else if sequence > tip {
            report(.inserted, line)
            if early.count < Self.memoryLimit { early.append(line) }
        } else if fillsGap(sequence, hash) {
            locate(.reordered, line)
            recent.note(sequence, hash)
        } else {
            report(.inserted, line)
        }
    }

    /// Notes that records are missing before `line`, for the time being.
    mutating func open(_ missing: ClosedRange<UInt64>, at line: Suspect) {
        report(.missing, line, count: UInt64(missing.count))
        if gaps.count < Self.memoryLimit {
            gaps.append(Gap(missing: missing, before: anchor.hash, place: line.place))
        }
    }

    /// A record that was missing is here, where it does not belong; false if none was.
    mutating func fillsGap(_ sequence: UInt64, _ hash: Digest?) -> Bool {
        guard let index = gaps.firstIndex(where: { $0.missing.contains(sequence) }) else {
            return false
        }
        report.counts[.missing] -= 1
        report.counts[.reordered] += 1
        let gap = gaps.remove(at: index)
        let (low, high) = (gap.missing.lowerBound, gap.missing.upperBound)
        if low < sequence {
            gaps.append(Gap(missing: low...sequence - 1, before: gap.before, place: gap.place))
        }
        if sequence < high {
            let before = hash ?? gap.before
            gaps.append(Gap(missing: sequence + 1...high, before: before, place: gap.place))
        }
        if report.first?.place == gap.place, report.first?.kind == .missing {
            if gaps.contains(where: { $0.place == gap.place }) {
                report.first?.count -= 1
            } else {
                report.first?.kind = .reordered
            }
        }
        return true
    }

    /// A record has come that also stands further up: a copy there, or something else.
    mutating func settleEarly(_ sequence: UInt64, _ hash: Digest?) {
        let same = early.filter { $0.sequence == sequence }
        guard !same.isEmpty else { return }
        early.removeAll { $0.sequence == sequence }
        for line in same where line.hash == hash { resettle(line, as: .duplicated) }
    }
}
