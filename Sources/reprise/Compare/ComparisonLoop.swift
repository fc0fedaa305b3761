import Configuration
import Foundation
import RolloutCore
import RunStore

/// Runs what is not finished of a comparison, one run after another, each on a local cluster of its own.
struct ComparisonLoop {
    let comparison: ComparisonDirectory
    let size: SizeOptions

    /// Returns when every run is finished or halted.
    ///
    /// - Returns: one sentence for each run that stands still and needs a person.
    /// - Throws: `Failure` when it was stopped, or processes die too often.
    func run() async throws -> [String] {
        let interrupts = Interrupts()
        defer { withExtendedLifetime(interrupts) {} }
        let runs = try comparison.entries.map(run)
        var clock = ComparisonClock()
        var halted: [String] = []
        for (index, entry) in comparison.entries.enumerated() {
            let directory = try RunDirectory.open(comparison.run(entry))
            if isFinished(directory) { continue }
            do {
                _ = try directory.lock()
                let configuration = try RunPreparations.configuration(of: directory)
                let began = ContinuousClock.now
                let heading = { [clock] in
                    let elapsed = began.duration(to: .now) / .seconds(1)
                    return [self.heading(index, clock.secondsLeft(Array(runs[index...]), elapsed: elapsed))]
                }
                let cluster = size.cluster(of: configuration, in: directory, trainingCache: comparison.trainings)
                let reader = try await RunLoop(
                    cluster: cluster, directory: directory, interrupts: interrupts, heading: heading
                ).run()
                clock.add(runs[index], seconds: began.duration(to: .now) / .seconds(1))
                note(entry, reader)
            } catch let failure as Failure where failure.status == .halted {
                halted.append("\(entry.folder): \(failure)")
                note("\(entry.folder) stands still: \(failure)")
            } catch let failure as Failure where failure.status == .drained {
                throw Failure(.drained, "stopped; go on with: reprise compare --resume \(comparison.path)")
            }
        }
        return halted
    }

    /// The coordinator writes the best policy last.
    private func isFinished(_ directory: RunDirectory) -> Bool {
        guard let reader = try? RunReader(directory), (try? reader.isFinished()) == true else { return false }
        return FileManager.default.fileExists(atPath: directory.checkpoints + "/best")
    }

    private func run(_ entry: ComparisonDirectory.Entry) throws -> ComparisonClock.Run {
        let configuration = try RunPreparations.configuration(of: RunDirectory.open(comparison.run(entry)))
        let iterations = configuration.run.mode.iterates ? configuration.run.iterations : 0
        return ComparisonClock.Run(system: entry.system, policies: 1 + iterations)
    }

    private func heading(_ index: Int, _ left: Double?) -> String {
        let entry = comparison.entries[index]
        let estimate = left.map { "  about \(Format.duration(.seconds($0))) left" } ?? ""
        return "run \(index + 1) of \(comparison.entries.count): \(entry.system), seed \(entry.seed)\(estimate)"
    }

    private func note(_ entry: ComparisonDirectory.Entry, _ reader: RunReader) {
        guard let summary = try? reader.summary(), let best = summary.bestPolicy else { return }
        let validation = summary.rewards.first { $0.iteration == best && $0.split == .validation }?.mean
        let test = summary.rewards.first { $0.iteration == best && $0.split == .test }?.mean
        note(
            """
            ✓ \(entry.system), seed \(entry.seed)  best policy \(best)  validation \(Format.reward(validation))  \
            test \(Format.reward(test))  \(Format.duration(.seconds(summary.elapsed)))
            """)
    }

    private func note(_ line: String) {
        try? FileHandle.standardError.write(contentsOf: Data((line + "\n").utf8))
    }
}
