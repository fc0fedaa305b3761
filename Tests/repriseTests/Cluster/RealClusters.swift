import Testing

/// Lets few tests with clusters of real processes run at a time, whatever else the runner does at once: each starts half a
/// dozen processes, and on a small machine that drowns in them nothing happens in time.
struct RealClusters: SuiteTrait, TestTrait, TestScoping {
    private static let permits = Permits(3)

    let isRecursive = true

    func provideScope(
        for test: Test, testCase: Test.Case?, performing body: @Sendable () async throws -> Void
    ) async throws {
        try await Self.permits.holding(body)
    }
}

extension Trait where Self == RealClusters {
    /// One of the few tests that have a real cluster at a time.
    static var realClusters: Self { Self() }
}
