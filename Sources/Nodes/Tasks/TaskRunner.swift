import RolloutCore

/// Does one role's work. Called on a slot's own thread, so it may compute and block as long as it likes.
///
/// A runner is a pure function of the lease and the blobs the lease names: which node it is, and when, must not matter.
protocol TaskRunner: Sendable {
    /// Computes the task's output.
    func run(_ lease: Lease, in context: TaskContext) throws(TaskError) -> TaskOutput
    /// Whether a task that is cancelled keeps what was done of it, and goes on from there when it is leased again.
    var keepsUnfinished: Bool { get }
    /// Every result is with the coordinator: what was kept in case it got lost can go.
    func tidy()
}

extension TaskRunner {
    var keepsUnfinished: Bool { false }
    func tidy() {}
}

/// What a running task can reach.
struct TaskContext: Sendable {
    /// Blobs by digest; those the lease names are there before it starts.
    let blobs: BlobCache
    private let loadedBase: BaseModel?
    /// Whether the result is no longer wanted. Long tasks look from time to time and give up.
    let isCancelled: @Sendable () -> Bool
    /// Reports how far a train task is.
    let progress: @Sendable (TrainProgress) -> Void
    /// Says something to whoever reads the node's log.
    let say: @Sendable (String) -> Void
    /// Tells how long was computed earlier of what the task goes on with: it belongs to the task's computing time.
    let tookBefore: @Sendable (Duration) -> Void

    init(
        blobs: BlobCache, base: BaseModel?, isCancelled: @escaping @Sendable () -> Bool,
        progress: @escaping @Sendable (TrainProgress) -> Void, say: @escaping @Sendable (String) -> Void = { _ in },
        tookBefore: @escaping @Sendable (Duration) -> Void = { _ in }
    ) {
        self.blobs = blobs
        loadedBase = base
        self.isCancelled = isCancelled
        self.progress = progress
        self.say = say
        self.tookBefore = tookBefore
    }

    /// The base model, as the run's Welcome named it. Scorers have none.
    func base() throws(TaskError) -> BaseModel {
        guard let loadedBase else { throw .system("the base model is not here") }
        return loadedBase
    }
}

/// Why a task has no output.
struct TaskError: Error, Equatable, CustomStringConvertible {
    /// Whether another try may succeed.
    let failureClass: TaskFailure.Class
    /// One sentence, the same on every node for a deterministic failure.
    let description: String

    /// The same input fails the same way anywhere.
    static func deterministic(_ description: String) -> TaskError {
        TaskError(failureClass: .deterministic, description: description)
    }

    /// This machine could not; another may.
    static func system(_ description: String) -> TaskError {
        TaskError(failureClass: .system, description: description)
    }
}
