import ArgumentParser
import Foundation
import JSONLines
import RolloutCore
import RunStore

/// `reprise export`: trajectories as JSON Lines.
struct ExportCommand: AsyncParsableCommand {
    /// What a line is.
    enum Form: String, ExpressibleByArgument, CaseIterable {
        case kept
        case sft
        case dpo
        case trajectories
    }

    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write trajectories as JSON Lines, for other trainers and for analysis.",
        discussion: """
            kept: the training set of an M-step, prompt, completion, reward and where they come from.

            sft: its prompts and completions alone, as TRL's SFTTrainer and axolotl read them.

            dpo: pairs of one prompt, as prompt, chosen, rejected, score_chosen and score_rejected. The best trajectory that was \
            kept with the worst that was not, the second best with the second worst, and so on, as long as the first has the \
            higher reward. Duplicates and trajectories without a reward are in no pair.

            trajectories: everything that was sampled, with what became of it, of every iteration unless one is named, or of \
            an evaluation with --split.

            Of the last iteration unless said.

            Examples:
              reprise export runs/demo --iteration 3 > kept.jsonl
              reprise export runs/demo --format dpo > pairs.jsonl
              reprise export runs/demo --format trajectories --split test > outputs.jsonl
            """)

    @Argument(help: "The run's directory.") var run: String
    @Option(help: "kept, sft, dpo or trajectories.") var format = Form.kept
    @Option(help: "Of this iteration; the last one unless said.") var iteration: UInt32?
    @Option(help: "With trajectories: whose rows; train unless said.") var split: Split?
    @Flag(help: "With kept: all trajectories of the iteration.") var all = false

    func validate() throws {
        if all, format != .kept { throw ValidationError("--all goes with --format kept alone.") }
        if let split, split != .train, format != .trajectories {
            throw ValidationError("Only --format trajectories has a --split: nothing is kept of an evaluation.")
        }
    }

    func run() async throws {
        let reader = try RunReader(RunDirectory.open(run))
        var output = LineOutput()
        // What stops the database's reader it would call a failure of its own.
        var failure: (any Error)?
        do {
            try export(reader) { row in
                do {
                    try output.write(row)
                } catch {
                    failure = error
                    throw error
                }
            }
        } catch {
            throw failure ?? error
        }
        try output.flush()
    }

    private func export(_ reader: RunReader, _ write: (JSONObject) throws -> Void) throws {
        let rows = ExportedRows(marker: try RunMarker.marker(yaml: try reader.info().configuration))
        if format == .trajectories {
            let split = split ?? .train
            let sampled = try reader.iterations(of: split)
            try KnownIterations.check(iteration, isAmong: sampled, of: run)
            for drawn in sampled where iteration == nil || drawn == iteration {
                try reader.export(iteration: drawn, split: split, onlyKept: false) { try write(rows.row($0)) }
            }
            return
        }
        let sealed = try reader.summary().sealed.map(\.iteration)
        let sampled = try reader.iterations(of: .train)
        guard let last = sealed.last ?? sampled.last else { throw Failure(.missing, "\(run) has no E-step yet") }
        try KnownIterations.check(iteration, isAmong: all ? sampled : Set(sealed + sampled).sorted(), of: run)
        let iteration = iteration ?? last
        switch format {
        case .kept: try reader.export(iteration: iteration, onlyKept: !all) { try write(rows.row($0)) }
        case .sft: try reader.export(iteration: iteration, onlyKept: true) { try write(rows.example($0)) }
        case .dpo: try rows.pairs(of: iteration, in: reader, write)
        case .trajectories: break
        }
    }
}
