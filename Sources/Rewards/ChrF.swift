/// chrF2 against one reference (Popović, "chrF: character n-gram F-score for automatic MT evaluation", WMT 2015), as
/// sacrebleu's `sentence_chrf` computes it by default, from 0 to 1.
///
/// Characters without white space, with case; n-grams of one to six; recall counts twice as much as precision (β = 2). Precision
/// and recall are means over the lengths of which both texts have n-grams.
struct ChrF: Sendable {
    private static let order = 6
    private let grams: [[[Unicode.Scalar]: Int]]
    private let length: Int

    init(_ reference: String) {
        let characters = PythonText.withoutSpace(reference)
        length = characters.count
        grams = (1...Self.order).map { Self.count(characters, $0) }
    }

    /// Whether the reference has no character.
    var isEmpty: Bool { length == 0 }

    func score(of prediction: String) -> Double {
        let characters = PythonText.withoutSpace(prediction)
        var (precision, recall, lengths) = (0.0, 0.0, 0.0)
        for order in 1...Self.order {
            let (predicted, expected) = (characters.count - order + 1, length - order + 1)
            guard predicted > 0, expected > 0 else { continue }
            lengths += 1
            var matched = 0
            for (gram, count) in Self.count(characters, order) { matched += min(count, grams[order - 1][gram] ?? 0) }
            precision += Double(matched) / Double(predicted)
            recall += Double(matched) / Double(expected)
        }
        guard precision + recall > 0 else { return 0 }
        (precision, recall) = (precision / lengths, recall / lengths)
        return 5 * precision * recall / (4 * precision + recall)
    }

    private static func count(_ characters: [Unicode.Scalar], _ order: Int) -> [[Unicode.Scalar]: Int] {
        var grams: [[Unicode.Scalar]: Int] = [:]
        guard characters.count >= order else { return grams }
        for start in 0...(characters.count - order) { grams[Array(characters[start..<start + order]), default: 0] += 1 }
        return grams
    }
}
