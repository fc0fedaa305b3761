import RunStore

/// Estimates when a training ends, from the steps seen since it was first looked at.
struct TrainingClock {
    private var iteration: UInt32?
    private var firstStep: UInt32 = 0
    private var firstSeen = ContinuousClock.now

    /// Time left, once two different steps of this training have been seen.
    mutating func timeLeft(_ training: RunSummary.Training?) -> Duration? {
        guard let training else {
            iteration = nil
            return nil
        }
        if iteration != training.iteration || training.step < firstStep {
            iteration = training.iteration
            firstStep = training.step
            firstSeen = .now
        }
        let done = training.step - firstStep
        guard done > 0, training.steps >= training.step else { return nil }
        return firstSeen.duration(to: .now) * (Double(training.steps - training.step) / Double(done))
    }
}
