import Testing

@testable import Nodes

@Suite struct TrainingLinesTests {
    private func take(_ lines: String...) throws -> TrainingLines {
        var taken = TrainingLines()
        for line in lines { _ = try taken.take(Array(line.utf8)[...]) }
        return taken
    }

    @Test func firstAndLastReportCount() throws {
        let lines = try take(
            "loading", #"{"step": 1, "steps": 3, "loss": 2.5, "tokens": 10}"#,
            #"{"step": 3, "steps": 3, "loss": 1, "tokens": 30, "more": true}"#)
        #expect(lines.first?.loss == 2.5 && lines.last?.tokens == 30 && lines.shortfall == nil)
    }

    @Test func whatIsForPeopleIsHandedOn() throws {
        var lines = TrainingLines()
        #expect(try lines.take(Array("a\u{1B}b".utf8)[...]) == .words("a b"))
        #expect(lines.shortfall == "ended without a line that says how far it came")
    }

    @Test func anEndBeforeTheLastStepIsNone() throws {
        let lines = try take(#"{"step": 2, "steps": 3, "loss": 2.5, "tokens": 10}"#)
        #expect(lines.shortfall == "ended after step 2 of 3")
    }

    @Test(arguments: [
        (#"{"step": 1, "steps": 2, "loss": NaN, "tokens": 1}"#, "a loss that is no number"),
        (#"{"step": 1"#, "not JSON"), (#"{"step": 1, "loss": 1}"#, "without step, steps, loss and tokens"),
        (#"{"step": 3, "steps": 2, "loss": 1, "tokens": 1}"#, "without step, steps, loss and tokens"),
        (#"{"step": 1, "steps": 2, "loss": "1", "tokens": 1}"#, "without step, steps, loss and tokens"),
    ])
    func everythingElseIsABreach(line: String, words: String) {
        let breach = #expect(throws: TrainingLines.Breach.self) { _ = try take(line) }
        #expect(breach?.description.contains(words) == true)
    }

    @Test func stepsDoNotGoBack() {
        #expect(throws: TrainingLines.Breach(description: "went back from step 2 to step 1")) {
            _ = try take(
                #"{"step": 2, "steps": 2, "loss": 1, "tokens": 1}"#, #"{"step": 1, "steps": 2, "loss": 1, "tokens": 1}"#
            )
        }
    }
}
