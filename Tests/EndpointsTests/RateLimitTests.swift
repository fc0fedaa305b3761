import Testing

@testable import Endpoints

@Suite struct RateLimitTests {
    private func limit(_ headers: [String: String], now: Double = 784_111_770) -> RateLimit {
        RateLimit(headers: headers, now: now)
    }

    @Test func retryAfterComesInThreeForms() {
        #expect(limit(["Retry-After": "12"]).retryAfter == .seconds(12))
        #expect(limit(["retry-after": "0.25"]).retryAfter == .milliseconds(250))
        #expect(limit(["Retry-After-Ms": "1500", "Retry-After": "2"]).retryAfter == .milliseconds(1500))
        #expect(limit(["Retry-After": "Sun, 06 Nov 1994 08:49:37 GMT"]).retryAfter == .seconds(7))
        #expect(limit(["Retry-After": "Sun, 06 Nov 1994 08:40:00 GMT"]).retryAfter == .zero)
        for odd in ["", "soon", "-3", "nan", "inf", "1e300", "Sun, 06 Foo 1994 08:49:37 GMT", "06 Nov 1994"] {
            #expect(limit(["Retry-After": odd]).retryAfter == nil, "\(odd)")
        }
    }

    @Test func datesAreTheCalendars() {
        #expect(RateLimit.date("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        #expect(RateLimit.date("Thu, 29 Feb 2024 23:59:59 GMT") == 1_709_251_199)
        #expect(RateLimit.date("Fri, 01 Mar 2024 00:00:00 GMT") == 1_709_251_200)
        #expect(RateLimit.date("Sun, 31 Dec 2000 00:00:00 GMT") == 978_220_800)
    }

    @Test func aUsedUpLimitPausesUntilItsReset() {
        let headers = ["x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"]
        #expect(limit(headers).pause == .seconds(90))
        #expect(
            limit(headers.merging(["x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "2m"]) { $1 }).pause
                == .seconds(120))
        #expect(limit(["x-ratelimit-remaining-requests": "3", "x-ratelimit-reset-requests": "1m30s"]).pause == nil)
        #expect(limit([:]).pause == nil)
    }

    @Test(arguments: [
        ("20ms", Duration.milliseconds(20)), ("6m0s", .seconds(360)), ("1h2m3s", .seconds(3723)),
        ("1.5s", .milliseconds(1500)),
        ("7", .seconds(7)),
    ])
    func resetsAreDurations(_ text: String, _ duration: Duration) { #expect(RateLimit.duration(text) == duration) }

    @Test(arguments: ["", "s", "5x", "5m3", "1e9h", "ms", "-1s"])
    func otherTextIsNone(_ text: String) { #expect(RateLimit.duration(text) == nil) }
}
