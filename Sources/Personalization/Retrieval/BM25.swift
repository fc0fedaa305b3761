import Numerics

/// Okapi BM25 over a small set of documents.
///
/// Robertson and Walker's weighting in the variant of the `rank_bm25` package (`BM25Okapi`), which LaMP and LongLaMP use:
/// idf(w) = ln(N − n + ½) − ln(n + ½), and a negative idf (a word in more than half of the documents) is replaced by ε
/// times the mean idf. score(d) = Σ over query words, repeats counted, idf · f·(k₁+1) / (f + k₁·(1 − b + b·|d|/mean|d|)).
/// The logarithm is the project's own, so that a ranking has the same bits on every machine.
public struct BM25: Sendable {
    /// The three constants.
    public struct Parameters: Sendable, Equatable {
        /// How fast repeats of a word saturate.
        public var k1: Double
        /// How much long documents are held back, from 0 to 1.
        public var b: Double
        /// The share of the mean idf that too frequent words get.
        public var epsilon: Double
        /// rank_bm25's defaults: 1.5, 0.75, 0.25.
        public init(k1: Double = 1.5, b: Double = 0.75, epsilon: Double = 0.25) {
            self.k1 = k1
            self.b = b
            self.epsilon = epsilon
        }
    }

    private let parameters: Parameters
    /// Word → its number, in order of first appearance.
    private let numbers: [String: Int]
    /// By word number.
    private let idf: [Double]
    /// By document: word number → occurrences.
    private let frequencies: [[Int: Int]]
    private let lengths: [Int]
    private let meanLength: Double

    /// Indexes documents that are already cut into words.
    public init(documents: [[String]], parameters: Parameters = Parameters()) {
        var numbers: [String: Int] = [:]
        var documentCounts: [Int] = []
        var frequencies: [[Int: Int]] = []
        for document in documents {
            var counts: [Int: Int] = [:]
            for word in document {
                let number = numbers[word] ?? numbers.count
                if number == numbers.count {
                    numbers[word] = number
                    documentCounts.append(0)
                }
                let before = counts[number, default: 0]
                if before == 0 { documentCounts[number] += 1 }
                counts[number] = before + 1
            }
            frequencies.append(counts)
        }
        self.parameters = parameters
        self.numbers = numbers
        self.frequencies = frequencies
        lengths = documents.map(\.count)
        meanLength = Double(lengths.reduce(0, +)) / Double(max(1, documents.count))
        idf = Self.idf(documentCounts, total: documents.count, epsilon: parameters.epsilon)
    }

    /// idf by word number. The sum runs in order of first appearance, as in rank_bm25.
    private static func idf(_ documentCounts: [Int], total: Int, epsilon: Double) -> [Double] {
        let raw = documentCounts.map { count in
            Elementary.log(Double(total - count) + 0.5) - Elementary.log(Double(count) + 0.5)
        }
        let floor = epsilon * (raw.reduce(0, +) / Double(max(1, raw.count)))
        return raw.map { $0 < 0 ? floor : $0 }
    }

    /// One score a document, in the documents' order. Query words that no document has count nothing.
    public func scores(query: [String]) -> [Double] {
        let (k1, b) = (parameters.k1, parameters.b)
        let known = query.compactMap { numbers[$0] }
        return frequencies.indices.map { document in
            let length = k1 * (1 - b + b * Double(lengths[document]) / meanLength)
            return known.reduce(0) { score, word in
                guard let count = frequencies[document][word] else { return score }
                let frequency = Double(count)
                return score + idf[word] * (frequency * (k1 + 1) / (frequency + length))
            }
        }
    }
}
