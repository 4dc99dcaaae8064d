/// What a handle of this process stands for.
package enum HandleEntry {
    /// A connection to a name server: nothing but a number.
    case nameServer
    /// A client IPC handle.
    case client(ClientChannel)
    /// A server IPC handle that an accept with a listener returned.
    case server(ServerChannel)
    /// A listener handle, with the channels that are closed with it.
    case listener(Listener, own: [ServerChannel])
}

extension HandleEntry {
    /// Ends this side of the channels that the handle stands for; threads inside them wake up.
    func close() {
        switch self {
        case .nameServer:
            break
        case .client(let channel):
            channel.close()
        case .server(let channel):
            channel.close()
        case .listener(let listener, let own):
            for channel in own { channel.close() }
            listener.close()
        }
    }
}

/// The handles of this process, by number.
///
/// An open table with linear probing: numbers only ever grow and are spread by their lowest bits.
/// (`Dictionary` would make the C library depend on the system's random numbers.)
package final class HandleTable: @unchecked Sendable {
    private struct Place {
        /// 0, which is no handle, where the place is free.
        var handle: UInt32 = 0
        var entry: HandleEntry?
    }

    private let lock = Lock()
    /// Never full, so that every search ends; a power of two.
    private var places: [Place]
    private var used = 0

    /// An empty table.
    package init() { places = Array(repeating: Place(), count: 16) }

    // Listeners and their channels refer to each other until these are closed.
    deinit { for place in places { place.entry?.close() } }

    /// How many handles there are.
    package var count: Int { lock.withLock { used } }

    /// What `handle` stands for; nil if this process has no such handle.
    package func entry(_ handle: UInt32) -> HandleEntry? {
        lock.withLock { places[place(of: handle)].entry }
    }

    /// Adds a handle; one that is there already stays as it is.
    ///
    /// - Returns: whether it was added.
    @discardableResult
    package func insert(_ handle: UInt32, _ entry: HandleEntry) -> Bool {
        lock.withLock {
            guard handle != 0, places[place(of: handle)].handle == 0 else { return false }
            if used * 4 >= places.count * 3 { grow() }
            places[place(of: handle)] = Place(handle: handle, entry: entry)
            used += 1
            return true
        }
    }

    /// Removes a handle; only one of the threads that try gets what it stood for.
    package func remove(_ handle: UInt32) -> HandleEntry? {
        lock.withLock {
            let found = place(of: handle)
            guard handle != 0, let entry = places[found].entry else { return nil }
            used -= 1
            closeGap(at: found)
            return entry
        }
    }
}

extension HandleTable {
    /// Where `handle` stands, or would stand.
    private func place(of handle: UInt32) -> Int {
        let mask = places.count - 1
        var index = Int(handle) & mask
        while places[index].handle != handle, places[index].handle != 0 {
            index = (index + 1) & mask
        }
        return index
    }

    private func grow() {
        let old = places
        places = Array(repeating: Place(), count: old.count * 2)
        for entry in old where entry.handle != 0 { places[place(of: entry.handle)] = entry }
    }

    /// Frees a place and moves up what stands behind it only because it was taken.
    private func closeGap(at start: Int) {
        let mask = places.count - 1
        var gap = start
        var index = start
        while true {
            index = (index + 1) & mask
            guard places[index].handle != 0 else { break }
            let wanted = Int(places[index].handle) & mask
            // Its own place is not after the gap, seen from the gap on round the table.
            if (index - wanted) & mask >= (index - gap) & mask {
                places[gap] = places[index]
                gap = index
            }
        }
        places[gap] = Place()
    }
}
