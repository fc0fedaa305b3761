/// Lets so many in at a time, in the order they came, and nobody while a pause lasts.
actor Gate {
    private var free: Int
    private var queue: [CheckedContinuation<Void, Never>] = []
    private var pauseEnd: ContinuousClock.Instant?

    init(count: Int) { free = count }

    /// Runs `body` when there is room.
    func pass<Value: Sendable>(_ body: @Sendable () async -> Value) async -> Value {
        if free > 0 {
            free -= 1
        } else {
            await withCheckedContinuation { queue.append($0) }
        }
        let value = await body()
        // The place goes to the next in line without becoming free.
        if queue.isEmpty { free += 1 } else { queue.removeFirst().resume() }
        return value
    }

    /// Nobody asks anything for that long.
    func pause(_ duration: Duration) {
        let end = ContinuousClock.now + duration
        pauseEnd = max(pauseEnd ?? end, end)
    }

    /// Waits until there is no pause.
    func waitForPause(_ time: EndpointClient.Timekeeper) async {
        while let end = pauseEnd {
            let left = ContinuousClock.now.duration(to: end)
            pauseEnd = nil
            guard left > .zero else { return }
            // Others that come meanwhile wait as well.
            pauseEnd = end
            await time.sleep(left)
            // Who is cancelled sleeps no longer; the others still do.
            if Task.isCancelled { return }
            if pauseEnd == end { pauseEnd = nil }
        }
    }
}
