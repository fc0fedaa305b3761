import ArgumentParser

/// What numbers on the command line may be: what is beyond would overflow something, or run for ever.
enum OptionRange {
    /// Threads of any command.
    static let threads = 1...1024
    /// Tokens of anything that is drawn.
    static let tokens = 1...1_000_000

    /// - Throws: `ValidationError` that names the first option outside the range; options that were not given are not.
    static func check<Value: Comparable>(
        _ range: ClosedRange<Value>, _ options: (name: String, value: Value?)...
    ) throws {
        for (name, value) in options {
            guard let value else { continue }
            // Written so that a value that is no number is outside as well.
            guard value >= range.lowerBound, value <= range.upperBound else {
                throw ValidationError("--\(name) must be from \(range.lowerBound) to \(range.upperBound).")
            }
        }
    }
}
