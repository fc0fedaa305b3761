import Testing

@testable import Personalization

@Suite struct ExampleChoiceTests {
    private let tasks =
        [WritingTask](repeating: .productReview, count: 3) + [WritingTask](repeating: .topicWriting, count: 9)

    @Test func firstTakesTheFirst() {
        #expect(ExampleChoice.first.indices(of: tasks, limit: 4) == [0, 1, 2, 3])
        #expect(ExampleChoice.first.indices(of: tasks, limit: nil) == Array(0..<12))
        #expect(ExampleChoice.sample(seed: 1).indices(of: tasks, limit: 99) == Array(0..<12))
    }

    @Test func samplesDependOnTheSeedOnly() {
        let drawn = ExampleChoice.sample(seed: 7).indices(of: tasks, limit: 5)
        #expect(drawn == ExampleChoice.sample(seed: 7).indices(of: tasks, limit: 5))
        #expect(drawn.count == 5 && drawn == Array(Set(drawn)).sorted())
        #expect(Set((0..<20).map { ExampleChoice.sample(seed: $0).indices(of: tasks, limit: 5) }).count > 5)
    }

    @Test func balancedSharesEqually() {
        func counts(_ limit: Int) -> [Int] {
            let drawn = ExampleChoice.balanced(seed: 3).indices(of: tasks, limit: limit)
            return [drawn.count { $0 < 3 }, drawn.count { $0 >= 3 }]
        }
        #expect(counts(4) == [2, 2])
        #expect(counts(5) == [3, 2])
        #expect(counts(10) == [3, 7])
    }
}
