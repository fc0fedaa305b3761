import Testing

@testable import Personalization

@Suite struct LeakCheckTests {
    let reference = "The river came over the wall at night and took the mill with it"
    let check = LeakCheck(words: 3, share: 0.1)

    @Test func aCopyIsALeakAndASummaryIsNot() {
        #expect(check.isLeak("- writes that the river came over the wall", of: reference, besides: ""))
        #expect(!check.isLeak("- writes about floods\n- plain words", of: reference, besides: ""))
    }

    @Test func whatProfileAndRequestSayMayBeRepeated() {
        let path = "- often says: came over the wall"
        #expect(check.isLeak(path, of: reference, besides: ""))
        #expect(!check.isLeak(path, of: reference, besides: "Last year it came over the wall, too."))
    }

    @Test func theShareIsTheReferences() {
        // Of the twelve distinct runs of three words the path holds two.
        let path = "- the river came over"
        #expect(check.isLeak(path, of: reference, besides: ""))
        #expect(!LeakCheck(words: 3, share: 0.2).isLeak(path, of: reference, besides: ""))
        #expect(!LeakCheck(words: 5, share: 0).isLeak(path, of: reference, besides: ""))
    }

    @Test func caseAndPunctuationHideNothing() {
        #expect(check.isLeak("- THE RIVER: came, over!", of: reference, besides: ""))
    }

    @Test func ofAShortReferenceTheWholeCounts() {
        let check = LeakCheck(words: 4, share: 0)
        #expect(check.isLeak("- says thanks again", of: "Thanks again!", besides: ""))
        #expect(!check.isLeak("- says thanks", of: "Thanks again!", besides: ""))
        #expect(!check.isLeak("- says thanks", of: "", besides: ""))
    }
}
