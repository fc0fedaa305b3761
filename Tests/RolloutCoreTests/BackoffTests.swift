import Testing

@testable import RolloutCore

@Suite struct BackoffTests {
    @Test func waitsAreWithinADoublingCeiling() {
        var jitter = SplitMix(seed: 1)
        let backoff = Backoff()
        #expect(backoff.delay(losses: 0, jitter: &jitter) == .zero)
        for losses in 1...40 {
            let ceiling = min(Duration.seconds(5), .milliseconds(100) * (1 << min(losses - 1, 16)))
            let delays = (0..<50).map { _ in backoff.delay(losses: losses, jitter: &jitter) }
            #expect(delays.allSatisfy { $0 >= .zero && $0 <= ceiling })
            #expect(Set(delays).count > 40)
        }
    }

    /// Reference values of the published generator for seed 1234567.
    @Test func splitMixIsThePublishedGenerator() {
        var random = SplitMix(seed: 1_234_567)
        #expect(random.next() == 6_457_827_717_110_365_317)
        #expect(random.next() == 3_203_168_211_198_807_973)
    }
}
