import Testing

@testable import Exposition

@Suite struct MetricTextTests {
    private let count = MetricDefinition("a_total", .counter, labels: ["kind"], "Things\nof \\ kinds.")
    private let size = MetricDefinition("size_bytes", .gauge, "Size.")
    private let wait = MetricDefinition("wait_seconds", .histogram(bounds: [0.5, 1]), "Waiting.")

    @Test func isTheTextFormat() {
        var text = MetricText()
        text.add(count, ["kind": "a"], 3)
        text.add(size, 1.5)
        text.add(count, ["kind": "q\"uo\\te\n"], 1e16)
        text.add(wait, [(name: "n", value: "x")], bounds: [0.5, 1], counts: [2, 0, 1], sum: 4.25)
        #expect(
            text.text == """
                # HELP a_total Things\\nof \\\\ kinds.
                # TYPE a_total counter
                a_total{kind="a"} 3
                a_total{kind="q\\"uo\\\\te\\n"} 10000000000000000
                # HELP size_bytes Size.
                # TYPE size_bytes gauge
                size_bytes 1.5
                # HELP wait_seconds Waiting.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{n="x",le="0.5"} 2
                wait_seconds_bucket{n="x",le="1"} 2
                wait_seconds_bucket{n="x",le="+Inf"} 3
                wait_seconds_sum{n="x"} 4.25
                wait_seconds_count{n="x"} 3

                """)
    }

    @Test(arguments: [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (-0.25, "-0.25"), (0, "0")])
    func numbersAreThoseOfGo(value: Double, shown: String) {
        var text = MetricText()
        text.add(size, value)
        #expect(text.text.hasSuffix("\nsize_bytes \(shown)\n"))
    }
}
