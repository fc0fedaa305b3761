/// Reads the most probable score out of the token probabilities of a judging model's answer.
///
/// The trap: where digits are tokens of their own, "1" is the beginning of "10", and its probability is that of both. What
/// has to be compared is P("1" and then an end) with P("10"). At the place where the score begins the alternatives give the
/// probability of each first token; what follows a bare "1" is known when the model itself wrote it, from the alternatives
/// at the next place. When it wrote something else, "1" was less probable than that even with "10" included, as greedy
/// decoding shows. The other scores begin no longer number that is a score, so that their own token is all there is to them.
public enum JudgeProbabilities {
    /// A token that might stand at a place, as text, with its natural log-probability.
    public typealias Alternative = (text: String, logProbability: Double)

    /// One token of the answer, and what might have stood there instead; the token itself is among the alternatives.
    public struct Place: Sendable {
        /// What the model wrote.
        public let text: String
        /// Likely tokens.
        public let alternatives: [Alternative]

        /// A place.
        public init(text: String, alternatives: [Alternative]) {
            self.text = text
            self.alternatives = alternatives
        }
    }

    /// The most probable score; nil when the answer does not come to a number, or its probabilities leave open which.
    public static func score(in answer: [Place]) -> JudgeScore? {
        guard let index = answer.firstIndex(where: { Beginning($0.text) != nil }),
            answer[..<index].allSatisfy({ $0.text.unicodeScalars.allSatisfy { !("0"..."9").contains($0) } }),
            !isWithinWord(answer, index)
        else { return nil }
        let place = answer[index]
        var first = Masses(place.alternatives)
        // The open "1" is split by what follows it, where that is known.
        if first.openOne > 0 {
            let written = Beginning(place.text)
            if written?.digits == "1", written?.isClosed == false {
                let next = index + 1 < answer.count ? answer[index + 1].alternatives : []
                let split = Self.split(next, isEnd: index + 1 >= answer.count)
                guard let split else { return nil }
                first.add(first.openOne * split.ten, to: .ten)
                first.add(first.openOne * split.end, to: .one)
            } else if let best = JudgeScore.mostProbable(first.closed), first.weight(best) >= first.openOne {
                return best
            } else {
                return nil
            }
        }
        return JudgeScore.mostProbable(first.closed)
    }

    /// Whether the number goes on what is a word so far, as in `v7`.
    private static func isWithinWord(_ answer: [Place], _ index: Int) -> Bool {
        guard let first = answer[index].text.unicodeScalars.first, ("0"..."9").contains(first),
            let last = answer[..<index].last(where: { !$0.text.isEmpty })?.text.unicodeScalars.last
        else { return false }
        return last.properties.isAlphabetic
    }

    /// The shares of "0" and of an end after a bare "1". What the alternatives do not cover is no digit's: they are the
    /// likeliest tokens, and digits that are likely would be among them.
    private static func split(_ alternatives: [Alternative], isEnd: Bool) -> (ten: Double, end: Double)? {
        // The answer was cut here by a stop token that is no part of it.
        if isEnd { return (0, 1) }
        guard !alternatives.isEmpty else { return nil }
        var (zero, digits) = (0.0, 0.0)
        for alternative in alternatives {
            guard let character = alternative.text.unicodeScalars.first, ("0"..."9").contains(character) else {
                continue
            }
            let mass = probability(alternative.logProbability)
            digits += mass
            let run = alternative.text.unicodeScalars.prefix { ("0"..."9").contains($0) }
            if run.elementsEqual("0".unicodeScalars) { zero += mass }
        }
        return (zero, max(0, 1 - digits))
    }

    /// Probabilities at the place where the score begins.
    private struct Masses {
        /// Of a bare "1", which "10" may still come of.
        var openOne = 0.0
        private var byScore: [Int: Double] = [:]

        init(_ alternatives: [Alternative]) {
            for alternative in alternatives {
                guard let beginning = Beginning(alternative.text) else { continue }
                let mass = probability(alternative.logProbability)
                if beginning.digits == "1", !beginning.isClosed {
                    openOne += mass
                } else if let score = Int(beginning.digits).flatMap(JudgeScore.init(rawValue:)) {
                    add(mass, to: score)
                }
            }
        }

        mutating func add(_ mass: Double, to score: JudgeScore) { byScore[score.rawValue, default: 0] += mass }

        func weight(_ score: JudgeScore) -> Double { byScore[score.rawValue] ?? 0 }

        var closed: [(score: JudgeScore, weight: Double)] {
            JudgeScore.allCases.filter { weight($0) > 0 }.map { ($0, weight($0)) }
        }
    }

    /// A token that begins a number: white space and marks, digits, and perhaps something that closes it.
    private struct Beginning {
        let digits: String
        /// Whether something other than a digit follows within the token.
        let isClosed: Bool

        init?(_ token: String) {
            let scalars = Array(token.unicodeScalars)
            guard let start = scalars.firstIndex(where: { ("0"..."9").contains($0) }),
                scalars[..<start].allSatisfy({ !$0.properties.isAlphabetic && $0 != "-" && $0 != "." })
            else { return nil }
            let run = scalars[start...].prefix { ("0"..."9").contains($0) }
            digits = String(String.UnicodeScalarView(run))
            isClosed = run.endIndex < scalars.endIndex
        }
    }
}

/// exp(x), x ≤ 0, by repeated squaring of a Taylor sum: libm's last bits differ between machines, and rewards must not.
private func probability(_ logProbability: Double) -> Double {
    guard logProbability > -700 else { return 0 }
    let reduced = logProbability / 1024
    var (term, sum) = (1.0, 1.0)
    for n in 1...12 {
        term *= reduced / Double(n)
        sum += term
    }
    for _ in 0..<10 { sum *= sum }
    return sum
}
