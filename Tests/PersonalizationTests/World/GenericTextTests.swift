import Testing

@testable import Personalization

@Suite struct GenericTextTests {
    private let world = SyntheticWorld(seed: 1)

    @Test func documentsAreCountedAndFormatted() {
        let texts = world.genericText(seed: 2, documents: 500, longest: 4)
        #expect(texts.joined().split(separator: "\n").count { $0.hasPrefix("# ") } == 500)
        #expect(texts.allSatisfy { $0.hasPrefix("# ") && $0.hasSuffix("\n") })
        #expect((texts.map { $0.split(separator: "\n").count / 2 }.max() ?? 0) == 4)
    }

    @Test func tasksAreNotTaught() {
        let text = world.genericText(seed: 2, documents: 500).joined()
        for mark in ["> ", "Answer:", "Habits:", "- opening", "Write the review", "Generate"] {
            #expect(!Substrings.contains(mark, in: text))
        }
    }

    @Test func seedsDecide() {
        #expect(world.genericText(seed: 2, documents: 50) == world.genericText(seed: 2, documents: 50))
        #expect(world.genericText(seed: 2, documents: 50) != world.genericText(seed: 3, documents: 50))
    }
}
