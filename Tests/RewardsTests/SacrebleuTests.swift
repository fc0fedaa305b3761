import Rewards
import Testing

/// Values of sacrebleu 2.6.0: `sentence_bleu(prediction, [reference])` and `sentence_chrf(prediction, [reference])`, over 100.
@Suite struct SacrebleuTests {
    static let cases: [(prediction: String, reference: String, bleu: Double, chrf: Double)] = [
        ("the cat sat on the mat", "the cat is sitting on the mat", 0.32159351091190125, 0.46950097468255064),
        ("a", "a", 1.0000000000000004, 1.0),
        (
            "the quick brown fox",
            "the quick brown fox jumps over the lazy dog", 0.2865047968601902, 0.4687186149301531
        ),
        (
            "It costs $1,234.50 (about €1.100), no?",
            "It costs $1,234.5 (around €1,100), doesn't it?", 0.17423472443716534, 0.46843528114048183
        ),
        ("Hello world", "completely different words here", 0.0, 0.08346652253083663),
        ("one two three four five six", "one two three five four six seven", 0.3041443644548019, 0.5895206205297856),
        (
            "well-known 3-4 words - he said: \"no\".",
            "well-known 3-5 words; he said \"no\"!", 0.2262944003945279, 0.6073750891217381
        ),
        ("x &amp; y &lt; z &quot;q&quot;", "x & y < z \"q\"", 1.0000000000000004, 0.08915293983070235),
        ("first line\nsecond-\nline", "first line second line", 0.39432237651162877, 0.8376917637686049),
        ("naïve café 中文", "naive café 中文", 0.5503212081491042, 0.6786976911976912),
        ("..,,..", "..,,..", 1.0000000000000004, 1.0),
        ("1.5.2, 3,4 .5 5. a.b", "1.5.2, 3,4 .5 5. a.b c", 0.9048374180359599, 0.9432494159160918),
        ("a b c d", "a b c d", 1.0000000000000004, 1.0),
        ("a b", "b a", 0.7071067811865478, 0.5),
        ("A Cat", "a cat", 0.0, 0.20833333333333331),
        ("tab\tand\u{A0}space  twice", "tab and space twice", 1.0000000000000004, 1.0),
    ]

    @Test func bleuAgrees() throws {
        let specification = try RewardSpecification("bleu")
        for example in Self.cases {
            let score = specification.reward(prediction: example.prediction, reference: example.reference)
            #expect(score.map { abs($0 - example.bleu) < 1e-9 } == true, "\(example.prediction): \(score ?? -1)")
        }
    }

    @Test func chrfAgrees() throws {
        let specification = try RewardSpecification("chrf")
        for example in Self.cases {
            let score = specification.reward(prediction: example.prediction, reference: example.reference)
            #expect(score.map { abs($0 - example.chrf) < 1e-9 } == true, "\(example.prediction): \(score ?? -1)")
        }
    }
}
