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
        let began = ContinuousClock.now
        var halted: [String] = []
        var done = 0
        for (index, entry) in comparison.entries.enumerated() {
            let directory = try RunDirectory.open(comparison.run(entry))
            if isFinished(directory) { continue }
            do {
                _ = try directory.lock()
                let configuration = try RunPreparations.configuration(of: directory)
                let heading = heading(index, left(after: done, of: index, since: began))
                let cluster = size.cluster(of: configuration, in: directory, trainingCache: comparison.trainings)
                let reader = try await RunLoop(
                    cluster: cluster, directory: directory, interrupts: interrupts, heading: [heading]
                ).run()
                done += 1
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

    private func heading(_ index: Int, _ left: String) -> String {
        let entry = comparison.entries[index]
        return "run \(index + 1) of \(comparison.entries.count): \(entry.system), seed \(entry.seed)\(left)"
    }

    /// By the mean of what was run so far; modes take different times.
    private func left(after done: Int, of index: Int, since began: ContinuousClock.Instant) -> String {
        guard done > 0 else { return "" }
        let mean = began.duration(to: .now) / done
        return "  about \(Format.duration(mean * (comparison.entries.count - index))) left"
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
        FileHandle.standardError.write(Data((line + "\n").utf8))
    }
}
