extension WallTime {
    /// How long the text of a moment is in a record.
    static let textLength = 30

    /// The second of a text that ``date(ofSecond:)`` makes; nil if it makes no such text.
    static func second(ofDate text: [UInt8]) -> UInt64? {
        guard text.count == 19, let year = digits(text, 0..<4), year >= 1970,
            let month = digits(text, 5..<7), (1...12).contains(month),
            let day = digits(text, 8..<10), day >= 1,
            let hour = digits(text, 11..<13), let minute = digits(text, 14..<16),
            let second = digits(text, 17..<19)
        else { return nil }
        let days = daysSince1970(year: year, month: month, day: day)
        let seconds = days * 86_400 + hour * 3600 + minute * 60 + second
        // Whatever is no date, such as a thirteenth hour too many, reads otherwise when written.
        return date(ofSecond: seconds) == text ? seconds : nil
    }

    private static func digits(_ text: [UInt8], _ range: Range<Int>) -> UInt64? {
        var value: UInt64 = 0
        for byte in text[range] {
            let digit = byte &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = value * 10 + UInt64(digit)
        }
        return value
    }

    /// Days before the first of March of a year, then those of the months: leap days come last.
    private static func daysSince1970(year: UInt64, month: UInt64, day: UInt64) -> UInt64 {
        let (year, month) = month > 2 ? (year, month - 3) : (year - 1, month + 9)
        let beforeYear = 365 * year + year / 4 - year / 100 + year / 400
        let beforeMonth = (153 * month + 2) / 5
        return beforeYear + beforeMonth + day - 1 - 719_468
    }
}
