/// METEOR with its exact and stem stages, and the synonym stage where there is a WordNet (Lavie and Agarwal, "METEOR: An
/// Automatic Metric for MT Evaluation with High Levels of Correlation with Human Judgments", 2007), as NLTK computes it.
///
/// Words are what white space separates, in lower case. α = 0.9, β = 3, γ = 0.5. NLTK hands the synonym stage the stems that
/// the stem stage has left over, not the words, and so do we.
public struct Meteor: Sendable {
    private let pool = VocabularyPool()
    private let wordNet: WordNet?

    /// A scorer; keep it, since it remembers stems.
    public init(wordNet: WordNet? = nil) { self.wordNet = wordNet }

    /// A reference ready to be compared with many predictions.
    public struct Prepared: Sendable {
        private let vocabulary: Vocabulary
        private let words: [Int32]
        private let stems: [Int32]
        private let wordNet: WordNet?

        init(_ reference: [String], wordNet: WordNet?, vocabulary: Vocabulary) {
            self.vocabulary = vocabulary
            self.wordNet = wordNet
            (words, stems) = vocabulary.numbers(of: reference)
        }

        /// Whether the reference has no word: every score is then 0.
        public var isEmpty: Bool { words.isEmpty }

        /// The score of a prediction, from 0 to 1.
        public func score(of prediction: String) -> Double { score(ofWords: MeteorTokenizer.words(prediction)) }

        func score(ofWords prediction: [String]) -> Double {
            let (predicted, predictedStems) = vocabulary.numbers(of: prediction)
            var alignment = MeteorAlignment(predicted: predicted.count, expected: words.count)
            alignment.match(predicted, words)
            alignment.match(predictedStems, stems)
            if let wordNet {
                alignment.match(vocabulary.texts(predictedStems), vocabulary.texts(stems), synonyms: wordNet.synonyms)
            }
            guard alignment.matched > 0 else { return 0 }
            let matched = Double(alignment.matched)
            let precision = matched / Double(predicted.count)
            let recall = matched / Double(words.count)
            let alpha = 0.9
            let mean = precision * recall / (alpha * precision + (1 - alpha) * recall)
            let fragmentation = Double(alignment.chunks) / matched
            let penalty = 0.5 * (fragmentation * fragmentation * fragmentation)
            return (1 - penalty) * mean
        }
    }

    /// Takes in a reference once for many predictions.
    public func prepare(_ reference: String) -> Prepared {
        Prepared(MeteorTokenizer.words(reference), wordNet: wordNet, vocabulary: pool.vocabulary())
    }

    /// The score of one prediction against one reference, from 0 to 1.
    public func score(prediction: String, reference: String) -> Double { prepare(reference).score(of: prediction) }
}

/// Which word of the prediction stands for which of the reference.
///
/// NLTK's greedy rule: the prediction is read from its end, and each word takes the last free place of the same word.
struct MeteorAlignment {
    /// For each predicted word, its place in the reference, or -1.
    private(set) var places: [Int]
    private var isTaken: [Bool]

    init(predicted: Int, expected: Int) {
        places = [Int](repeating: -1, count: predicted)
        isTaken = [Bool](repeating: false, count: expected)
    }

    /// One stage: matches what is still free by equal numbers.
    mutating func match(_ predicted: [Int32], _ expected: [Int32]) {
        var last: [Int32: Int] = [:]
        var before = [Int](repeating: -1, count: expected.count)
        for (place, number) in expected.enumerated() where !isTaken[place] {
            before[place] = last.updateValue(place, forKey: number) ?? -1
        }
        for position in predicted.indices.reversed() where places[position] < 0 {
            guard let place = last[predicted[position]], place >= 0 else { continue }
            last[predicted[position]] = before[place]
            places[position] = place
            isTaken[place] = true
        }
    }

    /// The last stage: matches what is still free where the reference's word is a synonym, the last such place first.
    mutating func match(_ predicted: [String], _ expected: [String], synonyms: (String) -> Set<String>) {
        var free: [String: [Int]] = [:]
        for (place, word) in expected.enumerated() where !isTaken[place] { free[word, default: []].append(place) }
        guard !free.isEmpty else { return }
        for position in predicted.indices.reversed() where places[position] < 0 {
            let words = synonyms(predicted[position]).union([predicted[position]])
            guard let place = words.compactMap({ free[$0]?.last }).max() else { continue }
            free[expected[place]]?.removeLast()
            places[position] = place
            isTaken[place] = true
        }
    }

    /// How many words are matched.
    var matched: Int { places.count { $0 >= 0 } }

    /// How many runs of words that are neighbours, in order, on both sides.
    var chunks: Int {
        var chunks = 0
        var previous = -2
        for place in places {
            if place >= 0, previous < 0 || place != previous + 1 { chunks += 1 }
            previous = place >= 0 ? place : -2
        }
        return chunks
    }
}
