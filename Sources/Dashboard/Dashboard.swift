public import RunStore
public import Serving

/// A run in the browser: read-only, live, and with nothing from anywhere else.
public struct Dashboard: Sendable {
    private let feed: LiveFeed
    private let server: WebServer
    private let beat: @Sendable () -> Void

    /// Where it is.
    public var address: WebAddress { server.address }

    /// Begins to listen, with the run read once.
    ///
    /// - Parameters:
    ///   - hosts: names it may be asked by, besides addresses and `localhost`.
    ///   - beat: called about once a second while the run is looked at.
    /// - Throws: `WebServerError` when the address cannot be listened at.
    public init(
        of directory: RunDirectory, at address: WebAddress, hosts: HostRule = HostRule(),
        beat: @escaping @Sendable () -> Void = {}
    ) async throws(WebServerError) {
        let feed = LiveFeed(directory)
        let site = Site(feed, Browser(directory))
        self.feed = feed
        self.beat = beat
        server = try await WebServer(at: address, hosts: hosts) { await site.reply(to: $0) }
        await feed.refresh()
    }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: when the server stops by itself.
    public func run() async throws {
        let (feed, beat) = (feed, beat)
        let reading = Task { await feed.run(beat) }
        defer { reading.cancel() }
        try await server.run()
    }
}
