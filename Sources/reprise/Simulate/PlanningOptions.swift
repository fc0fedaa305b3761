import ArgumentParser
import Simulator

/// The cluster and the job that `reprise simulate --nodes` plans.
struct PlanningOptions: ParsableArguments {
    @Option(help: "Plans a cluster of so many nodes instead of testing: samplers, and the two below.")
    var nodes: Int?
    @Option(help: "Scorers among the nodes; a tenth of them unless said.")
    var scorers: Int?
    @Option(help: "Learners among the nodes.")
    var learners = 1
    @Option(help: "Mean time between two failures of a node: 30s, 45m, 2h, 3d.")
    var meanTimeBetweenFailures = "24h"
    @Option(help: "How long a dead process takes to be back.")
    var restart = "30s"
    @Option(help: "Seconds of a sample task: constant:40, uniform:20,60, exponential:40, lognormal:MEDIAN,SIGMA.")
    var taskSeconds = "lognormal:40,0.8"
    @Option(help: "Seconds of a score task.")
    var scoreSeconds = "lognormal:2,0.5"
    @Option(help: "Seconds of an M-step.")
    var trainSeconds = "constant:600"
    @Option(help: "EM iterations.")
    var iterations: UInt32 = 3
    @Option(help: "Training prompts.")
    var prompts = 10_000
    @Option(help: "Samples of each prompt.")
    var samples: UInt32 = 8
    @Option(help: "Prompts of a sample task.")
    var promptsPerTask: UInt32 = 8
    @Option(help: "Tokens of a prompt.")
    var promptTokens = 512
    @Option(help: "Tokens of a trajectory.")
    var newTokens = 256
    @Option(help: "Megabytes of a policy's delta.")
    var policyMegabytes = 24.0
    @Option(help: "Gigabits a second that leave the coordinator's machine.")
    var gigabits = 10.0

    func validate() throws {
        guard let nodes else { return }
        let scorers = scorers ?? Swift.max(1, nodes / 10)
        guard nodes <= 4096 else { throw ValidationError("A coordinator serves at most 4096 nodes.") }
        guard scorers >= 1, learners >= 1, nodes - scorers - learners >= 1 else {
            throw ValidationError("--nodes has to leave at least one sampler, one scorer and one learner.")
        }
        try OptionRange.check(1...10_000_000, ("prompts", prompts))
        try OptionRange.check(1...4096, ("samples", samples), ("prompts-per-task", promptsPerTask))
        try OptionRange.check(1...1000, ("iterations", iterations))
        try OptionRange.check(1...1_000_000, ("prompt-tokens", promptTokens), ("new-tokens", newTokens))
        try OptionRange.check(0...1e9, ("policy-megabytes", policyMegabytes))
        try OptionRange.check(1e-3...1e6, ("gigabits", gigabits))
        _ = try plan()
    }

    /// What is given of them, by the names of the options.
    var settings: KeyValuePairs<String, String> {
        [
            "scorers": "\(scorers ?? 0)", "learners": "\(learners)",
            "mean-time-between-failures": meanTimeBetweenFailures, "restart": restart, "task-seconds": taskSeconds,
            "score-seconds": scoreSeconds, "train-seconds": trainSeconds, "iterations": "\(iterations)",
            "prompts": "\(prompts)", "samples": "\(samples)", "prompts-per-task": "\(promptsPerTask)",
            "prompt-tokens": "\(promptTokens)", "new-tokens": "\(newTokens)",
            "policy-megabytes": "\(policyMegabytes)", "gigabits": "\(gigabits)",
        ]
    }

    /// The plan these options describe.
    func plan() throws -> ClusterPlan {
        let nodes = nodes ?? 3
        let scorers = scorers ?? max(1, nodes / 10)
        var plan = ClusterPlan(samplers: nodes - scorers - learners, scorers: scorers, learners: learners)
        plan.iterations = iterations
        plan.prompts = prompts
        plan.samplesPerPrompt = samples
        plan.promptsPerTask = promptsPerTask
        plan.sampleTime = try distribution(taskSeconds, "--task-seconds")
        plan.scoreTime = try distribution(scoreSeconds, "--score-seconds")
        plan.trainTime = try distribution(trainSeconds, "--train-seconds")
        plan.meanTimeBetweenFailures = try span(meanTimeBetweenFailures, "--mean-time-between-failures")
        plan.restart = try span(restart, "--restart")
        plan.policyByteCount = Int(policyMegabytes * 1e6)
        plan.promptTokens = promptTokens
        plan.newTokens = newTokens
        plan.bandwidth = gigabits * 1e9
        return plan
    }

    private func distribution(_ text: String, _ option: String) throws -> Distribution {
        guard let distribution = Distribution(text) else {
            throw ValidationError(
                "\(option) '\(text)' is no distribution: write lognormal:40,0.8 or constant:40, in seconds up to "
                    + "\(Int(Distribution.longest)).")
        }
        return distribution
    }

    private func span(_ text: String, _ option: String) throws -> Duration {
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
        guard let unit = text.last.flatMap({ units[$0] }), let count = Double(text.dropLast()), count.isFinite,
            count > 0, count * unit < 1e9
        else { throw ValidationError("\(option) '\(text)' is no time: write 30s, 45m, 2h or 3d.") }
        return .seconds(count * unit)
    }
}
