import Evaluation
import RolloutCore
import RunStore

/// What one E-step drew, sampled from the policy before it.
struct Expectation: Sendable {
    let iteration: UInt32
    /// Of the prompts' mean rewards.
    let moments: Moments
    /// What became of the trajectories, by task.
    let draws: [DrawTally]
    /// Of all rewards.
    let histogram: Histogram
    let lengths: Lengths
    /// Of each prompt's samples, averaged over the prompts looked at.
    let diversity: MeanDiversity
    let samples: SampleFindings?

    /// Reading more prompts' texts than this would take long and change no digit that is shown.
    private static let promptLimit = 1000
    private static let bins = 20

    static func all(_ reader: RunReader) throws -> [Expectation] {
        let draws = try reader.draws()
        let range = Self.axis(try reader.rewardRange())
        let rewards = try reader.rewardCounts(in: range, bins: bins)
        let lengths = try reader.lengthCounts(of: .train)
        return try reader.iterations(of: .train).map { iteration in
            let scores = try reader.expectationScores(iteration: iteration)
            var histogram = Histogram(lower: range.lowerBound, upper: range.upperBound, bins: bins)
            for count in rewards where count.iteration == iteration {
                let bounds = histogram.bounds(count.bin)
                histogram.add((bounds.lower + bounds.upper) / 2, times: count.count)
            }
            var diversity = MeanDiversity()
            var samples = SampleTally(passing: nil)
            let step = (scores.count + promptLimit - 1) / promptLimit
            try reader.samples(iteration: iteration, split: .train, every: step) { prompt in
                diversity.add(prompt.answers.compactMap { $0 })
                samples.add(prompt)
            }
            return Expectation(
                iteration: iteration, moments: Moments(scores.map(\.reward)),
                draws: draws.filter { $0.iteration == iteration }, histogram: histogram,
                lengths: Lengths(lengths.filter { $0.iteration == iteration }), diversity: diversity,
                samples: samples.findings)
        }
    }

    /// From 0 to 1, as most rewards are, or as far as they go.
    private static func axis(_ range: ClosedRange<Double>?) -> ClosedRange<Double> {
        guard let range, range.lowerBound < 0 || range.upperBound > 1 else { return 0...1 }
        return min(0, range.lowerBound)...max(1, range.upperBound)
    }
}

/// The diversity of prompts' samples, averaged.
struct MeanDiversity: Sendable {
    /// Prompts with at least two answers.
    private(set) var prompts = 0
    private var distinctTexts = 0.0
    private var distinct: [Moment] = [Moment](repeating: Moment(), count: 4)
    private var selfBLEU = Moment()

    private struct Moment {
        var sum = 0.0
        var count = 0
        var mean: Double? { count > 0 ? sum / Double(count) : nil }

        mutating func add(_ value: Double?) {
            guard let value else { return }
            sum += value
            count += 1
        }
    }

    mutating func add(_ answers: [String]) {
        guard answers.count > 1 else { return }
        let found = Diversity(answers)
        prompts += 1
        distinctTexts += Double(found.distinctTexts) / Double(found.count)
        for (index, value) in found.distinct.enumerated() { distinct[index].add(value) }
        selfBLEU.add(found.selfBLEU)
    }

    /// Share of a prompt's answers that are different texts.
    var distinctShare: Double? { prompts > 0 ? distinctTexts / Double(prompts) : nil }
    /// distinct-n.
    func distinct(_ n: Int) -> Double? { distinct[n - 1].mean }
    /// Self-BLEU.
    var meanSelfBLEU: Double? { selfBLEU.mean }
}
