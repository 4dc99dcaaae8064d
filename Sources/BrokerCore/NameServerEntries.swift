import SecurityEvents

/// The entries of one name server, in order of publication.
///
/// Enumeration is by interface and index, so each interface has its entries in an array; a serial
/// number for each entry finds it there by bisection.
struct NameServerEntries: Hashable, Sendable {
    /// What makes two entries the same.
    struct Key: Hashable, Sendable {
        var interface: InterfaceName
        var server: ProcessIndex
        var endpoint: EndpointName
    }

    /// Who published an entry: one instance of a process, whose limit the entry counts for.
    struct Publisher: Hashable, Sendable {
        var process: ProcessIndex
        var instance: UInt64
    }

    struct Entry: Hashable, Sendable {
        var serial: UInt64
        var server: ProcessIndex
        var endpoint: EndpointName
        var publisher: Publisher
    }

    private var serials: [Key: UInt64] = [:]
    /// By interface, in order of publication; never an empty list.
    private var lists: [InterfaceName: [Entry]] = [:]
    private var lastSerial: UInt64 = 0

    func contains(_ key: Key) -> Bool { serials[key] != nil }

    /// The entry at `index` among those of `interface`.
    func entry(of interface: InterfaceName, at index: UInt32) -> Entry? {
        guard let list = lists[interface], index < list.count else { return nil }
        return list[Int(index)]
    }

    /// Adds an entry, which is not there yet, after all others.
    mutating func publish(_ key: Key, by publisher: Publisher) {
        lastSerial += 1
        serials[key] = lastSerial
        let entry = Entry(
            serial: lastSerial,
            server: key.server,
            endpoint: key.endpoint,
            publisher: publisher
        )
        lists[key.interface, default: []].append(entry)
    }

    /// Removes an entry and returns who had published it; nil if there is none.
    mutating func unpublish(_ key: Key) -> Publisher? {
        guard let serial = serials.removeValue(forKey: key),
            let position = lists[key.interface]?.partitionPoint({ $0.serial < serial }),
            let entry = lists[key.interface]?.remove(at: position)
        else { return nil }
        if lists[key.interface]?.isEmpty == true { lists[key.interface] = nil }
        return entry.publisher
    }

    /// Removes every entry that names `server` and returns who had published them.
    mutating func removeAll(of server: ProcessIndex) -> [Publisher] {
        let keys = serials.keys.filter { $0.server == server }
        return keys.compactMap { unpublish($0) }
    }

    /// Who published each of the entries, in no order that means anything.
    var publishers: [Publisher] { lists.values.flatMap { $0.map(\.publisher) } }
}

extension Array {
    /// The first position whose element does not fulfil `isBefore`, in a sorted array.
    func partitionPoint(_ isBefore: (Element) -> Bool) -> Int {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = low + (high - low) / 2
            if isBefore(self[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension [CallID] {
    /// Removes `call` from an array that ascends.
    mutating func removeSorted(_ call: CallID) {
        let position = partitionPoint { $0 < call }
        if position < count, self[position] == call { remove(at: position) }
    }
}
