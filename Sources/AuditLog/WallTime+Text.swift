import JSONText

extension WallTime {
    /// The moment as in records: UTC, nine digits of a second.
    package var text: String {
        var text = Self.date(ofSecond: seconds)
        text.append(".")
        text.appendDecimal(UInt64(nanoseconds), width: 9)
        text.append("Z")
        return String(decoding: text, as: UTF8.self)
    }

    /// The moment to the second, for tables.
    package var shortText: String {
        String(decoding: Self.date(ofSecond: seconds), as: UTF8.self) + "Z"
    }

    /// Reads what people write; all is in UTC.
    ///
    /// That is `2026-01-02T03:04:05.5Z`, or a part of it from the left, and the rest is zero; or
    /// `10m`: so long before `now`, in `s`, `m`, `h` or `d`.
    package init?(reading text: String, now: WallTime) {
        if let ago = Self.duration(text) {
            let seconds = now.seconds >= ago ? now.seconds - ago : 0
            self.init(secondsSince1970: seconds, nanoseconds: now.nanoseconds)
            return
        }
        var body = text[...]
        if body.hasSuffix("Z") || body.hasSuffix("z") { body = body.dropLast() }
        let parts = body.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let template = "1970-01-01T00:00:00"
        var date = parts[0].replacing(" ", with: "T")
        guard [10, 16, 19].contains(date.utf8.count), parts.count == 1 || date.utf8.count == 19
        else { return nil }
        date += template.dropFirst(date.count)
        guard let second = Self.second(ofDate: Array(date.utf8)) else { return nil }
        var fraction: UInt32 = 0
        if parts.count == 2 {
            guard (1...9).contains(parts[1].utf8.count),
                parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
                let digits = UInt32(parts[1])
            else { return nil }
            fraction = (0..<(9 - parts[1].utf8.count)).reduce(digits) { value, _ in value * 10 }
        }
        self.init(secondsSince1970: second, nanoseconds: fraction)
    }

    private static func duration(_ text: String) -> UInt64? {
        let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = UInt64(text.dropLast()),
            text.first != "+"
        else { return nil }
        let (seconds, isTooLong) = count.multipliedReportingOverflow(by: unit)
        return isTooLong ? nil : seconds
    }
}
