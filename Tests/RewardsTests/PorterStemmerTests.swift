import Foundation
import Rewards
import Testing

@Suite struct PorterStemmerTests {
    // The paper's own examples, through all steps.
    @Test(arguments: [
        ("caresses", "caress"), ("ponies", "poni"), ("cats", "cat"), ("feed", "feed"), ("agreed", "agre"),
        ("plastered", "plaster"), ("motoring", "motor"), ("sing", "sing"), ("conflated", "conflat"), ("hopping", "hop"),
        ("falling", "fall"), ("filing", "file"), ("happy", "happi"), ("sky", "sky"), ("relational", "relat"),
        ("generalizations", "gener"), ("oscillators", "oscil"), ("controlling", "control"), ("adoption", "adopt"),
        ("triplicate", "triplic"), ("hopefulness", "hope"), ("cease", "ceas"), ("roll", "roll"), ("", ""), ("a", "a"),
    ])
    func bothVariants(word: String, stem: String) {
        #expect(PorterStemmer(.extended).stem(word) == stem)
        #expect(PorterStemmer(.original).stem(word) == stem)
    }

    @Test(arguments: [
        ("skies", "sky", "ski"), ("dying", "die", "dy"), ("news", "news", "new"), ("innings", "inning", "in"),
        ("proceed", "proceed", "proce"), ("as", "as", "a"), ("s", "s", ""), ("flies", "fli", "fli"),
        ("dies", "die", "di"),
        ("died", "die", "di"), ("spied", "spi", "spi"), ("enjoy", "enjoy", "enjoi"), ("fly", "fli", "fly"),
        ("by", "by", "by"),
        ("ages", "age", "ag"), ("additionally", "addit", "addition"), ("possibly", "possibl", "possibli"),
        ("artfully", "art", "artfulli"), ("psychology", "psycholog", "psychologi"), ("geology", "geolog", "geologi"),
    ])
    func variantsDiffer(word: String, extended: String, original: String) {
        #expect(PorterStemmer(.extended).stem(word) == extended)
        #expect(PorterStemmer(.original).stem(word) == original)
    }

    @Test(arguments: [
        ("WORDS", "word"), ("caf\u{E9}s", "caf\u{E9}"), ("\u{2000}\u{2000}ing", "\u{2000}\u{2000}ing"), ("k8s", "k8"),
        ("yyyying", "yyyi"),
    ])
    func lettersAreScalars(word: String, stem: String) {
        #expect(PorterStemmer().stem(word) == stem)
    }

    @Test(.enabled(if: Shared.exists, "needs ../shared"))
    func theOriginalAgreesOnItsWholeVocabulary() throws {
        func words(_ name: String) throws -> [Substring] {
            try String(contentsOfFile: Shared.path("vectors/porter_stemmer/\(name)"), encoding: .utf8).split(
                separator: "\n")
        }
        let vocabulary = try words("porter_voc.txt")
        let expected = try words("porter_output.txt")
        // The stem of "s" is empty: its line vanished from the split.
        let voc = vocabulary.filter { $0 != "s" }
        let stems = voc.map { PorterStemmer(.original).stem(String($0)) }
        let wrong = zip(voc, zip(stems, expected)).filter { $0.1.0 != $0.1.1 }
        #expect(stems.count == expected.count)
        #expect(stems.count > 42_000)
        #expect(wrong.isEmpty, "\(wrong.prefix(5))")
    }
}
