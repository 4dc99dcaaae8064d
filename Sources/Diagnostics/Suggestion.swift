/// "Did you mean": the nearest of the words that would have been right.
package enum Suggestion {
    /// A hint such as "did you mean `endpoint`?".
    ///
    /// - Parameters:
    ///   - word: what was written.
    ///   - candidates: what would have been right; ties go to the first in byte order.
    /// - Returns: nil when nothing is near enough.
    package static func didYouMean(
        _ word: String,
        among candidates: some Sequence<String>
    ) -> String? {
        closest(to: word, among: candidates).map { "did you mean `\($0)`?" }
    }

    /// The candidate with the smallest edit distance, if that is at most a third of the word.
    package static func closest(
        to word: String,
        among candidates: some Sequence<String>
    ) -> String? {
        // A slip of the keyboard is short; names of a kilobyte would only cost time.
        let written = Array(word.utf8.prefix(longest))
        let limit = Swift.max(1, written.count / 3)
        var best: (distance: Int, candidate: String)?
        for candidate in candidates {
            let wanted = Array(candidate.utf8.prefix(longest))
            guard abs(wanted.count - written.count) <= limit else { continue }
            let distance = editDistance(written, wanted)
            guard distance <= limit else { continue }
            if let current = best, (current.distance, current.candidate) <= (distance, candidate) {
                continue
            }
            best = (distance, candidate)
        }
        return best?.candidate
    }

    private static let longest = 80

    /// Insertions, deletions, substitutions and swaps of neighbours (optimal string alignment),
    /// letter case not counting: `Endpoint` is no distance from `endpoint`.
    private static func editDistance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var beforeLast: [Int] = []
        var last = Array(0...second.count)
        for i in 0..<first.count {
            var row = [i + 1]
            for j in 0..<second.count {
                let same = lowercase(first[i]) == lowercase(second[j])
                var cost = min(row[j] + 1, last[j + 1] + 1, last[j] + (same ? 0 : 1))
                if i > 0, j > 0, first[i] == second[j - 1], first[i - 1] == second[j] {
                    cost = min(cost, beforeLast[j - 1] + 1)
                }
                row.append(cost)
            }
            (beforeLast, last) = (last, row)
        }
        return last[second.count]
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
    }
}
