import JSONLines
import Testing

@Suite struct BenchCommandTests {
    private let folder: Folder

    init() throws {
        folder = try Folder()
        try TinyModel.save(folder("model"))
    }

    @Test func samplingIsMeasured() async throws {
        let sizes = ["--prompts", "2", "--prompt-tokens", "4", "--samples", "2", "--new-tokens", "8", "--runs", "2"]
        let outcome = try await Binary.run(["bench", "sampling", folder("model"), "--json"] + sizes)
        #expect(outcome.status == 0, "\(outcome.error)")
        let result = try outcome.json()[0]
        #expect(result["runs"]?.array?.count == 2)
        #expect((result["tokensPerSecond"]?.double ?? 0) > 0)
        let share = try #require(result["shareOfPeak"]?.double)
        // May exceed 1 on a busy machine: the peak is measured in another moment.
        #expect(share > 0)
        let told = try await Binary.run(["bench", "sampling", folder("model")] + sizes)
        #expect(told.output.contains("tokens/s") && told.output.contains("% of the measured peak"))
    }

    @Test func trainingIsMeasured() async throws {
        let outcome = try await Binary.run([
            "bench", "training", folder("model"), "--json", "--sequences", "2", "--tokens", "12", "--targets", "4",
        ])
        #expect(outcome.status == 0, "\(outcome.error)")
        #expect((try outcome.json()[0]["tokensPerSecond"]?.double ?? 0) > 0)
    }

    @Test func whatCannotBeMeasuredIsRefused() async throws {
        #expect(try await Binary.run(["bench", "sampling"]).status == 64)
        #expect(try await Binary.run(["bench", "training", "--shape", "llama-1t"]).status == 64)
        try await Binary.run(["bench", "sampling", folder("none")]).refused(66, folder("none"))
        try await Binary.run(["bench", "sampling", folder("model")]).refused(65, "context of \(TinyModel.context)")
    }
}
