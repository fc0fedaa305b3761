import Foundation

/// How different the samples of one prompt are from one another.
///
/// `distinct-n` (Li et al., 2016): different n-grams over all n-grams, 1 when none recurs. Self-BLEU (Zhu et al., 2018,
/// "Texygen"): mean BLEU-4 of each sample against the others, 1 when all are the same; words are what white space
/// separates, precisions without a match count 0.1 matches, as nltk's `SmoothingFunction().method1`. An E-step with a
/// high self-BLEU explores little, whatever its temperature.
public struct Diversity: Sendable, Equatable {
    /// Texts compared.
    public let count: Int
    /// Different texts.
    public let distinctTexts: Int
    /// distinct-1 … distinct-4; nil where no text has so many words.
    public let distinct: [Double?]
    /// Nil for fewer than two texts.
    public let selfBLEU: Double?

    /// The longest n-grams looked at.
    private static let longest = 4

    /// Of the texts of one prompt.
    public init(_ texts: [String]) {
        count = texts.count
        distinctTexts = Set(texts).count
        let words = Words(texts).texts
        var matcher = SelfMatches(lengths: words.map(\.count))
        var grams = words
        var numbers = GramNumbers()
        var distinct: [Double?] = []
        for n in 1...Self.longest {
            var kinds = Set(grams.joined()).count
            if n > 1 {
                grams = numbers.longer(grams, words: words, n: n)
                kinds = numbers.distinct
            }
            let total = grams.reduce(0) { $0 + $1.count }
            distinct.append(total > 0 ? Double(kinds) / Double(total) : nil)
            matcher.add(grams, kinds: kinds)
        }
        self.distinct = distinct
        selfBLEU = texts.count > 1 ? matcher.mean : nil
    }
}

/// BLEU of every text against all others, n by n, in time linear in the words: a text's clipped matches need only the
/// two highest counts of each n-gram, its own left out.
private struct SelfMatches {
    private let lengths: [Int]
    private var logPrecisions: [Double]
    private var orders = 0
    /// Texts without a common word have BLEU 0, as in nltk.
    private var isHopeless: [Bool]

    init(lengths: [Int]) {
        self.lengths = lengths
        logPrecisions = [Double](repeating: 0, count: lengths.count)
        isHopeless = [Bool](repeating: false, count: lengths.count)
    }

    mutating func add(_ grams: [[UInt32]], kinds: Int) {
        orders += 1
        let counts = grams.map { grams in
            var counts: [UInt32: Int] = [:]
            for gram in grams { counts[gram, default: 0] += 1 }
            return counts
        }
        var highest = [(count: Int, text: Int, next: Int)](repeating: (0, -1, 0), count: kinds)
        for (text, counts) in counts.enumerated() {
            for (gram, count) in counts {
                let best = highest[Int(gram)]
                if count > best.count {
                    highest[Int(gram)] = (count, text, best.count)
                } else if count > best.next {
                    highest[Int(gram)].next = count
                }
            }
        }
        for (text, counts) in counts.enumerated() {
            var matches = 0
            for (gram, count) in counts {
                let best = highest[Int(gram)]
                matches += min(count, best.text == text ? best.next : best.count)
            }
            if orders == 1, matches == 0 { isHopeless[text] = true }
            let total = max(1, grams[text].count)
            logPrecisions[text] += log((matches > 0 ? Double(matches) : 0.1) / Double(total))
        }
    }

    var mean: Double {
        let scores = lengths.indices.map { text in
            isHopeless[text] ? 0 : brevityPenalty(text) * exp(logPrecisions[text] / Double(orders))
        }
        return scores.reduce(0, +) / Double(scores.count)
    }

    /// Against the other text whose length is closest, the shorter one of two.
    private func brevityPenalty(_ text: Int) -> Double {
        let length = lengths[text]
        let others = lengths.indices.filter { $0 != text }.map { lengths[$0] }
        let closest = others.min { (abs($0 - length), $0) < (abs($1 - length), $1) } ?? length
        if length > closest { return 1 }
        return length == 0 ? 0 : exp(1 - Double(closest) / Double(length))
    }
}
