import AuditLog
import SolutionTests
import SystemFiles

/// The audit logs of tests: a folder a suite, a file a test.
struct TestLogs {
    private let folder: String?
    private var taken: Set<String> = []
    private var suiteFolder = ""
    private var number = 0

    init(folder: String?) {
        self.folder = folder
    }

    /// What is written from here on belongs to the suite `name`.
    mutating func begin(_ name: String) {
        let slug = Self.slug(name)
        suiteFolder = slug
        var count = 1
        while !taken.insert(suiteFolder).inserted {
            count += 1
            suiteFolder = "\(slug)-\(count)"
        }
        number = 0
    }

    /// Writes the log of a test; a matrix has none, since its cells are no calls.
    mutating func write(_ point: PointResult) throws {
        guard let folder, case .test = point.kind else { return }
        number += 1
        var writer = AuditLineWriter(hash: sha256)
        for record in point.records { writer.append(record) }
        let padding = String(repeating: "0", count: max(0, 3 - String(number).count))
        let path = "\(folder)/\(suiteFolder)/\(padding)\(number)-\(Self.slug(point.name)).jsonl"
        do throws(WriteFault) {
            try SystemFiles.makeFolder("\(folder)/\(suiteFolder)")
            try SystemFiles.write(writer.takeBytes(), to: path)
        } catch {
            Terminal.complain("kosbroker: cannot write `\(path)`: \(error.message)")
            throw CommandEnd.noAnswer
        }
    }

    /// A name as a file name: its letters and digits, everything else a hyphen.
    private static func slug(_ name: String) -> String {
        var slug = ""
        for scalar in name.unicodeScalars.prefix(60) {
            let isPlain =
                scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9") ~= scalar)
            if isPlain {
                slug.unicodeScalars.append(scalar)
            } else if !slug.hasSuffix("-"), !slug.isEmpty {
                slug += "-"
            }
        }
        while slug.hasSuffix("-") { slug.removeLast() }
        return slug.isEmpty ? "unnamed" : slug
    }
}
