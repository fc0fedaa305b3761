public import RolloutCore

/// Which trajectories of one iteration and split are looked for, in which order, and from where on.
public struct TrajectorySearch: Sendable, Equatable {
    /// Nil for the last iteration that has any in the split.
    public var iteration: UInt32?
    /// The split.
    public var split = Split.train
    /// Only those of this prompt.
    public var prompt: UInt32?
    /// Only those of this task of the data.
    public var group: String?
    /// Only those with this outcome.
    public var outcome: String?
    /// Only those this node sampled.
    public var node: String?
    /// Only those of this user.
    public var user: String?
    /// Only those with this text in the request, the profile, the reasoning, the answer or the reference; letters of ASCII
    /// match in either case.
    public var text: String?
    /// The order.
    public var order = TrajectoryFilter.Order.prompt
    /// How many at most.
    public var limit = 25
    /// Begins behind this place, or ends before it.
    public var cursor: Cursor?

    /// A place in the order: that of one trajectory.
    public struct Cursor: Sendable, Equatable {
        /// Its reward; nil while there is none.
        public var reward: Double?
        /// Which it is.
        public var id: TrajectoryID
        /// Whether what comes before it is wanted.
        public var isBackwards: Bool

        /// A place and a direction.
        public init(reward: Double?, id: TrajectoryID, isBackwards: Bool) {
            self.reward = reward
            self.id = id
            self.isBackwards = isBackwards
        }
    }

    /// The first 25 of the last E-step.
    public init() {}
}

/// One page of what was found, in order.
public struct TrajectoryPage: Sendable, Equatable {
    /// The iteration looked through; nil when the split has no trajectories.
    public var iteration: UInt32?
    /// The trajectories.
    public var rows: [Row]
    /// Whether there are more before these.
    public var hasEarlier: Bool
    /// Whether there are more behind these.
    public var hasLater: Bool

    /// A trajectory in brief.
    public struct Row: Sendable, Equatable {
        /// Which it is.
        public var id: TrajectoryID
        /// The task of the data.
        public var group: String
        /// Whose profile it was written from.
        public var user: String
        /// Its reward; 0 when malformed, nil while there is none.
        public var reward: Double?
        /// As in `TrajectoryView`.
        public var outcome: String
        /// The node that sampled it.
        public var node: String
        /// In which attempt at its task.
        public var attempt: UInt32
        /// Generated tokens.
        public var tokenCount: Int
        /// The beginning of the answer, or of the reasoning where there is none.
        public var excerpt: String
        /// Whether the text goes on.
        public var isCut: Bool
    }

    /// The place behind which the next page begins.
    public var next: TrajectorySearch.Cursor? { hasLater ? rows.last?.cursor(isBackwards: false) : nil }
    /// The place before which the page before ends.
    public var previous: TrajectorySearch.Cursor? { hasEarlier ? rows.first?.cursor(isBackwards: true) : nil }
}

extension TrajectoryPage.Row {
    fileprivate func cursor(isBackwards: Bool) -> TrajectorySearch.Cursor {
        TrajectorySearch.Cursor(reward: reward, id: id, isBackwards: isBackwards)
    }
}
