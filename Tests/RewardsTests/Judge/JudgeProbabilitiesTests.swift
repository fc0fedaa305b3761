import Foundation
import Testing

@testable import Rewards

/// "1" is the beginning of "10": both ways of cutting digits into tokens.
@Suite struct JudgeProbabilitiesTests {
    private func place(_ text: String, _ shares: [(String, Double)]) -> JudgeProbabilities.Place {
        JudgeProbabilities.Place(text: text, alternatives: shares.map { ($0.0, log($0.1)) })
    }

    @Test("Where 10 is one token, it competes as it is")
    func wholeNumbers() {
        #expect(
            JudgeProbabilities.score(in: [
                place("10", [("10", 0.4), ("1", 0.1), ("7", 0.3)]), place("\n", [("\n", 1)]),
            ])
                == .ten)
        // The bare 1 ends here for sure: nothing follows it.
        #expect(JudgeProbabilities.score(in: [place("1", [("1", 0.5), ("10", 0.4)])]) == .one)
        #expect(JudgeProbabilities.score(in: [place("7", [("7", 0.4), ("10", 0.3), ("1", 0.2)])]) == .seven)
    }

    @Test("Where digits are tokens of their own, 10 wins over 1 by what follows the 1")
    func singleDigits() {
        let first = place("1", [("1", 0.6), ("7", 0.3), ("5", 0.1)])
        // 0.6 · 0.8 = 0.48 for ten, 0.12 for one, 0.3 for seven.
        #expect(JudgeProbabilities.score(in: [first, place("0", [("0", 0.8), ("\n", 0.2)])]) == .ten)
        // 0.06 for ten, 0.54 for one.
        #expect(JudgeProbabilities.score(in: [first, place("\n", [("\n", 0.9), ("0", 0.1)])]) == .one)
    }

    @Test("A 1 that is the likeliest first token may stand for two scores that both lose to another")
    func splitOneLoses() {
        let first = place("1", [("1", 0.5), ("7", 0.35)])
        #expect(JudgeProbabilities.score(in: [first, place("0", [("0", 0.5), ("\n", 0.5)])]) == .seven)
        // Without the next place nobody knows; an answer that ends here is a 1.
        #expect(JudgeProbabilities.score(in: [first, place("0", [])]) == nil)
        #expect(JudgeProbabilities.score(in: [first]) == .one)
    }

    @Test("What the model wrote first is likelier than a 1 and a 10 together, so the split does not matter")
    func unsplitOne() {
        #expect(JudgeProbabilities.score(in: [place("7", [("7", 0.5), ("1", 0.4)]), place("\n", [])]) == .seven)
        // Not so when the server did not decode greedily: then the probabilities leave it open.
        #expect(JudgeProbabilities.score(in: [place("7", [("7", 0.3), ("1", 0.6)]), place("\n", [])]) == nil)
    }

    @Test("Spellings of one score add up; words around it do not matter")
    func spellings() {
        let spelled = place(" 7", [(" 7", 0.3), ("7", 0.25), ("5", 0.4)])
        #expect(JudgeProbabilities.score(in: [spelled]) == .seven)
        let after = [place("Grade", [("Grade", 1)]), place(":", [(":", 1)]), place(" 5", [(" 5", 0.6), (" 7", 0.4)])]
        #expect(JudgeProbabilities.score(in: after) == .five)
        #expect(JudgeProbabilities.score(in: [place("1.", [("1.", 0.6), ("10", 0.4)])]) == .one, "a closed 1")
    }

    @Test("What is no score has no mass, and an answer without a number has none")
    func others() {
        #expect(JudgeProbabilities.score(in: [place("8", [("8", 0.9), ("3", 0.05), ("5", 0.02)])]) == .three)
        #expect(JudgeProbabilities.score(in: [place("Sorry", [("Sorry", 1)])]) == nil)
        #expect(JudgeProbabilities.score(in: []) == nil)
        #expect(JudgeProbabilities.score(in: [place("v", [("v", 1)]), place("7", [("7", 0.9)])]) == nil)
        // 17, not 1.
        #expect(
            JudgeProbabilities.score(in: [place("1", [("1", 0.9), ("3", 0.1)]), place("7", [("7", 0.99)])]) == .three)
    }

    @Test("Ties go to the lower score, and infinite weights to nobody")
    func ties() {
        #expect(JudgeScore.mostProbable([(.ten, 0.4), (.three, 0.4)]) == .three)
        #expect(JudgeScore.mostProbable([(.ten, -.infinity), (.one, .nan)]) == nil)
        #expect(JudgeScore.allCases.map(\.reward) == [0.1, 0.3, 0.5, 0.7, 1])
    }
}
