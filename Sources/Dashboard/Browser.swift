import Digests
import Dispatch
import RolloutCore
import RunStore

/// Answers questions about single trajectories, on a connection of its own, so that a long search holds up nobody's pages
/// but those of who searches.
actor Browser {
    private let directory: RunDirectory
    private let queue = DispatchQueue(label: "dashboard.browser")
    private var reader: RunReader?

    init(_ directory: RunDirectory) { self.directory = directory }

    /// - Throws: `RunStoreError` when the run cannot be read, or the search takes too long.
    func page(_ search: TrajectorySearch) async throws -> TrajectoryPage {
        try await blocking { try $0.page(search) }
    }

    /// All samples of a prompt, and the run's digest.
    ///
    /// - Throws: `RunStoreError` when the run cannot be read.
    func samples(
        of prompt: UInt32, _ split: Split, iteration: UInt32
    ) async throws -> (samples: [TrajectoryView], run: Digest) {
        var filter = TrajectoryFilter()
        filter.split = split
        filter.iteration = iteration
        filter.prompt = prompt
        filter.limit = 4096
        let wanted = filter
        return try await blocking { (try $0.trajectories(wanted), try $0.info().digest) }
    }

    /// - Throws: `RunStoreError` when the run cannot be read.
    func events(before: Int64?, limit: Int) async throws -> [EventRow] {
        try await blocking { try $0.events(before: before, limit: limit) }
    }

    private func blocking<Value: Sendable>(_ body: @escaping @Sendable (RunReader) throws -> Value) async throws
        -> Value
    {
        let known = reader
        let (directory, queue) = (directory, queue)
        let (used, value) = try await withCheckedThrowingContinuation { continuation in
            queue.async {
                continuation.resume(
                    with: Result {
                        let reader = try known.flatMap { $0.isThere ? $0 : nil } ?? RunReader(directory)
                        return (reader, try body(reader))
                    })
            }
        }
        reader = used
        return value
    }
}
