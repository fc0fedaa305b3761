import Testing

@testable import Evaluation

@Suite struct ComparisonTests {
    private static func system(_ name: String, _ rewards: [(String, Double)]) -> SystemScores {
        SystemScores(
            name: name,
            scores: rewards.enumerated().map { .init(key: "\($0)", group: $1.0, reward: $1.1) })
    }

    private static let sft = system("SFT", [("a", 0.25), ("a", 0.5), ("b", 0.75), ("b", 1), ("b", 0.25), ("b", 0)])
    private static let other = system("EM", [("a", 0.5), ("a", 0.5), ("b", 1), ("b", 1), ("b", 0.5), ("b", 0.5)])

    @Test func theAverageIsUnweightedOverGroups() {
        let table = Comparison([Self.sft, Self.other])
        #expect(table.groups == ["a", "b"])
        #expect(table.rows[0].cells.map(\.mean) == [0.375, 0.5])
        #expect(table.rows[0].average.mean == 0.4375)
        #expect(table.rows[0].average.count == 6)
        #expect(table.rows[0].average.test == nil)
    }

    @Test func testsPairThePromptsBothHave() throws {
        var fewer = Self.other
        fewer.scores.removeLast()
        let table = Comparison([Self.sft, fewer])
        let expected = try #require(
            PairedTest([(0.25, 0.5), (0.5, 0.5), (0.75, 1), (1, 1), (0.25, 0.5)].map { (first: $0.0, second: $0.1) }))
        #expect(table.rows[1].average.test == expected)
        #expect(table.rows[1].cells[1].test?.count == 3)
        #expect(table.rows[1].average.count == 5)
    }

    @Test func pValuesAreAdjustedOverTheTable() throws {
        let table = Comparison([Self.sft, Self.other])
        let row = table.rows[1]
        let tests = try (row.cells + [row.average]).map { try #require($0.test?.p) }
        #expect((row.cells + [row.average]).map(\.adjustedP) == PairedTest.holm(tests))
    }

    @Test func anyRowCanBeTheBaseline() {
        let table = Comparison([Self.sft, Self.other], baseline: 1)
        #expect(table.rows[1].average.test == nil)
        #expect((table.rows[0].average.test?.meanDifference ?? 0) < 0)
    }

    @Test func seedsAreAveragedPromptByPrompt() {
        var second = Self.sft
        second.scores = second.scores.reversed().dropLast().map {
            .init(key: $0.key, group: $0.group, reward: $0.reward + 0.5)
        }
        let mean = SystemScores(name: "two seeds", averaging: [Self.sft, second])
        #expect(mean.scores.map(\.key) == ["1", "2", "3", "4", "5"])
        #expect(mean.scores.map(\.reward) == [0.75, 1, 1.25, 0.5, 0.25])
        #expect(SystemScores(name: "none", averaging: []).scores.isEmpty)
    }
}
