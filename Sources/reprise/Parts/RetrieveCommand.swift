public import ArgumentParser
import Encoder
import Files
import Foundation
import JSONLines
public import Personalization
import Synchronization

extension Retriever.Kind: ExpressibleByArgument {}
extension DenseRetriever.Similarity: ExpressibleByArgument {}

/// `reprise retrieve`: the documents of a profile that a prompt would show.
struct RetrieveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retrieve",
        abstract: "Rank the documents of each row's profile.",
        discussion: """
            Reads rows in LongLaMP's schema and adds "ranking": [{"index": 3, "score": 7.1}, …], best first, ties by index. The \
            query is the part of the input that the task searches with. Where k is above the profile's size, all of the \
            profile is ranked. bm25 and dense score; the scores of the other retrievers are 0.

            dense wants an encoder of the BERT type in the Hugging Face layout, Contriever (--similarity dot) or a MiniLM \
            sentence encoder (--similarity cosine) for example. With --cache its vectors stay for the next call.

            Examples:
              reprise retrieve --retriever bm25 --k 4 corpus/product_review_test.jsonl.gz
              reprise retrieve --retriever dense --model contriever \\
                --k 4 corpus/product_review_test.jsonl.gz
            """)

    @Option(help: "How documents are chosen.") var retriever = Retriever.Kind.bm25
    @Option(help: "Documents to name.") var k = 4
    @Option(help: "Decides the draws of the retriever random.") var seed: UInt64?
    @Option(help: "bm25: how fast repeats of a word saturate; 1.5 unless said.") var k1: Double?
    @Option(help: "bm25: how much long documents are held back, from 0 to 1; 0.75 unless said.") var b: Double?
    @Option(help: "bm25: share of the mean idf that too frequent words get; 0.25 unless said.") var epsilon: Double?
    @Option(help: ArgumentHelp("dense: the encoder.", valueName: "directory")) var model: String?
    @Option(help: "dense: how vectors are compared; dot unless said.") var similarity: DenseRetriever.Similarity?
    @Option(help: "dense: longest text in the encoder's tokens; what the encoder says unless said.") var maxTokens: Int?
    @Option(help: ArgumentHelp("dense: where vectors stay.", valueName: "directory")) var cache: String?
    @Option(help: "Threads; the ranking never depends on them.") var threads = 1
    @OptionGroup var rows: ProfileRows
    @OptionGroup var input: LineInput

    func validate() throws {
        try OptionRange.check(1...1_000_000, ("k", k), ("max-tokens", maxTokens))
        try OptionRange.check(OptionRange.threads, ("threads", threads))
        if let k1, !(0...100).contains(k1) { throw ValidationError("--k1 must be from 0 to 100.") }
        if let b, !(0...1).contains(b) { throw ValidationError("--b must be from 0 to 1.") }
        if let epsilon, !(0...10).contains(epsilon) { throw ValidationError("--epsilon must be from 0 to 10.") }
        let owners: [(option: String, isGiven: Bool, retriever: Retriever.Kind)] = [
            ("--seed", seed != nil, .random), ("--k1", k1 != nil, .bm25), ("--b", b != nil, .bm25),
            ("--epsilon", epsilon != nil, .bm25), ("--model", model != nil, .dense),
            ("--similarity", similarity != nil, .dense), ("--max-tokens", maxTokens != nil, .dense),
            ("--cache", cache != nil, .dense),
        ]
        for owner in owners where owner.isGiven && owner.retriever != retriever {
            throw ValidationError("\(owner.option) does nothing with --retriever \(retriever.rawValue): leave it out.")
        }
        if retriever == .dense, model == nil {
            throw ValidationError("--retriever dense needs an encoder: give --model and its directory.")
        }
    }

    func run() async throws {
        let (rows, k) = (rows, k)
        let retriever = try makeRetriever()
        // A dense share takes seconds: small ones keep the progress moving.
        let filter = LineFilter(title: "retrieve", threads: threads, linesPerShare: self.retriever == .dense ? 8 : 64)
        let small = Mutex(0)
        try filter.run(try input.open()) { lines in
            let examples = lines.map { line in Result { try rows.example(line) } }
            let rankings: [Retriever.Ranking]
            do {
                rankings = try retriever.rank(examples.compactMap { try? $0.get() }, k: k)
            } catch {
                return lines.map { _ in .failure(error) }
            }
            var next = rankings.makeIterator()
            return zip(lines, examples).map { line, example in
                example.map { _ in
                    let ranking = next.next()
                    if ranking?.wasClamped == true { small.withLock { $0 += 1 } }
                    let documents = (ranking?.documents ?? []).map { document -> JSON in
                        ["index": .integer(Int64(document.index)), "score": .number(document.score)]
                    }
                    return line.adding(["ranking": .array(documents)])
                }
            }
        }
        let count = small.withLock { $0 }
        if count > 0 {
            let sentence = "\(count) \(count == 1 ? "profile has" : "profiles have") fewer than \(k) documents.\n"
            try? FileHandle.standardError.write(contentsOf: Data(sentence.utf8))
        }
    }

    private func makeRetriever() throws -> Retriever {
        switch retriever {
        case .none: return .none
        case .first: return .first
        case .recent: return .recent
        case .random: return .random(seed: seed ?? 0)
        case .bm25:
            let usual = BM25.Parameters()
            return .bm25(
                BM25.Parameters(k1: k1 ?? usual.k1, b: b ?? usual.b, epsilon: epsilon ?? usual.epsilon))
        case .dense:
            let model = model ?? ""
            guard Directories.exists(model) else { throw Failure(.missing, "There is no model directory \(model).") }
            let encoder = try TextEncoder.load(directory: model, maxTokens: maxTokens)
            return .dense(
                DenseRetriever(try EmbeddingCache(encoder, directory: cache), similarity: similarity ?? .dot))
        }
    }
}
