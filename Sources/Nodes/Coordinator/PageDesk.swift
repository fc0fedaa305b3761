public import RolloutCore

/// Has pages of the run made for whoever asks the coordinator for them, a few at a time: the rest is told to come again.
public actor PageDesk {
    /// Makes a page.
    public typealias Source = @Sendable (PageRequest) async -> Page

    private let limit: Int
    private let source: Source
    private var open = 0

    /// - Parameter limit: pages that are made at the same time.
    public init(limit: Int = 8, _ source: @escaping Source) {
        self.limit = limit
        self.source = source
    }

    func page(for request: PageRequest) async -> Page {
        guard open < limit else {
            return .sentence(request.number, 503, "The coordinator makes as many pages as it may; ask again.")
        }
        open += 1
        defer { open -= 1 }
        var page = await source(request)
        page.number = request.number
        return page
    }
}
