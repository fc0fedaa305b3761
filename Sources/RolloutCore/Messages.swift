public import Digests

// The messages as values. Wire turns them into protobuf frames and back; the in-memory transport passes them as they are.

/// What every message carries besides its body.
public struct Envelope<Message: Sendable & Equatable>: Sendable, Equatable {
    /// Identity of the run: digest of its resolved configuration and data. All zero in a node's first Hello.
    public var run: Digest
    /// The coordinator's term; 0 in a node's first Hello.
    public var term: Term
    /// The node's incarnation, in both directions.
    public var incarnation: Incarnation
    /// Counts up by one per sender and incarnation, over all kinds of message.
    public var sequence: UInt64
    /// The body.
    public var message: Message

    /// Creates the value from its parts.
    public init(run: Digest, term: Term, incarnation: Incarnation, sequence: UInt64, message: Message) {
        self.run = run
        self.term = term
        self.incarnation = incarnation
        self.sequence = sequence
        self.message = message
    }
}

/// Messages from a node to the coordinator.
public enum NodeMessage: Sendable, Equatable {
    case hello(Hello)
    case heartbeat(Heartbeat)
    case result(TaskResult)
    case failure(TaskFailure)
    case progress(TrainProgress)
    /// Hands tasks back unfinished (drain, or no longer able).
    case release([Attempt])
    case chunkRequest(ChunkRequest)
    case chunk(Chunk)
    case goodbye
    /// The shell's business: anybody whom the coordinator lets connect may ask, a member or not.
    case pageRequest(PageRequest)
}

/// Messages from the coordinator to a node.
public enum CoordinatorMessage: Sendable, Equatable {
    case welcome(Welcome)
    case reject(Rejection)
    case lease(Lease)
    case heartbeatAck
    case resultAck(ResultAck)
    case cancel([Attempt])
    /// The sender is no member (see `Membership`). In the node's own term: it drops its work and says Hello with a new
    /// incarnation. In a newer term the coordinator was restarted: it keeps its work and incarnation and says Hello.
    case fenced(String)
    /// A hint that a policy is committed; a node pulls it when a task needs it.
    case policy(PolicyManifest)
    case chunkRequest(ChunkRequest)
    case chunk(Chunk)
    /// No more leases: finish or release what is held, then say goodbye and exit.
    case drain
    case page(Page)
}

/// A node introduces itself.
public struct Hello: Sendable, Equatable {
    /// What the node does.
    public var role: Role
    /// The node's name, chosen at start, unique in its role.
    public var node: String
    /// Version of the software; the coordinator refuses another.
    public var softwareVersion: String
    /// Digest of canary computations; the coordinator refuses a node whose arithmetic differs.
    public var numericFingerprint: Digest
    /// Tasks the node runs at the same time.
    public var slots: UInt32
    /// Leases the node takes at the same time (≥ slots: a few are prefetched).
    public var credit: UInt32
    /// Of a scorer: the reward it computes, which must be the run's. Empty when it computes the metrics of this software.
    public var reward: String
    /// Of a sampler or learner behind which a program outside does the work: its name, which must be the run's. Empty when
    /// the node computes with this software.
    public var engine: String

    /// Creates the value from its parts.
    public init(
        role: Role, node: String, softwareVersion: String, numericFingerprint: Digest, slots: UInt32, credit: UInt32,
        reward: String = "", engine: String = ""
    ) {
        self.role = role
        self.node = node
        self.softwareVersion = softwareVersion
        self.numericFingerprint = numericFingerprint
        self.slots = slots
        self.credit = credit
        self.reward = reward
        self.engine = engine
    }
}

/// The coordinator takes the node in.
public struct Welcome: Sendable, Equatable {
    /// Timers the node keeps to.
    public var timers: Timers
    /// The base checkpoint's files as one blob, for nodes that have no copy of their own.
    public var base: BaseManifest

    /// Creates the value from its parts.
    public init(timers: Timers, base: BaseManifest) {
        self.timers = timers
        self.base = base
    }
}

/// Why a node is refused. Final, except `busy`.
public struct Rejection: Sendable, Equatable {
    /// The reasons, as they travel.
    public enum Reason: UInt8, Sendable, CaseIterable {
        case busy = 1
        case protocolVersion = 2
        case softwareVersion = 3
        case numericFingerprint = 4
        case otherRun = 5
        case malformed = 6
        case unauthorized = 7
        case finished = 8
        case reward = 9
        case engine = 10
    }
    /// What kind of refusal.
    public var reason: Reason
    /// One sentence for the person who started the node: what differs and what to set.
    public var explanation: String

    /// Creates the value from its parts.
    public init(reason: Reason, explanation: String) {
        self.reason = reason
        self.explanation = explanation
    }
}

/// One lease of one task: attempts count from 1.
public struct Attempt: Sendable, Hashable, Comparable {
    /// The task.
    public var task: TaskID
    /// Which lease of it, from 1.
    public var attempt: UInt32
    /// Creates the value from its parts.
    public init(task: TaskID, attempt: UInt32) {
        self.task = task
        self.attempt = attempt
    }
    /// By task, then attempt.
    public static func < (a: Attempt, b: Attempt) -> Bool { (a.task, a.attempt) < (b.task, b.attempt) }
}

/// Sent every `Timers.heartbeat`: what the node holds and could take.
public struct Heartbeat: Sendable, Equatable {
    /// Every attempt the node holds, running or waiting for a slot, or finished and not yet acknowledged.
    public var held: [Attempt]
    /// How many further leases the node would take now.
    public var credit: UInt32
    /// Creates the value from its parts.
    public init(held: [Attempt], credit: UInt32) {
        self.held = held
        self.credit = credit
    }
}

/// One task, to be run once by the node that receives it.
public struct Lease: Sendable, Equatable {
    /// Which attempt of which task.
    public var attempt: Attempt
    /// How long the lease lasts unless renewed.
    public var timeToLive: Duration
    /// Digest of the task's input.
    public var inputDigest: Digest
    /// The task's input.
    public var work: TaskWork
    /// Of a score task: an earlier attempt failed deterministically, so what cannot be computed this time is recorded as a
    /// score without reward instead of failing the task.
    public var settles: Bool

    /// Creates the value from its parts.
    public init(
        attempt: Attempt, timeToLive: Duration, inputDigest: Digest, work: TaskWork, settles: Bool = false
    ) {
        self.attempt = attempt
        self.timeToLive = timeToLive
        self.inputDigest = inputDigest
        self.work = work
        self.settles = settles
    }
}

/// A finished task; sent until acknowledged.
public struct TaskResult: Sendable, Equatable {
    /// Which attempt of which task.
    public var attempt: Attempt
    /// Digest of the task's input.
    public var inputDigest: Digest
    /// Digest of `output` (see `TaskOutput.digest`).
    public var resultDigest: Digest
    /// What the task produced.
    public var output: TaskOutput
    /// Time the node spent computing, for statistics only.
    public var computeTime: Duration

    /// Creates the value from its parts.
    public init(
        attempt: Attempt, inputDigest: Digest, resultDigest: Digest, output: TaskOutput, computeTime: Duration
    ) {
        self.attempt = attempt
        self.inputDigest = inputDigest
        self.resultDigest = resultDigest
        self.output = output
        self.computeTime = computeTime
    }
}

/// The node may forget the result: it is recorded, or of no use to this run.
public struct ResultAck: Sendable, Equatable {
    /// The task whose result was recorded.
    public var task: TaskID
    /// Digest of the output.
    public var resultDigest: Digest
    /// Creates the value from its parts.
    public init(task: TaskID, resultDigest: Digest) {
        self.task = task
        self.resultDigest = resultDigest
    }
}

/// A task that could not be finished.
public struct TaskFailure: Sendable, Equatable {
    /// Whose fault it is.
    public enum Class: UInt8, Sendable, CaseIterable {
        /// The machine's fault (memory, disk, a lost dependency): another try may succeed.
        case system = 1
        /// The same input will fail the same way anywhere.
        case deterministic = 2
    }
    /// Which attempt of which task.
    public var attempt: Attempt
    /// Digest of the task's input.
    public var inputDigest: Digest
    /// Whose fault it is.
    public var failureClass: Class
    /// One sentence; two deterministic failures are the same when their sentences are.
    public var explanation: String

    /// Creates the value from its parts.
    public init(attempt: Attempt, inputDigest: Digest, failureClass: Class, explanation: String) {
        self.attempt = attempt
        self.inputDigest = inputDigest
        self.failureClass = failureClass
        self.explanation = explanation
    }
}

/// How far a train task is; for people only.
public struct TrainProgress: Sendable, Equatable {
    /// Which attempt of which task.
    public var attempt: Attempt
    /// Optimiser steps done.
    public var step: UInt32
    /// Optimiser steps in all.
    public var steps: UInt32
    /// Loss of the last step.
    public var loss: Double
    /// Training speed.
    public var tokensPerSecond: Double

    /// Creates the value from its parts.
    public init(attempt: Attempt, step: UInt32, steps: UInt32, loss: Double, tokensPerSecond: Double) {
        self.attempt = attempt
        self.step = step
        self.steps = steps
        self.loss = loss
        self.tokensPerSecond = tokensPerSecond
    }
}

// MARK: - Blobs

/// A content-addressed byte string in chunks.
public struct BlobManifest: Sendable, Hashable {
    /// Length of every chunk but the last, in the protocol.
    public static let chunkByteCount = 256 * 1024
    /// SHA-256 of the whole blob.
    public var digest: Digest
    /// Length of the whole blob.
    public var byteCount: UInt64
    /// SHA-256 of each chunk, in order.
    public var chunks: [Digest]
    /// Length of every chunk but the last. Not on the wire: both ends know it, and only a simulation has a smaller one.
    public var chunkByteCount: Int

    /// Creates the value from its parts.
    public init(
        digest: Digest, byteCount: UInt64, chunks: [Digest], chunkByteCount: Int = BlobManifest.chunkByteCount
    ) {
        self.digest = digest
        self.byteCount = byteCount
        self.chunks = chunks
        self.chunkByteCount = chunkByteCount
    }
}

/// The base checkpoint as it travels: a blob of its files, and the digest of its weights.
public struct BaseManifest: Sendable, Hashable {
    /// Digest of the weights (`Checkpoint.weightsDigest`).
    public var weights: Digest
    /// The files as one blob.
    public var blob: BlobManifest
    /// Creates the value from its parts.
    public init(weights: Digest, blob: BlobManifest) {
        self.weights = weights
        self.blob = blob
    }
}

/// One policy version: `base + delta`, always against the base checkpoint, so that no chain can drift.
public struct PolicyManifest: Sendable, Hashable {
    /// Iteration that produced it; 0 after supervised fine-tuning.
    public var version: UInt32
    /// Digest of the base's weights.
    public var base: Digest
    /// Digest of the policy's weights after the delta is applied.
    public var weights: Digest
    /// `nil` when the policy is the base itself (no fine-tuning).
    public var delta: BlobManifest?

    /// Creates the value from its parts.
    public init(version: UInt32, base: Digest, weights: Digest, delta: BlobManifest?) {
        self.version = version
        self.base = base
        self.weights = weights
        self.delta = delta
    }
}

/// Asks for `count` chunks of a blob from chunk `first` on: the receiver's credit.
public struct ChunkRequest: Sendable, Equatable {
    /// Digest of the blob.
    public var blob: Digest
    /// Index of the first chunk asked for.
    public var first: UInt32
    /// How many chunks.
    public var count: UInt32
    /// The defaults of the protocol.
    public init(blob: Digest, first: UInt32, count: UInt32) {
        self.blob = blob
        self.first = first
        self.count = count
    }
}

/// One chunk of a blob.
public struct Chunk: Sendable, Equatable {
    /// Digest of the blob.
    public var blob: Digest
    /// Its index in the manifest.
    public var index: UInt32
    /// Empty when the sender does not have the blob.
    public var bytes: [UInt8]
    /// Creates the value from its parts.
    public init(blob: Digest, index: UInt32, bytes: [UInt8]) {
        self.blob = blob
        self.index = index
        self.bytes = bytes
    }
}

// MARK: - Pages

/// Asks for a page of the run's dashboard.
public struct PageRequest: Sendable, Equatable {
    /// A name and a value of the query.
    public struct Item: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// Its value.
        public var value: String

        /// Creates the value from its parts.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Chosen by who asks; the answer repeats it.
    public var number: UInt64
    /// Such as `/trajectories`.
    public var path: String
    /// In order.
    public var query: [Item]

    /// Creates the value from its parts.
    public init(number: UInt64, path: String, query: [Item] = []) {
        self.number = number
        self.path = path
        self.query = query
    }
}

/// A page of the run's dashboard, or a sentence about why it is not shown.
public struct Page: Sendable, Equatable {
    /// That of the request.
    public var number: UInt64
    /// The status of HTTP.
    public var status: UInt32
    /// The media type.
    public var type: String
    /// The content.
    public var body: String

    /// Creates the value from its parts.
    public init(number: UInt64, status: UInt32, type: String, body: String) {
        self.number = number
        self.status = status
        self.type = type
        self.body = body
    }

    /// A sentence in plain text.
    public static func sentence(_ number: UInt64, _ status: UInt32, _ text: String) -> Page {
        Page(number: number, status: status, type: "text/plain; charset=utf-8", body: text + "\n")
    }
}

/// Timers the coordinator dictates to every node.
public struct Timers: Sendable, Equatable {
    /// How often a node reports what it holds.
    public var heartbeat: Duration = .seconds(1)
    /// How long a lease lives without being reported.
    public var lease: Duration = .seconds(10)
    /// Without a HeartbeatAck for this long a node stops work.
    public var silenceStop: Duration = .seconds(6)
    /// Without a HeartbeatAck for this long a node exits.
    public var silenceExit: Duration = .seconds(60)
    /// An unacknowledged Hello or Result is sent again after this long, doubling up to `resendMaximum`.
    public var resend: Duration = .milliseconds(500)
    /// Longest time between two sendings.
    public var resendMaximum: Duration = .seconds(4)
    /// The defaults of the protocol.
    public init() {}
}
