/// Which examples of a split are used when there are more than wanted. Every rule is a pure function of the rows and the
/// seed, and keeps the rows' order (task, then line).
public enum ExampleChoice: Sendable, Equatable {
    /// The first ones.
    case first
    /// A sample without replacement.
    case sample(seed: UInt64)
    /// The same number of each task as far as there are enough, drawn without replacement within each task.
    case balanced(seed: UInt64)

    /// Indices of the chosen examples, ascending. `tasks` holds the task of each example.
    public func indices(of tasks: [WritingTask], limit: Int?) -> [Int] {
        let all = Array(tasks.indices)
        guard let limit, limit < tasks.count else { return all }
        switch self {
        case .first:
            return Array(all.prefix(max(0, limit)))
        case .sample(let seed):
            return Self.draw(max(0, limit), from: all, seed: seed, salt: 0)
        case .balanced(let seed):
            let groups = WritingTask.allCases.map { task in all.filter { tasks[$0] == task } }.filter { !$0.isEmpty }
            let shares = Self.shares(of: max(0, limit), among: groups.map(\.count))
            var chosen: [Int] = []
            for (position, group) in groups.enumerated() {
                chosen += Self.draw(shares[position], from: group, seed: seed, salt: UInt64(position) + 1)
            }
            return chosen.sorted()
        }
    }

    /// Equal shares, one at a time in order, passing over groups that have no more to give.
    static func shares(of total: Int, among sizes: [Int]) -> [Int] {
        var shares = [Int](repeating: 0, count: sizes.count)
        var left = min(total, sizes.reduce(0, +))
        while left > 0 {
            for group in sizes.indices where left > 0 && shares[group] < sizes[group] {
                shares[group] += 1
                left -= 1
            }
        }
        return shares
    }

    private static func draw(_ count: Int, from indices: [Int], seed: UInt64, salt: UInt64) -> [Int] {
        var random = SeededRandom(seed: seed, stream: salt)
        return random.shuffled(indices).prefix(count).sorted()
    }
}
