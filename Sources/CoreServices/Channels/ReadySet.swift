import CSystemShims

/// The channels of a listener that are waited for together, and a flag to wake all who wait.
final class ReadySet {
    private let set: Int32
    private let flag: Int32
    private static let flagToken = UInt64.max

    enum Ready {
        case channel(UInt64)
        /// The flag is raised.
        case flag
        case late
    }

    /// Makes an empty set; nil where the process has no descriptors left.
    init?() {
        set = kosbroker_ready_set()
        flag = kosbroker_flag_create()
        guard set >= 0, flag >= 0, add(flag, token: Self.flagToken) else { return nil }
    }

    deinit {
        if set >= 0 { kosbroker_close(set) }
        if flag >= 0 { kosbroker_close(flag) }
    }

    /// Adds a descriptor, which ``wait(until:)`` calls `token`; false where the system refuses.
    func add(_ descriptor: Int32, token: UInt64) -> Bool {
        Int(kosbroker_ready_add(set, descriptor, token)) == KOSBROKER_DONE
    }

    /// Removes a descriptor if it is there.
    func remove(_ descriptor: Int32) { kosbroker_ready_remove(set, descriptor) }

    /// Waits for one that is ready; those that are ready together take turns.
    func wait(until deadline: Deadline) -> Ready {
        var token: UInt64 = 0
        let result = unsafe kosbroker_ready_wait(set, deadline.nanoseconds, &token)
        guard Int(result) == KOSBROKER_DONE else { return .late }
        return token == Self.flagToken ? .flag : .channel(token)
    }

    /// Wakes everybody who waits, and who will wait, until the flag is lowered.
    func raiseFlag() { kosbroker_flag_raise(flag) }

    func lowerFlag() { kosbroker_flag_lower(flag) }
}
