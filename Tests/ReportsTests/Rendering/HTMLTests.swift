import Foundation
import Testing

@testable import Reports

@Suite struct HTMLTests {
    private let html = SampleReport.value.html

    /// Names of elements in order; "/name" for an end.
    private static func tags(_ html: String) -> [String] {
        var tags: [String] = []
        var rest = Substring(html)
        while let start = rest.firstIndex(of: "<"), let end = rest[start...].firstIndex(of: ">") {
            tags.append(String(rest[rest.index(after: start)..<end].prefix { $0 != " " }))
            rest = rest[rest.index(after: end)...]
        }
        return tags
    }

    @Test func everyElementEnds() {
        var open: [String] = []
        for tag in Self.tags(html) where tag != "!DOCTYPE" && tag != "meta" {
            if tag.hasPrefix("/") { #expect(open.popLast() == String(tag.dropFirst())) } else { open.append(tag) }
        }
        #expect(open.isEmpty)
    }

    @Test func textsStayTexts() {
        #expect(!html.contains("<script"))
        #expect(html.contains("&lt;script&gt;alert(&quot;x&quot;)&lt;/script&gt; | `a` &amp; &#39;b&#39;"))
        #expect(!html.unicodeScalars.contains("\u{0}") && !html.unicodeScalars.contains("\u{FFFE}"))
        #expect(html.unicodeScalars.contains("\u{FFFD}"))
    }

    @Test func nothingComesFromElsewhere() {
        for word in ["src=", "url(", "@import", "http:", "https:", "<link", "<script", "<iframe", "onload"] {
            #expect(!html.contains(word), "\(word)")
        }
        #expect(html.matches(of: #/href="(.)/#).allSatisfy { $0.1 == "#" })
        #expect(html.contains("default-src &#39;none&#39;"))
    }

    @Test func emptySectionsAreLeftOut() {
        #expect(!html.contains("Nothing to say"))
        #expect(html.contains("<section id=\"all\">") && html.contains("href=\"#all\""))
    }

    @Test func meansHaveTheirIntervals() {
        #expect(html.contains("0.5000<small> 0.4000 to 0.6000</small>"))
        #expect(html.contains(">0.2500</td>"))
        #expect(html.contains("<p class=\"none\">no answer</p>"))
    }

    @Test func chartsSpeak() {
        #expect(html.contains("aria-label=\"train: SFT 0.5000, iteration 1 0.7500; "))
        #expect(html.contains("0.00 to 0.25 2"))
        #expect(html.components(separatedBy: "role=\"img\"").count == 3)
    }

    @Test func equalReportsAreEqualBytes() { #expect(SampleReport.value.html == html) }
}
