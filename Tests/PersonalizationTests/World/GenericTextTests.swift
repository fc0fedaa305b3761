import Testing

@testable import Personalization

@Suite struct GenericTextTests {
    private let world = SyntheticWorld(seed: 1)

    @Test func documentsAreCountedAndFormatted() {
        let texts = world.genericText(seed: 2, documents: 500, longest: 4)
        #expect(texts.joined(separator: "\n").split(separator: "\n").count { $0.hasPrefix("# ") } == 500)
        #expect(texts.allSatisfy { $0.hasPrefix("# ") && $0.hasSuffix("\n") })
    }

    @Test func requestsAndSummariesOccurAloneAndTogether() {
        let texts = world.genericText(seed: 2, documents: 2000)
        var counts: [String: Int] = [:]
        for text in texts {
            let (asked, summarised) = (
                Substrings.contains("\n> ", in: text), Substrings.contains("\nHabits:\n", in: text)
            )
            #expect(Substrings.contains("\nAnswer:\n", in: text) == (asked && summarised))
            counts["\(asked) \(summarised)", default: 0] += 1
        }
        #expect(counts.keys.sorted() == ["false false", "true false", "true true"])
        #expect(counts.values.allSatisfy { $0 > texts.count / 6 })
    }

    @Test func seedsDecide() {
        #expect(world.genericText(seed: 2, documents: 50) == world.genericText(seed: 2, documents: 50))
        #expect(world.genericText(seed: 2, documents: 50) != world.genericText(seed: 3, documents: 50))
    }
}
