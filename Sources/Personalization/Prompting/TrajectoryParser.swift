/// A sampled continuation, taken apart.
public struct ParsedTrajectory: Sendable, Equatable {
    /// What stands before the marker, or everything when there is none; white space at its ends removed.
    public var reasoning: String
    /// What stands after the marker; nil when there is no marker or nothing after it. Such a trajectory is malformed: its
    /// reward is 0 and it is counted.
    public var answer: String?

    /// Pairs a reasoning path with an answer.
    public init(reasoning: String, answer: String?) {
        self.reasoning = reasoning
        self.answer = answer
    }
}

/// Splits a trajectory at the first marker, tolerant of white space: around the marker, within it, and after it.
public enum TrajectoryParser {
    /// The reasoning path and the answer of a trajectory.
    public static func parse(_ text: String, marker: String) -> ParsedTrajectory {
        let scalars = Array(text.unicodeScalars)
        let wanted = marker.split(whereSeparator: \.isWhitespace).map { Array($0.unicodeScalars) }
        guard !wanted.isEmpty else { return ParsedTrajectory(reasoning: "", answer: nonEmpty(Trimmed.text(text))) }
        for start in scalars.indices where start == 0 || scalars[start - 1].properties.isWhitespace {
            guard let end = match(wanted, in: scalars, at: start) else { continue }
            return ParsedTrajectory(
                reasoning: string(scalars[..<start]), answer: nonEmpty(string(scalars[end...])))
        }
        return ParsedTrajectory(reasoning: Trimmed.text(text), answer: nil)
    }

    /// Index after the marker's words if they stand at `start`, one or more white-space characters between them.
    private static func match(_ words: [[Unicode.Scalar]], in scalars: [Unicode.Scalar], at start: Int) -> Int? {
        var position = start
        for (index, word) in words.enumerated() {
            if index > 0 {
                let before = position
                while position < scalars.count, scalars[position].properties.isWhitespace { position += 1 }
                if position == before { return nil }
            }
            guard scalars[position...].starts(with: word) else { return nil }
            position += word.count
        }
        return position
    }

    private static func string(_ scalars: ArraySlice<Unicode.Scalar>) -> String {
        var view = String.UnicodeScalarView()
        view.append(contentsOf: scalars)
        return Trimmed.text(String(view))
    }

    private static func nonEmpty(_ text: String) -> String? { text.isEmpty ? nil : text }
}
