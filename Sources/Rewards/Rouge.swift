/// ROUGE-1, ROUGE-2 and ROUGE-L against one reference (C.-Y. Lin, "ROUGE: A Package for Automatic Evaluation of Summaries",
/// 2004), number for number as Google's `rouge_score` computes them.
///
/// The tokenizer is `rouge_score`'s; with stemming, words of more than three letters are stemmed by NLTK's Porter. ROUGE-L
/// takes each text as one sequence; line breaks do not matter.
public struct Rouge: Sendable {
    /// Whether words are stemmed.
    public let isStemming: Bool
    private let pool: VocabularyPool

    /// A scorer; keep it, since it remembers stems.
    public init(isStemming: Bool = true) { self.init(isStemming: isStemming, pool: VocabularyPool()) }

    init(isStemming: Bool, pool: VocabularyPool) {
        self.isStemming = isStemming
        self.pool = pool
    }

    /// Precision, recall and their harmonic mean, each from 0 to 1.
    public struct Score: Sendable, Hashable {
        /// Share of the prediction that the reference has.
        public let precision: Double
        /// Share of the reference that the prediction has.
        public let recall: Double
        /// Harmonic mean of the two; 0 when both are.
        public let fMeasure: Double

        /// Both shares of what matched; with nothing to match, 0.
        init(matched: Int, predicted: Int, expected: Int) {
            let precision = Double(matched) / Double(max(predicted, 1))
            let recall = Double(matched) / Double(max(expected, 1))
            self.precision = precision
            self.recall = recall
            fMeasure = precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        }
    }

    /// A reference ready to be compared with many predictions.
    public struct Prepared: Sendable {
        private let vocabulary: Vocabulary
        private let isStemming: Bool
        private let words: Multiset
        private let pairs: Multiset
        private let sequence: [Int32]

        init(_ reference: String, isStemming: Bool, vocabulary: Vocabulary) {
            self.vocabulary = vocabulary
            self.isStemming = isStemming
            let tokens = vocabulary.rougeTokens(reference, stemming: isStemming).map(Int.init)
            let words = Multiset(tokens)
            let sequence = tokens.map { Int32(words.index(of: $0)) }
            self.words = words
            self.sequence = sequence
            pairs = Multiset(zip(sequence, sequence.dropFirst()).map(Self.pair))
        }

        /// Whether the reference has no token: every score is then 0.
        public var isEmpty: Bool { sequence.isEmpty }

        /// A prediction's tokens as indices into this reference's distinct words, -1 for other words.
        struct Prediction {
            let sequence: [Int32]
        }

        func read(_ prediction: String) -> Prediction {
            let tokens = vocabulary.rougeTokens(prediction, stemming: isStemming)
            return Prediction(sequence: tokens.map { Int32(words.index(of: Int($0))) })
        }

        func rouge1(_ prediction: Prediction) -> Score {
            let matched = words.overlap(prediction.sequence.lazy.map(Int.init))
            return Score(matched: matched, predicted: prediction.sequence.count, expected: words.total)
        }

        func rouge2(_ prediction: Prediction) -> Score {
            let sequence = prediction.sequence
            let found = zip(sequence, sequence.dropFirst()).lazy.map { first, second in
                first < 0 || second < 0 ? -1 : pairs.index(of: Self.pair(first, second))
            }
            return Score(matched: pairs.overlap(found), predicted: max(0, sequence.count - 1), expected: pairs.total)
        }

        func rougeL(_ prediction: Prediction) -> Score {
            let matched = LongestCommonSubsequence.length(
                reference: sequence, prediction: prediction.sequence, distinct: words.counts.count)
            return Score(matched: matched, predicted: prediction.sequence.count, expected: sequence.count)
        }

        /// All three scores of a prediction.
        public func scores(of prediction: String) -> Scores {
            let prediction = read(prediction)
            return Scores(rouge1: rouge1(prediction), rouge2: rouge2(prediction), rougeL: rougeL(prediction))
        }

        private static func pair(_ first: Int32, _ second: Int32) -> Int { Int(first) << 32 | Int(second) }
    }

    /// The three scores.
    public struct Scores: Sendable, Hashable {
        /// Words.
        public let rouge1: Score
        /// Pairs of neighbouring words.
        public let rouge2: Score
        /// Longest common subsequence of words.
        public let rougeL: Score
    }

    /// Takes in a reference once for many predictions.
    public func prepare(_ reference: String) -> Prepared {
        Prepared(reference, isStemming: isStemming, vocabulary: pool.vocabulary())
    }

    /// All three scores of one prediction against one reference.
    public func scores(prediction: String, reference: String) -> Scores { prepare(reference).scores(of: prediction) }
}
