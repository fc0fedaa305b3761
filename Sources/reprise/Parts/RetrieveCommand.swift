import ArgumentParser
import Foundation
import JSONLines
import Personalization
import Synchronization

/// `reprise retrieve`: the documents of a profile that a prompt would show.
struct RetrieveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieve",
        abstract: "Rank the documents of each row's profile.",
        discussion: """
            Reads rows in LongLaMP's schema and adds "ranking": [{"index": 3, "score": 7.1}, …], best first, ties by index. The \
            query is the part of the input that the task searches with. Where k is above the profile's size, all of the \
            profile is ranked. Retrievers other than bm25 do not score: their scores are 0.

            Example:
              reprise retrieve --retriever bm25 --k 4 corpus/product_review_test.jsonl.gz
            """)

    @Option(help: ArgumentHelp("One of \(Retriever.names.joined(separator: ", ")).", valueName: "name"))
    var retriever = "bm25"
    @Option(help: "Documents to name.") var k = 4
    @Option(help: "Decides the draws of the retriever random.") var seed: UInt64 = 0
    @OptionGroup var rows: ProfileRows
    @OptionGroup var input: LineInput

    func validate() throws {
        if Retriever(named: retriever, seed: seed) == nil {
            throw ValidationError(
                "There is no retriever '\(retriever)'; there are \(Retriever.names.joined(separator: ", ")).")
        }
        if k < 1 { throw ValidationError("--k must be at least 1.") }
    }

    func run() async throws {
        guard let retriever = Retriever(named: retriever, seed: seed) else { return }
        let (rows, k) = (rows, k)
        let small = Mutex(0)
        try LineFilter(title: "retrieve").run(input) { line in
            let ranking = retriever.rank(try rows.example(line), k: k)
            if ranking.wasClamped { small.withLock { $0 += 1 } }
            let documents = ranking.documents.map { document -> JSON in
                ["index": .integer(Int64(document.index)), "score": .number(document.score)]
            }
            return line.adding(["ranking": .array(documents)])
        }
        let count = small.withLock { $0 }
        if count > 0 {
            let sentence = "\(count) \(count == 1 ? "profile has" : "profiles have") fewer than \(k) documents.\n"
            FileHandle.standardError.write(Data(sentence.utf8))
        }
    }
}
