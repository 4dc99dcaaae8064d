import SecurityEvents

// Lines that do not follow from the line before; the table is at ``ChainVerifier``.

extension ChainVerifier {
    /// Judges the suspect by the line after it, or makes the line the suspect.
    mutating func judge(_ seen: Suspect, _ line: ArraySlice<UInt8>) {
        guard let suspect else { return judgeFirst(seen, line) }
        self.suspect = nil
        if follows(seen, anchor, line) {
            misplaced(suspect)
            accept(seen, isLinked: true)
        } else if let hash = suspect.hash, seen.hash == computed(after: hash, line) {
            judgeLinked(suspect, seen)
        } else if seen.hash != nil, seen.hash == computed(after: suspect.computed, line),
            suspect.sequence == anchor.sequence + 1
        {
            report(.edited, suspect)
            var mended = suspect
            mended.hash = suspect.computed
            accept(mended, isLinked: true)
            accept(seen, isLinked: true)
        } else {
            judgeUnlinked(suspect, seen, line)
        }
    }

    /// At the end there is no next line: a suspect is what its number says.
    mutating func judgeRest() {
        if let suspect {
            self.suspect = nil
            let expected = anchor.sequence + 1
            if let sequence = suspect.sequence, sequence > expected, suspect.fault == nil {
                open(expected...sequence - 1, at: suspect)
                accept(suspect, isLinked: false)
            } else if (suspect.sequence ?? expected) == expected {
                report(.edited, suspect)
                accept(suspect, isLinked: false)
            } else {
                misplaced(suspect)
            }
        }
        while let index = early.firstIndex(where: { $0.sequence == tip.sequence + 1 }) {
            let line = early.remove(at: index)
            resettle(line, as: .reordered)
            main = nil
            accept(line, isLinked: false)
        }
    }

    /// The record up to which the log has come.
    private var tip: Anchor { main ?? anchor }

    /// Whether `seen` is the record after `anchor`.
    private mutating func follows(
        _ seen: Suspect,
        _ anchor: Anchor,
        _ line: ArraySlice<UInt8>
    ) -> Bool {
        guard anchor.isLinkable, let hash = seen.hash, seen.sequence == anchor.sequence + 1 else {
            return false
        }
        return computed(after: anchor.hash, line) == hash
    }

    /// A line that does not follow from the one before, which was good.
    private mutating func judgeFirst(_ seen: Suspect, _ line: ArraySlice<UInt8>) {
        if resumes(seen, line) { return }
        if !anchor.isLinkable, seen.hash != nil, seen.fault == nil,
            seen.sequence == anchor.sequence + 1
        {
            // The hash of the line before is lost; nothing speaks against this one.
            return accept(seen, isLinked: false)
        }
        var seen = seen
        seen.computed = computed(after: anchor.hash, line)
        suspect = seen
    }

    /// Goes on at another place that is open, if `seen` follows there.
    private mutating func resumes(_ seen: Suspect, _ line: ArraySlice<UInt8>) -> Bool {
        if let main, follows(seen, main, line) {
            anchor = main
            self.main = nil
            accept(seen, isLinked: true)
            return true
        }
        if let index = early.firstIndex(where: { $0.sequence.map { $0 + 1 } == seen.sequence }),
            early[index].sequence == tip.sequence + 1, let hash = early[index].hash,
            seen.hash == computed(after: hash, line)
        {
            let moved = early.remove(at: index)
            resettle(moved, as: .reordered)
            main = nil
            accept(moved, isLinked: false)
            accept(seen, isLinked: true)
            return true
        }
        if let gap = gaps.first(where: { $0.missing.lowerBound == seen.sequence }),
            seen.hash == computed(after: gap.before, line)
        {
            main = tip
            accept(seen, isLinked: true)
            return true
        }
        return replacesAnchor(seen, line)
    }

    /// Whether the line before was inserted with a hash of its own, and this is the real one.
    private mutating func replacesAnchor(_ seen: Suspect, _ line: ArraySlice<UInt8>) -> Bool {
        guard let before = beforeAnchor, follows(seen, before, line), seen.hash != anchor.hash
        else {
            return false
        }
        report(
            .inserted,
            Suspect(sequence: anchor.sequence, computed: anchor.hash, place: anchor.place)
        )
        anchor = before
        accept(seen, isLinked: true)
        return true
    }

    /// The next line follows from the suspect as it stands.
    private mutating func judgeLinked(_ suspect: Suspect, _ seen: Suspect) {
        let expected = anchor.sequence + 1
        let next = seen.sequence ?? expected + 1
        var placed = suspect
        switch suspect.sequence {
        case let sequence? where sequence > expected && next == sequence + 1:
            open(expected...sequence - 1, at: suspect)
        case let sequence? where sequence < expected && next == sequence + 1:
            main = tip
            misplaced(suspect)
            accept(suspect, isLinked: false, isCounted: true)
            return accept(seen, isLinked: true)
        case nil where next <= expected:
            report(.inserted, suspect)
            return accept(seen, isLinked: false)
        default:
            // Its own number is of no use; the number of the next line says which record it was.
            if next > expected + 1 {
                report(.cut, suspect, count: next - 1 - expected)
                report.counts[.missing] += next - 1 - expected
            } else {
                report(.edited, suspect)
            }
            placed.sequence = next - 1
        }
        accept(placed, isLinked: false)
        accept(seen, isLinked: true)
    }

    /// Neither line follows from anything.
    private mutating func judgeUnlinked(
        _ suspect: Suspect,
        _ seen: Suspect,
        _ line: ArraySlice<UInt8>
    ) {
        let expected = anchor.sequence + 1
        let isNext = seen.fault == nil && seen.sequence == expected + 1
        if suspect.sequence == expected || suspect.sequence == nil && isNext {
            report(.edited, suspect)
            var lost = suspect
            lost.hash = nil
            lost.sequence = expected
            accept(lost, isLinked: false)
        } else if isNext, let sequence = suspect.sequence, sequence > expected {
            misplaced(suspect)
            if resumes(seen, line) { return }
            open(expected...expected, at: seen)
            return accept(seen, isLinked: false)
        } else if let sequence = suspect.sequence, sequence > expected, seen.fault == nil,
            seen.sequence == sequence + 1
        {
            open(expected...sequence - 1, at: suspect)
            var lost = suspect
            lost.hash = nil
            report(.edited, suspect)
            accept(lost, isLinked: false)
        } else {
            misplaced(suspect)
        }
        judgeFirst(seen, line)
    }
}
