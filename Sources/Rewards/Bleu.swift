import Numerics

/// Sentence BLEU against one reference (Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine
/// Translation", ACL 2002), as sacrebleu's `sentence_bleu` computes it by default, from 0 to 1.
///
/// Words are those of mteval-v13a, with case. n-grams up to four; a length of which the prediction has no n-gram ends the
/// mean (effective order), and the k-th length without a match counts as 1/2ᵏ of a match (exponential smoothing, method 3 of
/// Chen and Cherry, "A Systematic Comparison of Smoothing Techniques for Sentence-Level BLEU", WMT 2014).
struct Bleu: Sendable {
    private static let order = 4
    private let counts: [[Substring]: Int]
    private let length: Int

    init(_ reference: String) {
        let words = BleuTokenizer.words(reference)
        length = words.count
        counts = Self.grams(words)
    }

    /// Whether the reference has no word.
    var isEmpty: Bool { length == 0 }

    func score(of prediction: String) -> Double {
        let words = BleuTokenizer.words(prediction)
        guard !words.isEmpty, !isEmpty else { return 0 }
        var matched = [Int](repeating: 0, count: Self.order)
        for (gram, count) in Self.grams(words) { matched[gram.count - 1] += min(count, counts[gram] ?? 0) }
        guard matched.contains(where: { $0 > 0 }) else { return 0 }
        var logarithms = 0.0
        var smoothing = 1.0
        let lengths = min(Self.order, words.count)
        for gram in 0..<lengths {
            let total = Double(words.count - gram)
            if matched[gram] == 0 { smoothing *= 2 }
            let precision = matched[gram] == 0 ? 1 / (smoothing * total) : Double(matched[gram]) / total
            logarithms += Elementary.log(precision)
        }
        let brevity = words.count < length ? Elementary.exp(1 - Double(length) / Double(words.count)) : 1
        return brevity * Elementary.exp(logarithms / Double(lengths))
    }

    private static func grams(_ words: [Substring]) -> [[Substring]: Int] {
        var grams: [[Substring]: Int] = [:]
        for length in 1...order where length <= words.count {
            for start in 0...(words.count - length) { grams[Array(words[start..<start + length]), default: 0] += 1 }
        }
        return grams
    }
}

/// The words of mteval-v13a, as sacrebleu's tokenizer `13a` separates them.
enum BleuTokenizer {
    static func words(_ text: String) -> [Substring] {
        var scalars = PythonText.trimmedEnd(text.unicodeScalars)[...]
        scalars = replaced(replaced(scalars, "<skipped>", ""), "-\n", "")
        scalars = replaced(scalars, "\n", " ")
        for (entity, sign) in [("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">")] {
            scalars = replaced(scalars, entity, sign)
        }
        return PythonText.split(separated([" "] + Array(scalars) + [" "]))
    }

    private static func replaced(
        _ scalars: ArraySlice<Unicode.Scalar>, _ what: String, _ by: String
    ) -> ArraySlice<Unicode.Scalar> {
        let (what, by) = (Array(what.unicodeScalars), Array(by.unicodeScalars))
        guard let first = what.first, scalars.contains(first) else { return scalars }
        var result: [Unicode.Scalar] = []
        var rest = scalars
        while let next = rest.first {
            if next == first, rest.starts(with: what) {
                result += by
                rest = rest.dropFirst(what.count)
            } else {
                result.append(next)
                rest = rest.dropFirst()
            }
        }
        return result[...]
    }

    /// The four rules, each over the whole text before the next: signs stand alone; a full stop or comma is parted from what
    /// is no digit before it, then after it; a hyphen from a digit before it. A match takes its neighbour with it, so that of
    /// several signs in a row only every other one may match, as in a regular expression.
    private static func separated(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var text: [Unicode.Scalar] = []
        for scalar in scalars { text += standsAlone(scalar) ? [" ", scalar, " "] : [scalar] }
        text = paired(text, where: { !isDigit($0) && isPoint($1) }, as: { [$0, " ", $1, " "] })
        text = paired(text, where: { isPoint($0) && !isDigit($1) }, as: { [" ", $0, " ", $1] })
        return paired(text, where: { isDigit($0) && $1 == "-" }, as: { [$0, " ", $1, " "] })
    }

    private static func paired(
        _ text: [Unicode.Scalar], where matches: (Unicode.Scalar, Unicode.Scalar) -> Bool,
        as replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count + 16)
        var index = 0
        while index < text.count {
            if index + 1 < text.count, matches(text[index], text[index + 1]) {
                result += replacement(text[index], text[index + 1])
                index += 2
            } else {
                result.append(text[index])
                index += 1
            }
        }
        return result
    }

    /// `[\{-\~\[-\` -\&\(-\+\:-\@\/]`
    private static func standsAlone(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
        default: false
        }
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool { "0"..."9" ~= scalar }
    private static func isPoint(_ scalar: Unicode.Scalar) -> Bool { scalar == "." || scalar == "," }
}
