import Digests
import Foundation
import JSONLines
import Testing

@testable import Personalization

@Suite struct SyntheticWorldTests {
    private let small = SyntheticWorld(seed: 1, size: SyntheticWorld.Size(train: 6, validation: 2, test: 3))

    /// Committed corpora are regenerated from their seed: a change here changes them.
    @Test func theSameSeedGivesTheSameBytes() {
        let bytes = SyntheticWorld.tasks.flatMap { SyntheticWorld.lines(small.rows($0, .train)) }
        #expect(Digest.of(bytes).short == "276cf85b29a9")
        let text = small.genericText(seed: 4, documents: 100).joined()
        #expect(Digest.of(text).short == "be0ea914b9ab")
    }

    @Test func writersAreNumberedAndInOneSplit() {
        let all = DataSplit.allCases.flatMap { split in small.examples(split).map(\.user) }
        #expect(all.count == 44 && Set(all).count == 44)
        #expect(all.allSatisfy { $0.hasPrefix("user-00") && $0.count == 9 })
        #expect(small.examples(.test).map(\.task) == SyntheticWorld.tasks.flatMap { [$0, $0, $0] })
    }

    @Test func moreTrainingWritersChangeNoOther() {
        var larger = small
        larger.size.train = 9
        let texts = { (world: SyntheticWorld, split: DataSplit) in world.examples(split).map(\.output) }
        #expect(texts(small, .test) == texts(larger, .test))
        #expect(texts(larger, .train).starts(with: texts(small, .train).prefix(6)))
        #expect(texts(SyntheticWorld(seed: 2, size: small.size), .test) != texts(small, .test))
    }

    @Test(arguments: [true, false]) func writtenFilesAreReadBack(compressed: Bool) throws {
        let directory = FileManager.default.temporaryDirectory.appending(path: "reprise-\(UUID().uuidString)").path()
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let names = try small.write(to: directory, compressed: compressed)
        #expect(names.count == 12)
        #expect(names.first == "product_review_train.jsonl" + (compressed ? ".gz" : ""))
        for split in DataSplit.allCases {
            let (examples, summary) = try DataSet(directory: directory).load(split, LoadOptions(keepsRows: true))
            #expect(examples == small.examples(split))
            #expect(summary.files.allSatisfy { $0.kept == $0.rows && $0.derivedIDs == 0 && $0.repeatedIDs == 0 })
        }
    }

    @Test func textsAreShortAndWellFormed() {
        let examples = SyntheticWorld(seed: 3).examples(.train)
        let lengths = examples.map { WordRule.words.words(of: $0.output).count }
        #expect((34...42).contains(lengths.reduce(0, +) / lengths.count))
        #expect(lengths.allSatisfy { (12...70).contains($0) })
        for example in examples {
            #expect((6...10).contains(example.profile.count))
            for text in [example.input, example.output] + example.profile.map(\.text) {
                #expect(!text.contains("{") && !text.contains("  "))
                // No "a apple": whatever follows the article begins with a consonant.
                let words = WordRule.words.words(of: text)
                for (article, next) in zip(words, words.dropFirst()) where article == "a" {
                    #expect(!"aeiou".contains(next.prefix(1)), "\(text)")
                }
            }
        }
    }

    @Test func phrasesOfAPoolDiffer() {
        for grammar in WorldGrammar.all {
            for pool in [grammar.openings, grammar.closings] {
                #expect(Set((0..<pool.count).map { pool[$0] }).count == pool.count)
            }
            #expect(grammar.aspects.count == 16 && grammar.pets.count == 16 && grammar.nouns.count == 24)
        }
    }
}
