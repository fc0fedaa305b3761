import RolloutCore
import Testing

@testable import Nodes

@Suite struct WaitingTrajectoriesTests {
    private func task(_ index: UInt32) -> TaskID {
        TaskID(iteration: 1, split: .train, kind: .sample, index: index)
    }

    private func trajectories(_ index: UInt32) -> [Trajectory] {
        [
            Trajectory(
                id: TrajectoryID(prompt: index, sample: 0), tokens: Array(repeating: 1, count: 100), stop: .length,
                reasoning: "", answer: "an answer", logProbability: -1)
        ]
    }

    @Test func theOldestGoWhenTheLimitIsReached() {
        var waiting = WaitingTrajectories(limit: 2000)
        for index in 0..<UInt32(10) {
            waiting.insert(trajectories(index), of: task(index))
            #expect(waiting.byteCount <= 2000)
        }
        #expect(waiting[task(9)] == trajectories(9))
        #expect(waiting[task(0)] == nil)
    }

    @Test func whatIsScoredMakesRoom() {
        var waiting = WaitingTrajectories(limit: 2000)
        for index in 0..<UInt32(1000) {
            waiting.insert(trajectories(index), of: task(index))
            if index > 0 { waiting.remove(task(index)) }
        }
        #expect(waiting[task(0)] == trajectories(0))
        waiting.remove(task(0))
        #expect(waiting.byteCount == 0)
    }
}
