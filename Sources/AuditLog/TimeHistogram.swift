import SecurityEvents

/// How many records fall into which stretch of time, in constant memory.
///
/// The stretches grow with the log: when it needs more of them than fit, two neighbours become one.
package struct TimeHistogram: Sendable {
    /// How many records a stretch has.
    package struct Bar: Hashable, Sendable {
        /// The first second of the stretch.
        package var start: WallTime
        package var allowed: UInt64 = 0
        package var denied: UInt64 = 0
        package var other: UInt64 = 0

        package var count: UInt64 { allowed + denied + other }
    }

    private static let limit = 64

    /// How long a stretch is, in seconds: 1, 2, 5, 10, … would not halve evenly; powers of two do.
    package private(set) var width: UInt64 = 1
    private var bars: [UInt64: Bar] = [:]

    package init() {}

    package mutating func add(_ logged: LoggedRecord) {
        while bars[logged.wall.seconds / width] == nil, bars.count == Self.limit || isWide(logged) {
            widen()
        }
        let place = logged.wall.seconds / width
        let start = WallTime(recorded: place * width, nanoseconds: 0)
        switch logged.record.decision?.verdict {
        case .allow: bars[place, default: Bar(start: start)].allowed += 1
        case .deny: bars[place, default: Bar(start: start)].denied += 1
        case nil: bars[place, default: Bar(start: start)].other += 1
        }
    }

    /// All stretches from the first to the last, also the empty ones.
    package var all: [Bar] {
        guard let first = bars.keys.min(), let last = bars.keys.max() else { return [] }
        return (first...last).map { place in
            bars[place] ?? Bar(start: WallTime(recorded: place * width, nanoseconds: 0))
        }
    }

    /// Whether the stretches from the first to the last would be more than fit.
    private func isWide(_ logged: LoggedRecord) -> Bool {
        let place = logged.wall.seconds / width
        let first = min(place, bars.keys.min() ?? place)
        let last = max(place, bars.keys.max() ?? place)
        return last - first >= Self.limit
    }

    private mutating func widen() {
        width *= 2
        var wider: [UInt64: Bar] = [:]
        for (place, bar) in bars {
            let start = WallTime(recorded: place / 2 * width, nanoseconds: 0)
            wider[place / 2, default: Bar(start: start)].allowed += bar.allowed
            wider[place / 2]?.denied += bar.denied
            wider[place / 2]?.other += bar.other
        }
        bars = wider
    }
}
