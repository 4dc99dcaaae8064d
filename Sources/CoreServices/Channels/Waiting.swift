import CSystemShims

/// When a wait ends at the latest, as the shims count it.
struct Deadline {
    let nanoseconds: Int64

    private init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// There is no end.
    static let never = Deadline(nanoseconds: Int64(KOSBROKER_NEVER))
    /// Nothing is waited for.
    static let past = Deadline(nanoseconds: 0)

    /// The time in `milliseconds`; never for `INFINITE_TIMEOUT`.
    init(milliseconds: UInt32) {
        self =
            switch milliseconds {
            case 0: .past
            case .max: .never
            default: Deadline(nanoseconds: kosbroker_now() + Int64(milliseconds) * 1_000_000)
            }
    }

    /// Whether the deadline is over, which one that never comes is not.
    var hasPassed: Bool { nanoseconds >= 0 && kosbroker_now() >= nanoseconds }
}

/// A number that threads wait on until another one sets it.
@safe struct WaitWord: ~Copyable {
    private let word: UnsafeMutablePointer<UInt32>

    init() {
        unsafe word = .allocate(capacity: 1)
        unsafe word.initialize(to: 0)
    }

    deinit { unsafe word.deallocate() }

    var value: UInt32 { unsafe kosbroker_word_load(word) }

    /// Sets the number and wakes one thread that waits.
    func wakeOne(_ value: UInt32) {
        set(value)
        unsafe kosbroker_word_wake(word, 1)
    }

    /// Sets the number without waking anybody.
    func set(_ value: UInt32) { unsafe kosbroker_word_store(word, value) }

    /// Changes the number and wakes all threads that wait.
    func advance() {
        unsafe kosbroker_word_advance(word)
        unsafe kosbroker_word_wake(word, .max)
    }

    /// Waits while the number is `expected`.
    ///
    /// - Returns: whether it changed before the deadline.
    func wait(while expected: UInt32, until deadline: Deadline) -> Bool {
        unsafe Int(kosbroker_word_wait(word, expected, deadline.nanoseconds)) == KOSBROKER_DONE
    }
}
