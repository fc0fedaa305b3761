/// True time of a simulation, in nanoseconds since its start. Processes never see it: they read their own clocks.
typealias Nanoseconds = Int64

extension Nanoseconds {
    static func milliseconds(_ count: Int64) -> Nanoseconds { count * 1_000_000 }
    static func seconds(_ count: Int64) -> Nanoseconds { count * 1_000_000_000 }
    var duration: Duration { .nanoseconds(self) }
}

/// What happens when: a binary heap over times, ties in the order they were added. What happens lies in slots beside the
/// heap, so that moving an entry moves three words.
struct Agenda<Happening> {
    private struct Entry {
        var time: Nanoseconds
        var order: UInt64
        var slot: Int
    }

    private var heap: [Entry] = []
    private var slots: [Happening?] = []
    private var free: [Int] = []
    private var added: UInt64 = 0

    private func precedes(_ a: Int, _ b: Int) -> Bool {
        heap[a].time != heap[b].time ? heap[a].time < heap[b].time : heap[a].order < heap[b].order
    }

    mutating func add(_ happening: Happening, at time: Nanoseconds) {
        let slot: Int
        if let last = free.popLast() {
            slot = last
            slots[slot] = happening
        } else {
            slot = slots.count
            slots.append(happening)
        }
        added += 1
        heap.append(Entry(time: time, order: added, slot: slot))
        var child = heap.count - 1
        while child > 0, precedes(child, (child - 1) / 2) {
            heap.swapAt(child, (child - 1) / 2)
            child = (child - 1) / 2
        }
    }

    /// The earliest happening, taken out.
    mutating func next() -> (time: Nanoseconds, happening: Happening)? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        if !heap.isEmpty {
            heap[0] = last
            sink()
        }
        guard let happening = slots[first.slot] else { return nil }
        slots[first.slot] = nil
        free.append(first.slot)
        return (first.time, happening)
    }

    private mutating func sink() {
        var parent = 0
        while true {
            var best = parent
            for child in 2 * parent + 1...2 * parent + 2 where child < heap.count && precedes(child, best) {
                best = child
            }
            if best == parent { return }
            heap.swapAt(parent, best)
            parent = best
        }
    }
}
