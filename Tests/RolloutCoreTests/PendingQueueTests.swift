import Testing

@testable import RolloutCore

@Suite struct PendingQueueTests {
    func task(_ iteration: UInt32, _ split: Split, _ index: UInt32) -> TaskID {
        TaskID(iteration: iteration, split: split, kind: .sample, index: index)
    }

    @Test func theEStepComesFirstThenTheOldestEvaluation() {
        let ordered = [
            task(2, .train, 0), task(2, .train, 1), task(0, .validation, 0), task(0, .test, 0), task(1, .validation, 0),
        ]
        var random = SplitMix(seed: 5)
        for _ in 0..<20 {
            var queue = PendingQueue()
            for task in ordered.shuffled(using: &random) { queue.insert(task) }
            queue.insert(ordered[3])
            var taken: [TaskID] = []
            while let best = queue.first(where: { _ in true }) {
                taken.append(best)
                queue.remove(best)
            }
            #expect(taken == ordered)
        }
    }

    @Test func ineligibleTasksAreSkipped() {
        var queue = PendingQueue()
        queue.insert(task(1, .train, 0))
        queue.insert(task(1, .train, 1))
        #expect(queue.first { $0.index > 0 } == task(1, .train, 1))
    }
}
