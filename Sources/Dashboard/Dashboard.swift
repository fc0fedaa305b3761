public import RunStore
public import Serving

/// A run in the browser: read-only, live, and with nothing from anywhere else.
public struct Dashboard: Sendable {
    /// Gets a page from where the run is.
    ///
    /// - Throws: what to say in its place.
    public typealias Ask = @Sendable (WebRequest) async throws -> WebReply

    private let server: WebServer
    /// Keeps pages up to date until it is cancelled.
    private let renew: @Sendable () async -> Void

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
        renew = { await feed.run(beat) }
        server = try await WebServer(at: address, hosts: hosts) { await site.reply(to: $0) }
        await feed.refresh()
    }

    /// Begins to listen, for a run that is kept elsewhere.
    ///
    /// - Throws: `WebServerError` when the address cannot be listened at.
    public init(
        asking ask: @escaping Ask, at address: WebAddress, hosts: HostRule = HostRule(),
        beat: @escaping @Sendable () -> Void = {}
    ) async throws(WebServerError) {
        let site = RemoteSite(ask: ask)
        renew = { await site.run(beat) }
        server = try await WebServer(at: address, hosts: hosts) { await site.reply(to: $0) }
    }

    /// Serves until the task is cancelled.
    ///
    /// - Throws: when the server stops by itself.
    public func run() async throws {
        let reading = Task { [renew] in await renew() }
        defer { reading.cancel() }
        try await server.run()
    }
}
