/// Whether a reasoning path gives the reference away.
///
/// A path may say what the profile or the request says, in the same words. What it must not do is repeat runs of words that
/// stand in the reference alone: a model trained on such paths learns to copy what it will not be shown.
public struct LeakCheck: Sendable, Equatable {
    /// Length of the runs (n).
    public var words: Int
    /// The largest share of the reference's distinct runs that a path may hold.
    public var share: Double

    /// A check.
    public init(words: Int = 4, share: Double = 0.02) {
        self.words = words
        self.share = share
    }

    /// Whether `path` holds more of `reference` than allowed, runs in `known` not counted.
    ///
    /// Of a reference shorter than n words the whole is one run.
    public func isLeak(_ path: String, of reference: String, besides known: String) -> Bool {
        let length = min(words, WordRule.words.words(of: reference).count)
        return Leakage.share(of: reference, in: path, besides: [known], n: length) > share
    }
}
