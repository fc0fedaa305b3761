import Foundation
import Rewards
import Testing

@Suite struct RougeTests {
    private func scores(_ prediction: String, _ reference: String, isStemming: Bool = false) -> Rouge.Scores {
        Rouge(isStemming: isStemming).scores(prediction: prediction, reference: reference)
    }

    @Test func knownScores() {
        let one = scores("testing", "testing one two").rouge1
        #expect((one.precision, one.recall, one.fMeasure) == (1, 1.0 / 3, 0.5))
        let two = scores("testing one", "testing one two").rouge2
        #expect((two.precision, two.recall, two.fMeasure) == (1, 0.5, 2.0 / 3))
        let longest = scores("testing two", "testing one two").rougeL
        #expect((longest.precision, longest.recall) == (1, 2.0 / 3))
        #expect(abs(longest.fMeasure - 0.8) < 1e-15)
    }

    @Test(arguments: [("", "a b"), ("a b", ""), ("", ""), ("/", "a"), ("中文", "中文")]) func nothingScoresZero(
        prediction: String, reference: String
    ) {
        let all = scores(prediction, reference)
        for score in [all.rouge1, all.rouge2, all.rougeL] {
            #expect((score.precision, score.recall, score.fMeasure) == (0, 0, 0))
        }
    }

    @Test func repeatedWordsCountAsOftenAsInBoth() {
        #expect(scores("a a a b", "a a c").rouge1.precision == 0.5)
        #expect(scores("a a a a", "a a a").rouge2.precision == 2.0 / 3)
    }

    @Test func stemsOnlyLongWords() {
        #expect(scores("running", "runs", isStemming: true).rouge1.fMeasure == 1)
        #expect(scores("running", "runs").rouge1.fMeasure == 0)
        #expect(scores("ants", "ant", isStemming: true).rouge1.fMeasure == 1)
        // "dog" from "dogs", but "ads" has three letters and stays.
        #expect(scores("ads", "ad", isStemming: true).rouge1.fMeasure == 0)
    }

    /// What is not a–z or 0–9 separates, after Unicode's lower case: K is the Kelvin sign, İ has a dot.
    @Test(arguments: [
        ("It's A-B_c", "it s a b c"), ("na\u{EF}ve", "na ve"), ("\u{212A}elvin 5\u{212A}", "kelvin 5k"),
        ("\u{130}x \u{130}", "i x i"), ("a\u{B0}b", "a b"), ("\u{2014}a\u{201C}b", "a b"), ("x\u{2126}", "x"),
    ])
    func tokens(text: String, spaced: String) {
        let all = scores(text, spaced)
        #expect(all.rougeL.fMeasure == 1, "\(all)")
    }

    /// Against the table of the dynamic programme, with lengths around the 64 words of a block.
    @Test func longestCommonSubsequenceOfRandomTexts() {
        var state: UInt64 = 7
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % bound
        }
        for length in [1, 2, 63, 64, 65, 127, 128, 129, 200, 321] {
            for distinct in [1, 2, 5, 50, 1000] {
                let reference = (0..<length).map { _ in random(distinct) }
                let prediction = (0..<1 + random(2 * length)).map { _ in random(distinct + 3) }
                var row = [Int](repeating: 0, count: reference.count + 1)
                for word in prediction {
                    var diagonal = 0
                    for (index, other) in reference.enumerated() {
                        let longer = word == other ? diagonal + 1 : max(row[index], row[index + 1])
                        diagonal = row[index + 1]
                        row[index + 1] = longer
                    }
                }
                let text = { (words: [Int]) in words.map { "w\($0)" }.joined(separator: " ") }
                let recall = scores(text(prediction), text(reference)).rougeL.recall
                #expect(
                    recall == Double(row[reference.count]) / Double(reference.count),
                    "\(length) words, \(distinct) kinds")
            }
        }
    }

    @Test func aPreparedReferenceGivesTheSameScores() {
        let rouge = Rouge()
        let reference = "The cats sat on the mats, and the dogs were running."
        let prepared = rouge.prepare(reference)
        for prediction in ["a cat was sitting on a mat", "", reference, "dogs run; cats sit"] {
            #expect(prepared.scores(of: prediction) == rouge.scores(prediction: prediction, reference: reference))
            #expect(prepared.scores(of: prediction) == Rouge().scores(prediction: prediction, reference: reference))
        }
    }

    struct Vectors: Decodable {
        struct Case: Decodable {
            struct Score: Decodable {
                var precision: Double
                var recall: Double
                var fmeasure: Double
            }
            var target: String
            var prediction: String
            var isStemming: Bool
            var expected: [String: Score]

            enum CodingKeys: String, CodingKey {
                case target, prediction, expected
                case isStemming = "use_stemmer"
            }
        }
        var cases: [Case]
    }

    /// Scores of ROUGE-1.5.5 (to five decimals, where it rounds) and of `rouge_score`'s own tests.
    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func agreesWithTheReference() throws {
        let data = try Data(contentsOf: URL(filePath: Shared.path("vectors/metrics/rouge_score_google.json")))
        var compared = 0
        for example in try JSONDecoder().decode(Vectors.self, from: data).cases {
            let all = scores(example.prediction, example.target, isStemming: example.isStemming)
            for (score, expected) in [
                (all.rouge1, example.expected["rouge1"]), (all.rouge2, example.expected["rouge2"]),
                (all.rougeL, example.expected["rougeL"]),
            ] {
                guard let expected else { continue }
                compared += 1
                for (value, wanted) in [
                    (score.precision, expected.precision), (score.recall, expected.recall),
                    (score.fMeasure, expected.fmeasure),
                ] {
                    let isRounded = (wanted * 1e5).rounded() / 1e5 == wanted
                    #expect(abs(value - wanted) <= (isRounded ? 5.000001e-6 : 1e-12), "\(example.prediction)")
                }
            }
        }
        #expect(compared == 17)
    }
}
