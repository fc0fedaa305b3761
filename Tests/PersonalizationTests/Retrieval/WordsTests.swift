import Testing

@testable import Personalization

@Suite struct WordsTests {
    @Test func wordsAreLowerCasedRunsOfLettersAndDigits() {
        #expect(
            WordRule.words.words(of: "Don't stop: 3 Ältere_x, naïve!") == [
                "don", "t", "stop", "3", "ältere", "x", "naïve",
            ])
        #expect(WordRule.whitespace.words(of: " Don't  stop:\n3 ") == ["Don't", "stop:", "3"])
        #expect(WordRule.words.words(of: " ,. ").isEmpty)
    }

    @Test func scanKeepsWhatFollowsEachWord() {
        let words = Words.scan("Well, I don't\nknow. 'Bye'", keepsApostrophes: true)
        #expect(words.map(\.text) == ["well", "i", "don't", "know", "bye"])
        #expect(words.map(\.gap) == [", ", " ", "\n", ". '", "'"])
        #expect(words.map(\.endsSentence) == [false, false, false, true, false])
        #expect(words[0].endsClause && words[2].endsClause && !words[1].endsClause)
        #expect(Words.scan("one\n\ntwo")[0].endsSentence)
    }
}
