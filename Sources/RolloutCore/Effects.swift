public import Digests

/// What reaches the coordinator's value.
public enum CoordinatorEvent: Sendable, Equatable {
    case received(SessionID, Envelope<NodeMessage>)
    /// The shell wrote the training set a `storeTrainingSet` effect asked for.
    case trainingSetStored(iteration: UInt32, BlobManifest)
    /// A policy's delta lies complete and verified in the blob store.
    case policyStored(PolicyManifest)
    /// The delta could not be had from that session: its train task is offered anew.
    case policyFetchFailed(SessionID, TaskID, explanation: String)
    /// Time passed; sent at least every 100 ms.
    case tick
    /// A person or a signal asked to stop: lease nothing more, tell every node to drain, finish.
    case drain
}

/// What the coordinator's value asks of its shell. The shell performs effects in order and performs none before the ones
/// ahead of it are done, so "journal, then send" is the order of two elements.
public enum CoordinatorEffect: Sendable, Equatable {
    case send(SessionID, Incarnation, CoordinatorMessage)
    /// The shell adds the work's payload and sends the Lease.
    case lease(SessionID, Incarnation, Grant)
    /// `durable`: on disk before the next effect.
    case journal(Record, durable: Bool)
    /// Write the iteration's training set from what was sealed (for iteration 0: from the references), then answer
    /// `trainingSetStored`.
    case storeTrainingSet(iteration: UInt32)
    /// Pull the delta in chunks from that session into the blob store, then answer `policyStored` or `policyFetchFailed`.
    case fetchPolicy(SessionID, Incarnation, TaskID, PolicyManifest)
    case note(Notice)
    /// The run is complete.
    case finish(Outcome)
    /// The run cannot go on without a person; everything so far is kept.
    case halt(Halt)
    /// Every node has gone or been told to; the coordinator may exit.
    case drained
}

/// A lease granted, without its payload.
public struct Grant: Sendable, Equatable {
    /// Which attempt of which task.
    public var attempt: Attempt
    /// How long the lease lasts unless renewed.
    public var timeToLive: Duration
    /// Digest of the task's input.
    public var inputDigest: Digest
    /// See `Lease.settles`.
    public var settles: Bool
    /// Creates the value from its parts.
    public init(attempt: Attempt, timeToLive: Duration, inputDigest: Digest, settles: Bool = false) {
        self.attempt = attempt
        self.timeToLive = timeToLive
        self.inputDigest = inputDigest
        self.settles = settles
    }
}

/// Why a run stops for a person.
public enum Halt: Sendable, Equatable {
    /// Five attempts were lost to system failures.
    case quarantined(TaskID, explanation: String)
    /// Two results with the same input digest differ.
    case determinismViolation(TaskID, first: Digest, second: Digest, node: String)
    /// No trajectory of the E-step passed the threshold.
    case nothingSelected(iteration: UInt32, SelectionCounts)
    /// A train task failed the same way twice.
    case trainingFailed(iteration: UInt32, explanation: String)
}

/// Something worth a log line and a counter; never a decision.
public enum Notice: Sendable, Equatable {
    case nodeJoined(SessionID, node: String, Role, slots: UInt32)
    case nodeLost(SessionID, node: String, Role, held: Int)
    case nodeLeft(SessionID, node: String, Role)
    case nodeRejected(SessionID, Rejection)
    case leased(Attempt, node: String)
    /// A second lease of a task whose first takes far longer than the others did.
    case speculated(Attempt, node: String)
    /// A node reports an attempt whose lease was lost, or was another term's: it has it again.
    case adopted(Attempt, node: String)
    case leaseExpired(Attempt, node: String)
    case leaseNotReported(Attempt, node: String)
    case released(Attempt, node: String)
    /// The attempt may have cost its node; so often by now, of so many that are forgiven.
    case suspected(Attempt, node: String, count: Int, explanation: String)
    case systemFailure(Attempt, node: String, explanation: String)
    case deterministicFailure(Attempt, node: String, explanation: String)
    case accepted(Attempt, node: String, late: Bool)
    case duplicateIgnored(Attempt, node: String)
    case fenced(SessionID, Incarnation)
    case staleMessage(SessionID, String)
    case trainProgress(TrainProgress)
    case phase(Phase)
}

/// Where a run stands, for people.
public enum Phase: Sendable, Equatable {
    /// Reasoning paths for the fine-tuning are written.
    case rationalizing
    case training(iteration: UInt32)
    case sampling(iteration: UInt32)
    case evaluating(policy: UInt32)
    case finished
}
