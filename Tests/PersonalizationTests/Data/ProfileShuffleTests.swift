import Testing

@testable import Personalization

@Suite struct ProfileShuffleTests {
    private let examples = SyntheticWorld(seed: 1, size: SyntheticWorld.Size(train: 5)).examples(.train)

    @Test func everyProfileBecomesAStrangersOfTheSameTask() {
        let shuffled = ProfileShuffle.apply(to: examples, share: 1, seed: 3)
        for (before, after) in zip(examples, shuffled) {
            #expect(after.profile != before.profile)
            #expect(after.output == before.output && after.id == before.id)
            #expect(examples.contains { $0.task == before.task && $0.profile == after.profile })
        }
        #expect(shuffled == ProfileShuffle.apply(to: examples, share: 1, seed: 3))
    }

    @Test func sharesAreKept() {
        let half = ProfileShuffle.apply(to: examples, share: 0.4, seed: 3)
        #expect(zip(examples, half).count { $0.profile != $1.profile } == 8)
        #expect(ProfileShuffle.apply(to: examples, share: 0, seed: 3) == examples)
        #expect(ProfileShuffle.apply(to: [examples[0]], share: 1, seed: 3) == [examples[0]])
    }
}
