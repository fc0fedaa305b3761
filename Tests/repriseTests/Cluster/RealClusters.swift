import Testing

/// Lets few tests with clusters of real processes run at a time, whatever else the runner does at once: each starts half a
/// dozen processes, and on a small machine that drowns in them nothing happens in time.
struct RealClusters: SuiteTrait, TestTrait, TestScoping {
    private actor Permits {
        private var free = 3
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func take() async {
            if free > 0 { free -= 1 } else { await withCheckedContinuation { waiting.append($0) } }
        }

        func giveBack() {
            if waiting.isEmpty { free += 1 } else { waiting.removeFirst().resume() }
        }
    }

    private static let permits = Permits()

    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        await Self.permits.take()
        let outcome: Result<Void, any Error>
        do { outcome = .success(try await body()) } catch { outcome = .failure(error) }
        await Self.permits.giveBack()
        try outcome.get()
    }
}

extension Trait where Self == RealClusters {
    /// One of the few tests that have a real cluster at a time.
    static var realClusters: Self { Self() }
}
