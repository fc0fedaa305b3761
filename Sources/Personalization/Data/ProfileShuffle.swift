/// Gives examples the profiles of strangers: the probe that shows whether a system personalises at all (REST-PG's figure
/// of shuffled profiles). A system that scores the same has learned nothing personal.
public enum ProfileShuffle {
    /// The examples, a share of them with the profile of another example of the same task.
    ///
    /// Which ones, and whose profile, depends on the seed alone. The only example of its task keeps its profile.
    ///
    /// - Parameter share: from 0 (none) to 1 (all).
    public static func apply(to examples: [Example], share: Double, seed: UInt64) -> [Example] {
        var shuffled = examples
        for task in WritingTask.allCases {
            var random = SeededRandom(seed: seed, label: "profile shuffle \(task.rawValue)")
            let order = random.shuffled(examples.indices.filter { examples[$0].task == task })
            let count = Int((Double(order.count) * min(1, max(0, share))).rounded())
            guard order.count > 1 else { continue }
            for position in 0..<count {
                shuffled[order[position]].profile = examples[order[(position + 1) % order.count]].profile
            }
        }
        return shuffled
    }
}
