import Testing

/// Numbers that would overflow something, take all memory or never end.
@Suite struct OptionRangeTests {
    private static let most = "9223372036854775807"
    private static let commands = [
        "generate --model m --max-new-tokens \(most)", "generate --model m --threads \(most)",
        "generate --model m --top-k \(most)", "logprobs --model m --threads \(most)", "retrieve --k \(most)",
        "rationale --max-new-tokens \(most)", "train --model m --data d -o o --warmup-steps \(most)",
        "train --model m --data d -o o --threads 0", "bench sampling --shape demo --new-tokens \(most)",
        "bench training --shape demo --runs \(most)", "pretrain --world 1 -o o --hidden \(most)",
        "pretrain --world 1 -o o --layers 0", "data synthesize --train 1000000000000 -o o",
        "data synthesize --train=-5 -o o", "simulate --nodes 10 --gigabits nan", "simulate --nodes 10 --gigabits inf",
        "simulate --nodes 10 --policy-megabytes 1e300", "simulate --nodes 10 --prompts 1000000000000",
        "simulate --nodes 10 --new-tokens \(most)", "simulate --nodes 10 --task-seconds constant:1e12",
        "simulate --jobs 0", "simulate --prompts 3", "simulate --seeds 1 --task-seconds constant:3",
        "eval m --config c --pass nan",
    ]

    @Test(arguments: commands) func areRefused(command: String) async throws {
        let words = command.split(separator: " ").map(String.init)
        let outcome = try await Binary.run(words)
        #expect(outcome.status == 64, "\(outcome.error)")
        let option = try #require(words.last { $0.hasPrefix("--") }?.split(separator: "=").first)
        // The recipe calls them by its own names.
        #expect(outcome.error.contains(option) || outcome.error.contains("recipe"), "\(outcome.error)")
        #expect(outcome.output.isEmpty)
    }
}
