/// Iterations that a run has something of.
enum KnownIterations {
    /// Refuses one that is asked for and not there, and says which are.
    static func check(_ iteration: UInt32?, isAmong known: [UInt32], of run: String) throws {
        guard let iteration, !known.contains(iteration) else { return }
        let list = known.isEmpty ? "none yet" : known.map { "\($0)" }.joined(separator: ", ")
        throw Failure(.missing, "\(run) has nothing of iteration \(iteration); of these it has: \(list)")
    }
}
