import Testing

@testable import Tokenization

@Suite struct WordSplitterTests {
    // The pieces into which the published patterns cut each text, by the reference's regular expressions.
    static let cases: [(WordSplitter, [[String]])] = [
        (
            .gpt2,
            [
                ["Hello", " ", " world"],
                ["I", "'", "LL", " say", " it", "'s", " Bob", "'s", ",", " they", "'", "Ve", " won", "'t", "'ve"],
                ["a", " 12345", ".", "678", " b"],
                ["tabs", "\t", "\t", "and", "\n\n ", " lines", " \r\n", " end", "  "],
                ["\u{E9}t\u{E9}", " \u{65E5}\u{672C}\u{8A9E}", " \u{BD}\u{2167}\u{663}"],
                ["x", "=[", "1", ",", "2", "];", "\n", "\n", "//", " !?", "\n"],
                ["'", "\u{17F}", " \u{17F}", "\u{A0}", "n", "\u{3000}", "b", "\u{2028}", "c"],
                ["\u{1F469}\u{200D}\u{1F467}", " \u{1F389}", "ok"],
                ["don", "''", "t", " '"],
                ["   "],
                [" $", "5", " (", "a", "_", "b", ")", "\n"],
            ]
        ),
        (
            .llama3(digits: 3),
            [
                ["Hello", " ", " world"],
                ["I", "'LL", " say", " it", "'s", " Bob", "'s", ",", " they", "'Ve", " won", "'t", "'ve"],
                ["a", " ", "123", "45", ".", "678", " b"],
                ["tabs", "\t", "\tand", "\n\n", " ", " lines", " \r\n", " end", "  "],
                ["\u{E9}t\u{E9}", " \u{65E5}\u{672C}\u{8A9E}", " ", "\u{BD}\u{2167}\u{663}"],
                ["x", "=[", "1", ",", "2", "];\n\n", "//", " !?\n"],
                ["'\u{17F}", " \u{17F}", "\u{A0}n", "\u{3000}b", "\u{2028}c"],
                ["\u{1F469}\u{200D}\u{1F467}", " \u{1F389}", "ok"],
                ["don", "''", "t", " '"],
                ["   "],
                [" $", "5", " (", "a", "_b", ")\n"],
            ]
        ),
        (
            .llama3(digits: 1),
            [
                ["a", " ", "1", "2", "3", "4", "5", ".", "6", "7", "8", " b"],
                ["\u{E9}t\u{E9}", " \u{65E5}\u{672C}\u{8A9E}", " ", "\u{BD}", "\u{2167}", "\u{663}"],
            ]
        ),
    ]

    @Test(arguments: cases)
    func cutsAsThePatternDoes(splitter: WordSplitter, texts: [[String]]) {
        for pieces in texts {
            #expect(Self.split(pieces.joined(), by: splitter) == pieces)
        }
    }

    @Test func wholeTextIsOneWord() {
        #expect(Self.split("a b\n c", by: .whole) == ["a b\n c"])
    }

    @Test func knowsItsPatterns() {
        let gpt2 = #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
        let head = #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
        let tail = #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
        #expect(WordSplitter(pattern: gpt2) == .gpt2)
        #expect(WordSplitter(pattern: head + "{1,3}" + tail) == .llama3(digits: 3))
        #expect(WordSplitter(pattern: head + tail) == .llama3(digits: 1))
        #expect(WordSplitter(pattern: head + "{1,2}" + tail) == nil)
    }

    static func split(_ text: String, by splitter: WordSplitter) -> [String] {
        let bytes = Array(text.utf8)
        var words: [String] = []
        var start = 0
        while start < bytes.count {
            let end = splitter.wordEnd(in: bytes, from: start, to: bytes.count)
            words.append(String(decoding: bytes[start..<end], as: UTF8.self))
            start = end
        }
        return words
    }
}
