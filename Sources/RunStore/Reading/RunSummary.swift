public import RolloutCore

/// Where a run stands: everything `status` and `watch` show.
public struct RunSummary: Sendable, Equatable {
    /// How far a group of tasks is.
    public struct Progress: Sendable, Equatable {
        /// The group.
        public var group: TaskGroup
        /// Tasks that ended, those without a result included.
        public var done: Int
        /// Tasks the plan has.
        public var total: Int
        /// Tasks without a result.
        public var null: Int
        /// Tasks a node holds.
        public var leased: Int
        /// Tasks a second over the last half minute, or over the group's whole time when it is complete.
        public var rate: Double
        /// Seconds from the first result to the last.
        public var seconds: Double
    }

    /// A member of the cluster.
    public struct Node: Sendable, Equatable {
        /// Its name.
        public var name: String
        /// `sampler`, `scorer` or `learner`.
        public var role: String
        /// Tasks it runs at the same time.
        public var slots: Int
        /// Tasks it holds.
        public var held: Int
        /// Seconds since it was heard of.
        public var silence: Double
        /// Results accepted from it.
        public var tasksDone: Int
        /// Its speed, where it is known.
        public var tokensPerSecond: Double?
    }

    /// The training that runs.
    public struct Training: Sendable, Equatable {
        /// Its iteration.
        public var iteration: UInt32
        /// Steps done.
        public var step: UInt32
        /// Steps in all.
        public var steps: UInt32
        /// Loss of the last step.
        public var loss: Double
        /// Its speed.
        public var tokensPerSecond: Double
    }

    /// Rewards of one split under one policy so far.
    public struct Rewards: Sendable, Equatable {
        /// The iteration whose tasks these are.
        public var iteration: UInt32
        /// The split.
        public var split: Split
        /// Trajectories sampled.
        public var trajectories: Int
        /// Trajectories with a reward, malformed ones (0) included.
        public var judged: Int
        /// Mean of those; nil when there are none, or malformed ones alone while answers wait for their scorers.
        public var mean: Double?
        /// Without an answer.
        public var malformed: Int
    }

    /// A policy.
    public struct Policy: Sendable, Equatable {
        /// Its version.
        public var version: UInt32
        /// Digest of its weights.
        public var weights: String
        /// Size of its delta; 0 for the base itself.
        public var deltaBytes: UInt64
        /// Size of the weights sent whole; nil for the base itself.
        public var fullBytes: UInt64?
        /// Share of the weights that differ from the base.
        public var density: Double?
        /// Optimiser steps.
        public var steps: UInt32?
        /// Examples trained on.
        public var examples: UInt32?
        /// Loss of the first step.
        public var firstLoss: Double?
        /// Loss of the last step.
        public var lastLoss: Double?
        /// Seconds the training took.
        public var seconds: Double?
    }

    /// What the run is called.
    public var name: String
    /// Its mode.
    public var mode: String
    /// Its reward.
    public var reward: String
    /// How far the run can be repeated: `bit-exact`, or `recorded-only (…)`.
    public var determinism: String
    /// Iterations planned.
    public var iterations: UInt32
    /// `training 1`, `sampling 2`, `evaluating 3`, `finished`; nil before the first picture.
    public var phase: String?
    /// The coordinator's term; 0 before the first.
    public var term: UInt64
    /// Seconds since the coordinator last wrote its picture; nil when it never did. More than a few: it is not running.
    public var age: Double?
    /// Why the run stands still.
    public var halted: String?
    /// Whether nodes have been told to leave.
    public var isDraining: Bool
    /// Seconds since the run was begun, or that it took.
    public var elapsed: Double
    /// Every planned group of tasks, in order.
    public var progress: [Progress]
    /// Members, in the order they joined.
    public var nodes: [Node]
    /// Reasoning paths that tasks write for the fine-tuning, so far; nil where none are written.
    public var rationales: RationaleCounts?
    /// The training that runs.
    public var training: Training?
    /// Rewards so far, by iteration and split.
    public var rewards: [Rewards]
    /// Sealed E-steps: thresholds, what was kept and what was not.
    public var sealed: [SealedIteration]
    /// Policies, in order.
    public var policies: [Policy]
    /// What happened in this term, by name, in order: failures of the data (`data.…`) and of machines
    /// (`infrastructure.…`), and bytes sent.
    public var counters: [Counter]
    /// The best policy, once the run is finished.
    public var bestPolicy: UInt32?

    /// A number with a name.
    public struct Counter: Sendable, Equatable {
        /// As in `infrastructure.expired`.
        public var name: String
        /// How often, or how many bytes.
        public var value: Int64
    }

    /// A counter's value; 0 when there is none of that name.
    public func counter(_ name: String) -> Int64 { counters.first { $0.name == name }?.value ?? 0 }
}
