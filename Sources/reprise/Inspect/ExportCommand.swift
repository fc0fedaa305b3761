import ArgumentParser
import Foundation
import JSONLines
import RolloutCore
import RunStore

/// `reprise export`: trajectories as JSON Lines.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write trajectories as JSON Lines of prompt, completion and reward.",
        discussion: """
            The kept trajectories of the last iteration unless said: the training set of its M-step, as supervised
            fine-tuning tools read it.

            Example:
              reprise export runs/demo --iteration 3 > kept.jsonl
            """)

    @Argument(help: "The run's directory.") var run: String
    @Option(help: "Of this iteration; the last one unless said.") var iteration: UInt32?
    @Flag(help: "All trajectories, not only those kept.") var all = false

    func run() async throws {
        let reader = try RunReader(RunDirectory.open(run))
        guard let iteration = try iteration ?? reader.iterations(of: .train).last else {
            throw Failure(.missing, "\(run) has no E-step yet")
        }
        let marker = try Self.marker(reader)
        try reader.export(iteration: iteration, split: .train, onlyKept: !all) { view in
            var object = JSONObject()
            object["prompt"] = .string(view.prompt.text)
            object["completion"] = .string(Self.completion(view, marker))
            object["reward"] = view.reward.map { .number($0) } ?? .null
            object["task"] = .string(view.prompt.task)
            object["user"] = .string(view.prompt.user)
            object["example"] = .string(view.prompt.example)
            object["sample"] = .integer(Int64(view.id.sample))
            object["iteration"] = .integer(Int64(view.iteration))
            object["outcome"] = .string(view.outcome)
            FileHandle.standardOutput.write(Data((JSON.object(object).serialized() + "\n").utf8))
        }
    }

    private static func marker(_ reader: RunReader) throws -> String {
        let result = try reader.query("select configuration from run")
        guard case .text(let yaml)? = result.rows.first?.first else { return "" }
        return try RunMarker.marker(yaml: yaml)
    }

    private static func completion(_ view: TrajectoryView, _ marker: String) -> String {
        guard !marker.isEmpty else { return view.answer ?? view.reasoning }
        return view.answer.map { "\(view.reasoning)\n\(marker)\n\($0)" } ?? view.reasoning
    }
}
