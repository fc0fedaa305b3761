import Files
import Foundation
import Rewards
import Testing

/// A dictionary of five synsets in WordNet's own format, gone with its value.
private final class TinyWordNet {
    let path = FileManager.default.temporaryDirectory.appending(path: "reprise-wordnet-\(UUID().uuidString)").path

    /// Synsets by part of speech: words, each found under itself in lower case.
    private static let synsets: [String: [[String]]] = [
        "noun": [["house", "home", "dwelling_place"], ["goose"], ["Paris", "City_of_Light"]],
        "verb": [["run", "sprint"]], "adj": [["fast(a)", "quick"]], "adv": [],
    ]

    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        for (part, synsets) in Self.synsets {
            var data = "  1 a line of the licence\n"
            var index: [String: [String]] = [:]
            for words in synsets {
                let offset = String(repeating: "0", count: 8 - String(data.utf8.count).count) + "\(data.utf8.count)"
                for word in words {
                    index[word.lowercased().filter { $0 != "(" && $0 != ")" }, default: []].append(offset)
                }
                let list = words.map { "\($0) 0" }.joined(separator: " ")
                data += "\(offset) 03 n 0\(words.count) \(list) 000 | a meaning\n"
            }
            let lines = index.map {
                "\($0.key) n \($0.value.count) 1 @ \($0.value.count) 0 \($0.value.joined(separator: " "))  "
            }
            let text = "  1 a line of the licence\n" + lines.sorted().joined(separator: "\n") + "\n"
            for (name, content) in [
                ("data.\(part)", data), ("index.\(part)", text), ("\(part).exc", part == "noun" ? "geese goose\n" : ""),
            ] {
                try content.write(toFile: "\(path)/\(name)", atomically: true, encoding: .utf8)
            }
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

@Suite struct WordNetTests {
    @Test func formsLeadToTheSynonymsOfTheirBases() throws {
        let folder = try TinyWordNet()
        let wordNet = try WordNet(directory: folder.path)
        #expect(wordNet.synonyms(of: "house") == ["house", "home"])
        #expect(wordNet.synonyms(of: "homes") == ["house", "home"])
        #expect(wordNet.synonyms(of: "geese") == ["goose"])
        #expect(wordNet.synonyms(of: "paris") == ["Paris"])
        #expect(wordNet.synonyms(of: "running").isEmpty, "runn is no word")
        #expect(wordNet.synonyms(of: "sprinting") == ["run", "sprint"])
        #expect(wordNet.synonyms(of: "quicker") == ["fast", "quick"])
        for none in ["", " ", "house home", "hous", "housee", "zzz", "a", "1"] {
            #expect(wordNet.synonyms(of: none).isEmpty, "\(none)")
        }
    }

    @Test func synonymsMatchAfterExactWordsAndStems() throws {
        let folder = try TinyWordNet()
        let meteor = Meteor(wordNet: try WordNet(directory: folder.path))
        // Both words match, in one chunk.
        #expect(abs(meteor.score(prediction: "quick home", reference: "fast home") - (1 - 0.0625)) < 1e-12)
        #expect(Meteor().score(prediction: "quick home", reference: "fast home") < 0.5)
        // Each place is taken once.
        #expect(abs(meteor.score(prediction: "quick quick", reference: "fast x") - 0.25) < 1e-12)
        // As in NLTK it is stems that are compared: "hous" is no synonym of "home".
        #expect(meteor.score(prediction: "home", reference: "house") == 0)
    }

    @Test func itsDigestNamesItsContent() throws {
        let (one, other) = (try TinyWordNet(), try TinyWordNet())
        #expect(try WordNet(directory: one.path).digest == WordNet(directory: other.path).digest)
        try "x".write(toFile: other.path + "/data.adv", atomically: true, encoding: .utf8)
        #expect(try WordNet(directory: one.path).digest != WordNet(directory: other.path).digest)
        #expect(throws: FileError.self) { try WordNet(directory: "/nowhere") }
    }

    static let dictionary = ProcessInfo.processInfo.environment["WNHOME"]

    /// Values of NLTK 3.10.4's `single_meteor_score` with WordNet 3.0.
    @Test(.enabled(if: dictionary != nil, "needs WordNet 3.0: set WNHOME to its dict directory"))
    func agreesWithNLTK() throws {
        let wordNet = try WordNet(directory: Self.dictionary ?? "")
        let meteor = Meteor(wordNet: wordNet)
        for (prediction, reference, expected) in Self.cases {
            let score = meteor.score(prediction: prediction, reference: reference)
            #expect(abs(score - expected) < 1e-12, "\(prediction): \(score)")
        }
    }

    static let cases: [(String, String, Double)] = [
        ("the big dog began to run", "the large hound started running", 0.618872549019608),
        ("a quick automobile", "the fast car", 0.16666666666666666),
        ("children bought happy gifts", "kids purchased glad presents", 0.25),
        ("it is hard to answer", "it is difficult to reply", 0.7937500000000002),
        ("men and women went home", "man and woman go house", 0.7937500000000002),
        ("he said that the film was great", "he stated the movie was outstanding", 0.5174180327868853),
        ("buy buy buy", "purchase a car", 0.0),
    ]
}
