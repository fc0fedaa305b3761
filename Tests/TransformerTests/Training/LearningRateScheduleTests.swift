import Testing

@testable import Transformer

struct LearningRateScheduleTests {
    @Test func warmsUpLinearlyAndNeverStartsAtZero() {
        let schedule = LearningRateSchedule(decay: .constant, warmupSteps: 3)
        #expect((0..<5).map { schedule.factor(step: $0, of: 10) } == [0.25, 0.5, 0.75, 1, 1])
    }

    @Test func linearDecayReachesTheFloor() {
        let schedule = LearningRateSchedule(decay: .linear, warmupSteps: 2, floor: 0.1)
        #expect(schedule.factor(step: 2, of: 12) == 1)
        #expect(abs(schedule.factor(step: 7, of: 12) - 0.55) < 1e-12)
        #expect(abs(schedule.factor(step: 12, of: 12) - 0.1) < 1e-12)
        #expect(abs(schedule.factor(step: 99, of: 12) - 0.1) < 1e-12)
    }

    @Test func cosineDecayIsHalfAWave() {
        let schedule = LearningRateSchedule(decay: .cosine)
        #expect(schedule.factor(step: 0, of: 8) == 1)
        #expect(abs(schedule.factor(step: 4, of: 8) - 0.5) < 1e-15)
        #expect(abs(schedule.factor(step: 2, of: 8) - (1 + 0.5.squareRoot()) / 2) < 1e-15)
        #expect(abs(schedule.factor(step: 8, of: 8)) < 1e-15)
    }

    @Test func noStepsDoesNotDivideByZero() {
        #expect(LearningRateSchedule(decay: .cosine, warmupSteps: 5).factor(step: 5, of: 5).isFinite)
    }
}
