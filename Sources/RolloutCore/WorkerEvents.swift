/// What reaches a node's value.
public enum WorkerEvent: Sendable, Equatable {
    /// A message from the coordinator.
    case received(Envelope<CoordinatorMessage>)
    /// A started task is done.
    case completed(Attempt, TaskOutput, computeTime: Duration)
    /// A started task could not be done; two deterministic failures are the same when their sentences are.
    case failed(Attempt, TaskFailure.Class, explanation: String)
    /// A started task was put off, and what was done of it is kept where it is taken up again: the answer to `suspend`.
    case handedBack(Attempt)
    /// How far a train task is.
    case progress(TrainProgress)
    /// Time passed; sent at least every 100 ms.
    case tick
    /// A person or a signal asked to stop: finish what runs, hand back the rest, leave.
    case drain
}

/// What a node's value asks of its shell, to be done in order.
public enum WorkerEffect: Sendable, Equatable {
    case send(Envelope<NodeMessage>)
    /// Run the task and answer `completed` or `failed` under this lease's attempt. At most `slots` run at a time.
    case start(Lease)
    /// The task is not wanted any more, and the shell drops its answer: a coordinator that was restarted may lease the same
    /// attempt again, of another input.
    case stop(Attempt)
    /// The node is to leave: put the task off, where what is done of it can be kept, and answer `handedBack`. Otherwise it is
    /// finished.
    case suspend(Attempt)
    /// A message that is the shell's business: `policy`, `chunk` and `chunkRequest`.
    case deliver(CoordinatorMessage)
    /// Open a fresh connection: messages on the old one belong to an incarnation that is no more.
    case reconnect(Incarnation)
    /// End the process.
    case exit(ExitReason)
    case note(WorkerNotice)
}

/// Why a node ends.
public enum ExitReason: Sendable, Equatable, CustomStringConvertible {
    /// It was told to, and has handed everything in.
    case drained
    /// The coordinator refused it for good.
    case rejected(Rejection)
    /// The coordinator could not be heard for that long.
    case silent(Duration)

    /// Whether nothing went wrong: drained, or refused only because the run is finished.
    public var isClean: Bool {
        switch self {
        case .drained: true
        case .rejected(let rejection): rejection.reason == .finished
        case .silent: false
        }
    }

    /// One sentence.
    public var description: String {
        switch self {
        case .drained: "the node was told to stop, and holds no work any more"
        case .rejected(let rejection) where rejection.reason == .finished:
            "nothing is left to do: \(rejection.explanation)"
        case .rejected(let rejection): "the coordinator refused this node: \(rejection.explanation)"
        case .silent(let duration):
            "nothing was heard from the coordinator for \(duration.components.seconds) s: check its address and whether it runs"
        }
    }
}

/// Something worth a log line of a node; never a decision.
public enum WorkerNotice: Sendable, Equatable {
    case joined(Term)
    /// The coordinator was restarted: saying Hello again, with all work kept.
    case rejoining(Term)
    /// No longer a member: starting over as another incarnation.
    case fenced(Incarnation, String)
    case refusedForNow(Rejection)
    case leased(Attempt)
    case completed(Attempt)
    case acknowledged(Attempt)
    /// Work stopped because nothing was heard from the coordinator.
    case stoppedInSilence(Duration)
    /// This process stood still for that long.
    case paused(Duration)
}
