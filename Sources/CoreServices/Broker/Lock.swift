import CSystemShims

/// A mutex with one condition, for what several threads of a process share.
///
/// Embedded Swift has no `Synchronization.Mutex` on Linux, so this wraps the system's.
@safe package final class Lock: @unchecked Sendable {
    private let lock: OpaquePointer

    package init() { unsafe lock = kosbroker_lock_make() }

    deinit { unsafe kosbroker_lock_free(lock) }

    /// Runs `body` while no other thread holds the lock.
    package func withLock<Result: ~Copyable>(_ body: () -> Result) -> Result {
        unsafe kosbroker_lock_enter(lock)
        defer { unsafe kosbroker_lock_leave(lock) }
        return body()
    }

    /// Leaves the lock until another thread wakes this one; may return without a reason.
    ///
    /// Only within ``withLock(_:)``.
    package func wait() { unsafe kosbroker_lock_wait(lock) }

    /// Wakes one thread that waits.
    package func wakeOne() { unsafe kosbroker_lock_wake_one(lock) }

    /// Wakes every thread that waits.
    package func wakeAll() { unsafe kosbroker_lock_wake_all(lock) }
}
