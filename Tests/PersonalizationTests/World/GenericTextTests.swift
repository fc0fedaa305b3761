import Testing

@testable import Personalization

@Suite struct GenericTextTests {
    private let world = SyntheticWorld(seed: 1)

    @Test func documentsAreCountedAndFormatted() {
        let texts = world.genericText(seed: 2, documents: 500, longest: 4)
        #expect(texts.joined(separator: "\n").split(separator: "\n").count { $0.hasPrefix("# ") } == 500)
        #expect(texts.allSatisfy { $0.hasPrefix("# ") && $0.hasSuffix("\n") })
    }

    @Test func requestsAndSummariesOccurButNeverTogether() {
        let texts = world.genericText(seed: 2, documents: 2000)
        let answered = texts.filter { Substrings.contains("\n> ", in: $0) }
        let summarised = texts.filter { Substrings.contains("\nHabits:\n", in: $0) }
        #expect(answered.count > texts.count / 6)
        #expect(summarised.count > texts.count / 6)
        #expect(!answered.contains { Substrings.contains("Habits:", in: $0) })
        #expect(!texts.contains { Substrings.contains("Answer:", in: $0) })
    }

    @Test func seedsDecide() {
        #expect(world.genericText(seed: 2, documents: 50) == world.genericText(seed: 2, documents: 50))
        #expect(world.genericText(seed: 2, documents: 50) != world.genericText(seed: 3, documents: 50))
    }
}
