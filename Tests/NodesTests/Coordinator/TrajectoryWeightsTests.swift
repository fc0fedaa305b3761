import Configuration
import Testing

@testable import Nodes

@Suite struct TrajectoryWeightsTests {
    private func weights(_ weighting: RunConfiguration.Weighting, beta: Double = 0.1) -> TrajectoryWeights {
        var configuration = RunConfiguration()
        configuration.selection.weighting = weighting
        configuration.selection.beta = beta
        return TrajectoryWeights(configuration)
    }

    @Test func aTrajectoryCountsByItsReward() {
        #expect(weights(.reward).weight(of: 0.25, best: 0.5) == 0.25)
        #expect(weights(.filter).weight(of: 0.25, best: 0.5) == 1)
    }

    @Test func exponentialWeightsAreRelativeToTheBest() {
        let weights = weights(.exponential, beta: 0.25)
        #expect(weights.weight(of: 0.5, best: 0.5) == 1)
        // e^-1
        #expect(weights.weight(of: 0.25, best: 0.5) == 0.36787945)
        #expect(self.weights(.exponential, beta: 0.001).weight(of: -9, best: 0.5) >= 0)
    }

    @Test func referencesAreLeftOutUnlessSaid() {
        var configuration = RunConfiguration()
        #expect(TrajectoryWeights(configuration).ofReferences == 0)
        configuration.referenceWeight = 0.5
        #expect(TrajectoryWeights(configuration).ofReferences == 0.5)
    }
}
