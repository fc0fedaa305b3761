import Testing

@testable import Personalization

@Suite struct LeakageTests {
    @Test func sharesAreOfTheReferencesGrams() {
        let reference = "one two three four five"
        #expect(Leakage.share(of: reference, in: "- words: one two three four", besides: []) == 0.5)
        #expect(Leakage.share(of: reference, in: reference, besides: []) == 1)
        #expect(Leakage.share(of: reference, in: "five four three two one", besides: []) == 0)
        #expect(Leakage.share(of: "too short", in: "too short", besides: []) == 0)
    }

    @Test func whatTheProfileHoldsIsNoLeak() {
        let profile = [Document(title: "", text: "One two three four!")]
        #expect(Leakage.share(of: "one two three four five", in: "one two three four five", besides: profile) == 0.5)
    }
}
