/// A moment on the broker's clock: nanoseconds since it started.
///
/// Time is injected and never goes back, so that a test needs no sleep (our choice).
public struct Instant: Hashable, Comparable, Sendable {
    /// Since the broker's start.
    public let nanoseconds: UInt64

    /// The moment that many nanoseconds after the start.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    /// The broker's start.
    public static let zero = Instant(nanoseconds: 0)

    /// The moment `milliseconds` later: where the deadline of a call made now lies.
    public func advanced(byMilliseconds milliseconds: UInt64) -> Instant {
        Instant(nanoseconds: nanoseconds + milliseconds * 1_000_000)
    }

    /// Earlier before later.
    public static func < (left: Self, right: Self) -> Bool { left.nanoseconds < right.nanoseconds }
}

/// How long a call may wait: `msecs` of the API.
public enum Timeout: Hashable, Sendable {
    /// 0 means "only what is there now".
    case milliseconds(UInt32)
    /// `INFINITE_TIMEOUT`: never expires.
    case infinite

    /// The value of `INFINITE_TIMEOUT`; KasperskyOS's is not documented, this one is our choice.
    public static let infiniteValue = UInt32.max

    /// Reads `msecs` as the API passes it.
    public init(milliseconds: UInt32) {
        self = milliseconds == Self.infiniteValue ? .infinite : .milliseconds(milliseconds)
    }
}
