import ArgumentParser
import Foundation
import Personalization
import RolloutCore

/// `reprise data`: make and check data sets.
struct DataCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Make and check data sets in LongLaMP's schema.",
        discussion: """
            A data set is a directory with a file for each task and split, one JSON object a line.

            Examples:
              reprise data synthesize --seed 1 -o corpus
              reprise data check corpus
            """,
        subcommands: [Synthesize.self, Check.self])

    struct Synthesize: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write a seeded corpus of invented, numbered users for the four tasks.",
            discussion: """
                Every user has habits, shown in most of their documents, that decide how they write. The same seed and sizes \
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

        func validate() throws {
            try OptionRange.check(0...1_000_000, ("train", train), ("validation", validation), ("test", test))
        }

        func run() async throws {
            let world = SyntheticWorld(
                seed: seed, size: SyntheticWorld.Size(train: train, validation: validation, test: test))
            for name in try world.write(to: output, compressed: !plain) { print("\(output)/\(name)") }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say what is in a data directory, and what is wrong with it, line by line.",
            discussion: """
                Looks at every line of every <task>_<split>.jsonl or .jsonl.gz. Rows that cannot be used are named by file, line and \
                field, and make the status 65; what is odd (empty profiles, repeated ids, rows of a test that were trained on) \
                is noted. cluster/python/longlamp.py makes such a directory from the public release of LongLaMP.

                Example:
                  reprise data check corpus
                """)

        @Argument(help: "The data directory.") var directory: String

        func run() async throws {
            let data = DataSet(directory: directory)
            let checks = try data.check()
            for line in checks.flatMap(\.lines) { print(line) }
            for name in data.ignoredFiles {
                print("note: \(name) is not read: files are called <task>_<train, val or test>.jsonl or .jsonl.gz")
            }
            if checks.isEmpty {
                throw Failure(
                    .missing, "\(directory): there are no files named <task>_<split>.jsonl or .jsonl.gz to check")
            }
            let problems = checks.reduce(0) { $0 + $1.problemCount }
            if problems > 0 { throw Failure(.data, "\(problems.counted("row")) cannot be used: mend or remove them") }
        }
    }
}
