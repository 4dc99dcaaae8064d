import JSONText
package import SecurityEvents

/// A moment of civil time in UTC, without leap seconds.
package struct WallTime: Hashable, Comparable, Sendable {
    /// Since 1970-01-01T00:00:00Z.
    package let seconds: UInt64
    /// 0–999,999,999, on top of the seconds.
    package let nanoseconds: UInt32

    /// Takes what a clock says.
    ///
    /// Beyond the year 9000 a clock is wrong, and time stands still there:
    /// four digits of year must do for the longest run that starts at it.
    package init(secondsSince1970 seconds: UInt64, nanoseconds: UInt32 = 0) {
        precondition(nanoseconds < 1_000_000_000, "nanoseconds are less than a second")
        self.seconds = min(seconds, Self.latest)
        self.nanoseconds = nanoseconds
    }

    private init(unchecked seconds: UInt64, nanoseconds: UInt32) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
    }

    /// What a record says, whose moment may lie beyond the year 9000.
    init(recorded seconds: UInt64, nanoseconds: UInt32) {
        self.init(unchecked: seconds, nanoseconds: nanoseconds)
    }

    /// 1970-01-01T00:00:00Z: where the wall clock starts when there is no real one.
    package static let epoch = WallTime(secondsSince1970: 0)

    /// 9000-01-01T00:00:00Z.
    private static let latest: UInt64 = 221_845_392_000

    package static func < (left: Self, right: Self) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }

    /// This moment and `instant` later.
    package func advanced(by instant: Instant) -> WallTime {
        let (seconds, rest) = instant.nanoseconds.quotientAndRemainder(dividingBy: 1_000_000_000)
        let nanoseconds = UInt64(self.nanoseconds) + rest
        return WallTime(
            unchecked: self.seconds + seconds + nanoseconds / 1_000_000_000,
            nanoseconds: UInt32(nanoseconds % 1_000_000_000)
        )
    }
}

extension WallTime {
    /// `YYYY-MM-DDThh:mm:ss` of a second: all of a time stamp but its fraction and zone.
    static func date(ofSecond seconds: UInt64) -> [UInt8] {
        let (days, second) = seconds.quotientAndRemainder(dividingBy: 86_400)
        let (year, month, day) = civilDate(daysSince1970: days)
        var text: [UInt8] = []
        text.appendDecimal(year, width: 4)
        text.append("-")
        text.appendDecimal(month, width: 2)
        text.append("-")
        text.appendDecimal(day, width: 2)
        text.append("T")
        text.appendDecimal(second / 3600, width: 2)
        text.append(":")
        text.appendDecimal(second / 60 % 60, width: 2)
        text.append(":")
        text.appendDecimal(second % 60, width: 2)
        return text
    }

    /// Counts years and months: at most once a second, so that no cleverness is needed.
    private static func civilDate(
        daysSince1970 days: UInt64
    ) -> (year: UInt64, month: UInt64, day: UInt64) {
        var rest = days
        var year: UInt64 = 1970
        while rest >= daysInYear(year) {
            rest -= daysInYear(year)
            year += 1
        }
        var month: UInt64 = 1
        while rest >= daysInMonth(month, of: year) {
            rest -= daysInMonth(month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }

    private static func isLeap(_ year: UInt64) -> Bool {
        year.isMultiple(of: 4) && (!year.isMultiple(of: 100) || year.isMultiple(of: 400))
    }

    private static func daysInYear(_ year: UInt64) -> UInt64 { isLeap(year) ? 366 : 365 }

    private static func daysInMonth(_ month: UInt64, of year: UInt64) -> UInt64 {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }
}
