import AuditLog
import JSONText
import SecurityEvents
import Testing

@Suite struct WallTimeTests {
    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00"), (59, "1970-01-01T00:00:59"),
            (86_399, "1970-01-01T23:59:59"), (86_400, "1970-01-02T00:00:00"),
            (951_782_399, "2000-02-28T23:59:59"), (951_782_400, "2000-02-29T00:00:00"),
            (951_868_800, "2000-03-01T00:00:00"), (1_709_164_800, "2024-02-29T00:00:00"),
            (1_767_225_599, "2025-12-31T23:59:59"), (4_107_542_400, "2100-03-01T00:00:00"),
            (4_107_456_000, "2100-02-28T00:00:00"), (221_845_392_000, "9000-01-01T00:00:00"),
        ] as [(UInt64, String)]
    )
    func `wall time is the civil date in UTC`(seconds: UInt64, date: String) throws {
        let wall = WallTime(secondsSince1970: seconds, nanoseconds: 7)
        #expect(try stamp(wall, .zero) == date + ".000000007Z")
    }

    @Test func `a record's wall time is the start plus its clock`() throws {
        let start = WallTime(secondsSince1970: 1_767_225_599, nanoseconds: 999_999_999)
        #expect(try stamp(start, .zero) == "2025-12-31T23:59:59.999999999Z")
        #expect(
            try stamp(start, Instant(nanoseconds: 1)) == "2026-01-01T00:00:00.000000000Z"
        )
        #expect(
            try stamp(start, Instant(nanoseconds: 3_600_000_000_002))
                == "2026-01-01T01:00:00.000000001Z"
        )
    }

    @Test func `no clock and no instant is too far`() throws {
        let late = WallTime(secondsSince1970: .max, nanoseconds: 999_999_999)
        let latest = try #require(try stamp(late, Instant(nanoseconds: .max)))
        #expect(latest.hasPrefix("9584-"))
        #expect(latest.utf8.count == "1970-01-01T00:00:00.000000000Z".utf8.count)
        #expect(
            try stamp(.epoch, Instant(nanoseconds: .max)) == "2554-07-21T23:34:33.709551615Z"
        )
    }

    private func stamp(_ wall: WallTime, _ time: Instant) throws -> String? {
        let line = auditLines(of: [AuditRecord(.stop, at: time)], wall: wall)[0]
        return try JSONValue(parsing: line)["wall"]?.text
    }
}
