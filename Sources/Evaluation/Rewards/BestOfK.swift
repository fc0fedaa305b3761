/// What k of a prompt's m samples would have reached, without drawing them again.
public enum BestOfK {
    /// Expected best reward of k samples drawn without replacement from these: unbiased for the policy's best-of-k.
    ///
    /// Σ r₍ᵢ₎ C(i-1, k-1) / C(m, k) over ascending rewards. Nil when there are fewer than k.
    public static func best(_ rewards: [Double], k: Int) -> Double? {
        let count = rewards.count
        guard k >= 1, k <= count else { return nil }
        var chance = Double(k) / Double(count)
        var sum = 0.0
        // The chance that the i-th smallest is the best of k, from the largest downwards.
        for (index, reward) in rewards.sorted().enumerated().reversed() where index >= k - 1 {
            sum += chance * reward
            chance *= index > 0 ? Double(index - k + 1) / Double(index) : 0
        }
        return sum
    }

    /// The chance that at least one of k samples passes, when `passed` of `count` did: 1 - C(n-c, k) / C(n, k).
    ///
    /// Chen et al., "Evaluating Large Language Models Trained on Code" (arXiv 2107.03374). Nil for fewer than k samples.
    public static func pass(_ passed: Int, of count: Int, k: Int) -> Double? {
        guard k >= 1, k <= count, (0...count).contains(passed) else { return nil }
        if count - passed < k { return 1 }
        var failing = 1.0
        for index in (count - passed + 1)..<(count + 1) { failing *= 1 - Double(k) / Double(index) }
        return 1 - failing
    }

    /// Index of the first sample whose answer is the most frequent one; ties go to the answer drawn first.
    ///
    /// Nil when no answer was drawn twice: then no majority is defined, as with long texts at any useful temperature.
    public static func majority<Answer: Hashable>(_ answers: [Answer]) -> Int? {
        var firsts: [Int] = []
        var places: [Answer: Int] = [:]
        var counts: [Int] = []
        for (index, answer) in answers.enumerated() {
            if let place = places[answer] {
                counts[place] += 1
            } else {
                places[answer] = counts.count
                counts.append(1)
                firsts.append(index)
            }
        }
        guard let most = counts.max(), most > 1, let place = counts.firstIndex(of: most) else { return nil }
        return firsts[place]
    }
}
