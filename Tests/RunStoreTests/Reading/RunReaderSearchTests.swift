import RolloutCore
import Testing

@testable import RunStore

@Suite struct RunReaderSearchTests {
    private let run: TemporaryRun
    private let reader: RunReader

    init() throws {
        run = try TemporaryRun()
        let journal = try run.journal()
        try SmallRun.begin(journal)
        try journal.append(SmallRun.records(), durable: true)
        reader = try RunReader(run.directory)
    }

    private func ids(_ change: (inout TrajectorySearch) -> Void) throws -> [String] {
        var search = TrajectorySearch()
        change(&search)
        return try reader.page(search).rows.map { "\($0.id.prompt).\($0.id.sample)" }
    }

    @Test func filters() throws {
        #expect(try ids { _ in } == ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"])
        #expect(try ids { $0.prompt = 1 } == ["1.0", "1.1", "1.2"])
        #expect(try ids { $0.group = "product_review" } == ["1.0", "1.1", "1.2"])
        #expect(try ids { $0.user = "user 0" } == ["0.0", "0.1", "0.2"])
        #expect(try ids { $0.node = "sampler-1" }.count == 6)
        #expect(try ids { $0.node = "sampler-2" } == [])
        #expect(try ids { $0.outcome = "kept" } == ["0.1"])
        #expect(try ids { $0.outcome = "malformed" } == ["1.0"])
        #expect(try ids { $0.iteration = 9 } == [])
    }

    @Test(arguments: [
        ("better", ["0.1"]), ("BETTER", ["0.1"]), ("because 1.", ["1.0", "1.1", "1.2"]),
        ("reference 0", ["0.0", "0.1", "0.2"]), ("write 1", ["1.0", "1.1", "1.2"]),
        ("earlier", ["0.0", "0.1", "0.2", "1.0", "1.1", "1.2"]),
        ("%", []), ("_", []), ("\\", []), ("'", []), ("b_tter", []),
    ])
    func findsText(text: String, found: [String]) throws {
        #expect(try ids { $0.text = text } == found)
    }

    @Test func saysWhatEachIs() throws {
        var search = TrajectorySearch()
        search.order = .best
        search.limit = 1
        let page = try reader.page(search)
        #expect(page.iteration == 1)
        let row = try #require(page.rows.first)
        #expect(row.reward == 0.9)
        #expect(row.outcome == "kept")
        #expect(row.excerpt == "better")
        #expect(row.tokenCount == 1)
        #expect(row.attempt == 1)
        // A malformed one shows its reasoning.
        search.outcome = "malformed"
        #expect(try reader.page(search).rows.map(\.excerpt) == ["because 1.0"])
    }

    @Test(arguments: TrajectoryFilter.Order.allCases, [1, 2, 4, 6, 7])
    func pagesAreTheWholeInOrderBothWays(order: TrajectoryFilter.Order, limit: Int) throws {
        var filter = TrajectoryFilter()
        filter.order = order
        let whole = try reader.trajectories(filter).map(\.id)
        var search = TrajectorySearch()
        search.order = order
        search.limit = limit
        var pages = [try reader.page(search)]
        #expect(pages[0].previous == nil)
        while let next = pages.last?.next {
            search.cursor = next
            pages.append(try reader.page(search))
            try #require(pages.count <= 6)
        }
        #expect(pages.flatMap { $0.rows.map(\.id) } == whole)
        var back: [[TrajectoryID]] = []
        var page = try #require(pages.last)
        while let previous = page.previous {
            search.cursor = previous
            page = try reader.page(search)
            back.insert(page.rows.map(\.id), at: 0)
            try #require(back.count <= 6)
        }
        #expect(Array(back.joined()) == pages.dropLast().flatMap { $0.rows.map(\.id) })
    }
}
