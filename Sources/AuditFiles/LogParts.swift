import Glibc

/// The files of one log: `FILE.1`, `FILE.2`, … are its older parts, `FILE` its last.
///
/// A full file gets the next number and keeps it: nothing is renamed twice, so that a name in a report
/// stays right. A part may be compressed afterwards.
package struct LogParts: Hashable, Sendable {
    /// The file that is written to, whether or not it is there.
    package let base: String
    /// All files that are there, oldest first.
    package let files: [String]
    /// The highest number of a part; 0 without parts.
    package let highest: UInt64

    /// Looks for the files of the log at `base`.
    package init(of base: String) {
        self.base = base
        let (folder, name) = Self.split(base)
        var parts: [(number: UInt64, file: String)] = []
        for entry in Self.entries(of: folder) {
            guard entry.hasPrefix(name + "."),
                let number = Self.number(entry.dropFirst(name.utf8.count + 1))
            else { continue }
            parts.append((number, base.dropLast(name.count) + entry))
        }
        parts.sort { ($0.number, $0.file) < ($1.number, $1.file) }
        highest = parts.last?.number ?? 0
        files = parts.map(\.file) + (unsafe access(base, F_OK) == 0 ? [base] : [])
    }

    /// The log that `path` is a part of: without its number.
    package static func base(of path: String) -> String {
        let (_, name) = split(path)
        for (index, byte) in zip(name.indices, name.utf8).reversed() where byte == 0x2E {
            let rest = name[name.index(after: index)...]
            guard number(rest) != nil, index != name.startIndex else { continue }
            return String(path.dropLast(name[index...].count))
        }
        return path
    }

    /// Whether `path` is where bytes of a torn line were set aside: no part of a log.
    package static func isTorn(_ path: String) -> Bool {
        guard let range = path.ranges(of: ".torn-").last else { return false }
        let digits = path[range.upperBound...]
        return !digits.isEmpty && digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
    }

    /// Where the next torn line of this log goes.
    var nextTorn: String {
        var number = 1
        while unsafe access("\(base).torn-\(number)", F_OK) == 0 { number += 1 }
        return "\(base).torn-\(number)"
    }

    /// `12`, `12.gz` and `12.zst` have the number 12.
    private static func number(_ suffix: Substring) -> UInt64? {
        var digits = suffix
        for ending in [".gz", ".zst"] where digits.hasSuffix(ending) {
            digits = digits.dropLast(ending.count)
        }
        guard digits.first != "0", digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            return nil
        }
        return UInt64(digits)
    }

    private static func split(_ path: String) -> (folder: String, name: String) {
        guard let slash = path.lastIndex(of: "/") else { return (".", path) }
        return (String(path[...slash]), String(path[path.index(after: slash)...]))
    }

    private static func entries(of folder: String) -> [String] {
        guard let stream = unsafe opendir(folder) else { return [] }
        defer { unsafe _ = closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            names.append(
                unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
                    unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
                }
            )
        }
        return names
    }
}
