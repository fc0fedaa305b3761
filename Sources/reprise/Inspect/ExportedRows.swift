import JSONLines
import RolloutCore
import RunStore

/// Trajectories as rows of the formats that other programs read.
struct ExportedRows {
    /// Between reasoning and answer; empty where the run's mode does not reason.
    let marker: String

    /// A trajectory with where it comes from.
    func row(_ view: TrajectoryView) -> JSONObject {
        [
            "prompt": .string(view.prompt.text), "completion": .string(completion(view)),
            "reward": view.reward.map { .number($0) } ?? .null, "task": .string(view.prompt.task),
            "user": .string(view.prompt.user), "example": .string(view.prompt.example),
            "sample": .integer(Int64(view.id.sample)), "iteration": .integer(Int64(view.iteration)),
            "outcome": .string(view.outcome),
        ]
    }

    /// Prompt and completion alone.
    func example(_ view: TrajectoryView) -> JSONObject {
        ["prompt": .string(view.prompt.text), "completion": .string(completion(view))]
    }

    /// Pairs of an iteration's kept and rejected trajectories, prompt by prompt.
    func pairs(of iteration: UInt32, in reader: RunReader, _ body: (JSONObject) throws -> Void) throws {
        let sealed = try reader.summary().sealed.first { $0.iteration == iteration }
        // An iteration keeps of the last E-step at or before it.
        guard let sealed, let drawn = try reader.iterations(of: .train).last(where: { $0 <= iteration }) else {
            throw Failure(.missing, "iteration \(iteration) has selected nothing yet")
        }
        let kept = Set(sealed.kept.map(\.id))
        var prompt: [TrajectoryView] = []
        try reader.export(iteration: drawn, onlyKept: false) { view in
            if let first = prompt.first, first.id.prompt != view.id.prompt {
                for pair in pairs(prompt, kept) { try body(pair) }
                prompt = []
            }
            prompt.append(view)
        }
        for pair in pairs(prompt, kept) { try body(pair) }
    }

    private func pairs(_ samples: [TrajectoryView], _ kept: Set<TrajectoryID>) -> [JSONObject] {
        let judged = samples.compactMap { view in
            view.reward.flatMap { reward in view.outcome == "duplicate" ? nil : (view: view, reward: reward) }
        }.sorted { ($0.reward, $1.view.id.sample) > ($1.reward, $0.view.id.sample) }
        let chosen = judged.filter { kept.contains($0.view.id) }
        let rejected = judged.reversed().filter { !kept.contains($0.view.id) }
        return zip(chosen, rejected).prefix { $0.reward > $1.reward }.map { chosen, rejected in
            [
                "prompt": .string(chosen.view.prompt.text), "chosen": .string(completion(chosen.view)),
                "rejected": .string(completion(rejected.view)), "score_chosen": .number(chosen.reward),
                "score_rejected": .number(rejected.reward),
            ]
        }
    }

    private func completion(_ view: TrajectoryView) -> String {
        guard !marker.isEmpty else { return view.answer ?? view.reasoning }
        return view.answer.map { "\(view.reasoning)\n\(marker)\n\($0)" } ?? view.reasoning
    }
}
