package import SecurityEvents

/// The deadlines of waiting calls: a binary heap whose entries are forgotten lazily.
///
/// A call that completes before its deadline leaves its entry in the heap. Entries at the top are
/// always of calls that still wait, so that `next` needs no search; the others are swept when they
/// outweigh the rest.
package struct DeadlineQueue: Hashable, Sendable {
    private struct Entry: Hashable, Comparable, Sendable {
        var deadline: Instant
        var call: CallID

        static func < (left: Self, right: Self) -> Bool {
            left.deadline == right.deadline
                ? left.call < right.call : left.deadline < right.deadline
        }
    }

    private var heap: [Entry] = []
    private var armed: Set<CallID> = []

    package init() {}

    /// The earliest deadline.
    package var next: Instant? { heap.first?.deadline }

    package mutating func insert(_ deadline: Instant, for call: CallID) {
        armed.insert(call)
        heap.append(Entry(deadline: deadline, call: call))
        siftUp(from: heap.count - 1)
    }

    /// Forgets the deadline of `call`, if it has one.
    package mutating func remove(_ call: CallID) {
        guard armed.remove(call) != nil else { return }
        if heap.count > 2 * armed.count + 64 {
            heap = heap.filter { armed.contains($0.call) }
            heap.sort()
        }
        dropForgotten()
    }

    /// Removes the calls whose deadline `hasPassed` and returns them by number.
    package mutating func removeAll(where hasPassed: (Instant) -> Bool) -> [CallID] {
        var calls: [CallID] = []
        while let first = heap.first, hasPassed(first.deadline) {
            calls.append(first.call)
            armed.remove(first.call)
            dropForgotten()
        }
        return calls.sorted()
    }

    private mutating func dropForgotten() {
        while let first = heap.first, !armed.contains(first.call) {
            heap.swapAt(0, heap.count - 1)
            heap.removeLast()
            siftDown()
        }
    }

    private mutating func siftUp(from position: Int) {
        var child = position
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown() {
        var parent = 0
        while 2 * parent + 1 < heap.count {
            var child = 2 * parent + 1
            if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
            guard heap[child] < heap[parent] else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
