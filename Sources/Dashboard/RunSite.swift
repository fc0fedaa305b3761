public import RunStore
public import Serving

/// The pages of a run for somebody who asks for one now and then: the run is read again when a second has passed.
public actor RunSite {
    private let feed: LiveFeed
    private let site: Site
    private let clock = ContinuousClock()
    private var read: ContinuousClock.Instant?
    private var reading: Task<Void, Never>?

    /// The run need not have begun.
    public init(_ directory: RunDirectory) {
        feed = LiveFeed(directory)
        site = Site(feed, Browser(directory))
    }

    /// The answer to a request.
    public func reply(to request: WebRequest) async -> WebReply {
        await refresh()
        return await site.reply(to: request)
    }

    private func refresh() async {
        if let reading { return await reading.value }
        if let read, read.duration(to: clock.now) < .seconds(1) { return }
        let task = Task { [feed] in await feed.refresh() }
        reading = task
        await task.value
        reading = nil
        read = clock.now
    }
}
