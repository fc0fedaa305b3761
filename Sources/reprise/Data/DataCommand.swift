import ArgumentParser
import Foundation
import Personalization

/// `reprise data`: make and check data sets.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Make and check data sets in LongLaMP's schema.",
        subcommands: [Synthesize.self, Check.self])

    struct Synthesize: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a seeded corpus of invented, numbered users for the four tasks.",
            discussion: """
                Every user has habits, shown in most of their documents, that decide how they write. The same seed and sizes
                give the same bytes.

                Example:
                  reprise data synthesize --seed 1 -o corpus
                """)

        @Option(help: "Decides everything.") var seed: UInt64 = 1
        @Option(help: "Training rows of each task.") var train = 120
        @Option(help: "Validation rows of each task.") var validation = 20
        @Option(help: "Test rows of each task.") var test = 40
        @Flag(help: "Write .jsonl instead of .jsonl.gz.") var plain = false
        @Option(name: .shortAndLong, help: "Directory to write.") var output: String

        func run() async throws {
            let world = SyntheticWorld(
                seed: seed, size: SyntheticWorld.Size(train: train, validation: validation, test: test))
            for name in try world.write(to: output, compressed: !plain) { print("\(output)/\(name)") }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is in a data directory, or what is wrong with it and where.",
            discussion: """
                Example:
                  reprise data check corpus
                """)

        @Argument(help: "The data directory.") var directory: String

        func run() async throws {
            var found = false
            for split in DataSplit.allCases
            where WritingTask.allCases.contains(where: { DataSet(directory: directory).file(of: $0, split) != nil }) {
                found = true
                let (_, summary) = try DataSet(directory: directory).load(split, LoadOptions(emptyProfile: .allow))
                for line in summary.lines { print(line) }
            }
            if !found {
                throw Failure(
                    .missing, "\(directory): there are no files named <task>_<split>.jsonl or .jsonl.gz to check")
            }
        }
    }
}
