/// How much of a reference stands in a reasoning path: the check that a summary of the profile gives nothing away.
public enum Leakage {
    /// The share of the reference's distinct n-grams (of lower-cased words) that the reasoning contains and the profile does
    /// not. What the profile holds is the writer's habit, not the reference's secret. 0 for a reference shorter than n.
    public static func share(of reference: String, in reasoning: String, besides profile: [Document], n: Int = 4)
        -> Double
    {
        share(of: reference, in: reasoning, besides: profile.map(\.text), n: n)
    }

    /// The same beside texts of any kind.
    static func share(of reference: String, in reasoning: String, besides texts: [String], n: Int) -> Double {
        let wanted = grams(reference, n)
        guard !wanted.isEmpty else { return 0 }
        let shown = grams(reasoning, n)
        var known = Set<[String]>()
        for text in texts { known.formUnion(grams(text, n)) }
        return Double(wanted.count { shown.contains($0) && !known.contains($0) }) / Double(wanted.count)
    }

    private static func grams(_ text: String, _ n: Int) -> Set<[String]> {
        let words = WordRule.words.words(of: text)
        guard n > 0, words.count >= n else { return [] }
        return Set((0...(words.count - n)).map { Array(words[$0..<($0 + n)]) })
    }
}
