import ArgumentParser
import JSONLines
import Personalization

/// `reprise rationale`: what a profile says about how its author writes.
struct RationaleCommand: AsyncParsableCommand {
    /// Where rationales come from.
    enum Source: String, ExpressibleByArgument, CaseIterable {
        /// A deterministic reading of the whole profile.
        case profile
    }

    static let configuration = CommandConfiguration(
        commandName: "rationale",
        abstract: "Sum up the style that each row's profile shows.",
        discussion: """
            Reads rows in LongLaMP's schema and adds "rationale": bullets about openings, closings, phrases, words, length, \
            punctuation and ratings. The row's output is never looked at. A run reads the documents that the prompt shows; this \
            command reads the whole profile.

            Example:
              reprise rationale --source profile corpus/product_review_test.jsonl.gz
            """)

    @Option(help: "What the rationale is read from.") var source = Source.profile
    @OptionGroup var rows: ProfileRows
    @OptionGroup var input: LineInput

    func run() async throws {
        let (rows, reader) = (rows, ProfileRationale())
        try LineFilter(title: "rationale").run(input) { line in
            line.adding(["rationale": .string(reader.rationale(for: try rows.example(line).profile))])
        }
    }
}
