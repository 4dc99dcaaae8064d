import AuditLog
import Foundation
import JSONText
import SecurityEvents

/// The lines that a fresh writer makes of `records`, without their ends.
func auditLines(
    of records: [AuditRecord],
    hash: @escaping HashFunction = toyHash,
    wall: WallTime = .epoch
) -> [[UInt8]] {
    var writer = AuditLineWriter(hash: hash, wall: wall)
    for record in records { writer.append(record) }
    return lines(of: writer.bytes)
}

/// The lines of `bytes`, which ends with one.
func lines(of bytes: [UInt8]) -> [[UInt8]] {
    precondition(bytes.last == UInt8(ascii: "\n"), "every line has an end")
    return bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        .map { Array($0) }
}

func text(_ bytes: some Collection<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }

/// Files beside the tests and in `docs`, found by the place of this file.
enum Files {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let root = tests.deletingLastPathComponent().deletingLastPathComponent()

    static func golden(_ name: String) -> URL { tests.appending(path: "Golden/\(name)") }

    static func formats(_ name: String) -> URL { root.appending(path: "docs/formats/\(name)") }

    static func read(_ url: URL) throws -> [UInt8] { Array(try Data(contentsOf: url)) }
}
