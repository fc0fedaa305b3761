import ArgumentParser
import Foundation
import RolloutCore
import RunStore

/// `reprise trajectories`: look at what was sampled.
struct TrajectoriesCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trajectories",
        abstract: "Look at sampled trajectories: prompt, profile, reasoning, answer, reference, reward.",
        discussion: """
            Examples:
              reprise trajectories runs/demo --best 3
              reprise trajectories runs/demo --iteration 2 --worst 5
              reprise trajectories runs/demo --prompt 17
            """)

    @Argument(help: "The run's directory.") var run: String
    @Option(help: "Show this many with the highest rewards.") var best: Int?
    @Option(help: "Show this many with the lowest rewards.") var worst: Int?
    @Option(help: "Show every sample of this prompt.") var prompt: UInt32?
    @Option(help: "Of this iteration; the last one unless said.") var iteration: UInt32?
    @Option(help: "Whose rows; train unless said.") var split: Split?
    @Option(
        help: ArgumentHelp(
            "Only those with this outcome: \(TrajectoryFilter.outcomes.joined(separator: ", ")).", valueName: "outcome")
    )
    var outcome: String?

    func validate() throws {
        if [best != nil, worst != nil, prompt != nil].count(where: { $0 }) > 1 {
            throw ValidationError("Give one of --best, --worst and --prompt.")
        }
        if let outcome, !TrajectoryFilter.outcomes.contains(outcome) {
            let known = TrajectoryFilter.outcomes.map { "'\($0)'" }.joined(separator: ", ")
            throw ValidationError("--outcome is one of \(known).")
        }
    }

    func run() async throws {
        let reader = try RunReader(RunDirectory.open(run))
        var filter = TrajectoryFilter()
        filter.split = split ?? .train
        filter.iteration = iteration
        filter.outcome = outcome
        if let prompt {
            filter.prompt = prompt
            filter.limit = 4096
        } else {
            filter.order = worst != nil ? .worst : .best
            filter.limit = worst ?? best ?? 3
        }
        let found = try reader.trajectories(filter)
        if found.isEmpty { try explain(filter, reader) }
        var lastPrompt: UInt32?
        for view in found {
            if lastPrompt != view.id.prompt {
                lastPrompt = view.id.prompt
                Self.show(prompt: view)
            }
            Self.show(view)
        }
    }

    /// Nothing matches, or there is nothing of what is asked for.
    private func explain(_ filter: TrajectoryFilter, _ reader: RunReader) throws {
        let known = try reader.iterations(of: filter.split)
        try KnownIterations.check(iteration, isAmong: known, of: run)
        if let prompt, outcome == nil, !known.isEmpty {
            throw Failure(.missing, "\(run) has sampled nothing of prompt \(prompt) in \(filter.split)")
        }
        print("no trajectories match")
    }

    private static func show(prompt view: TrajectoryView) {
        let origin = Format.printable("\(view.prompt.task)  \(view.prompt.user)  \(view.prompt.example)", isCell: true)
        print("━━ prompt \(view.id.prompt)  \(origin)")
        section("request", view.prompt.input)
        section("what the model read", view.prompt.text)
        section("reference", view.prompt.reference)
    }

    private static func show(_ view: TrajectoryView) {
        print(
            """
            ── sample \(view.id.sample) of iteration \(view.iteration)  reward \(Format.reward(view.reward))  \(view.outcome)  \
            \(view.tokens.count) tokens  \(view.node), attempt \(view.attempt)
            """)
        if !view.reasoning.isEmpty { section("reasoning", view.reasoning) }
        section("answer", view.answer ?? "(none: the text has no answer marker)")
    }

    private static func section(_ name: String, _ text: String) {
        print("  \(name)")
        for line in Format.printable(text).split(separator: "\n", omittingEmptySubsequences: false) {
            print("    │ \(line)")
        }
    }
}
