public import Configuration

/// What faults did to a run, and what they did not.
public struct Verdict: Sendable, Equatable {
    /// What a run left.
    public struct Run: Sendable, Equatable {
        /// What it learned, in hexadecimal.
        public var digest: String
        /// Seconds it took.
        public var seconds: Double

        /// From its parts.
        public init(digest: String, seconds: Double) {
            self.digest = digest
            self.seconds = seconds
        }
    }

    /// The plan's name.
    public var plan: String
    /// The plan's seed.
    public var seed: UInt64
    /// What was done.
    public var faults: FaultLedger.Tally
    /// The run under faults.
    public var run: Run
    /// The same run without faults, where it is known.
    public var baseline: Run?
    /// Tasks there were.
    public var tasks: Int
    /// Leases there were: each beyond a task's first did its work again, or began to.
    public var leases: Int
    /// Tasks that were leased more than once.
    public var repeated: Int
    /// Seconds from the last fault to the run's end.
    public var quiet: Double

    /// From its parts.
    public init(
        plan: FaultPlan, faults: FaultLedger.Tally, run: Run, baseline: Run?, tasks: Int, leases: Int, repeated: Int,
        quiet: Double
    ) {
        self.plan = plan.name
        seed = plan.seed
        self.faults = faults
        self.run = run
        self.baseline = baseline
        self.tasks = tasks
        self.leases = leases
        self.repeated = repeated
        self.quiet = quiet
    }

    /// Whether what was learned is the same; nil without a baseline.
    public var isSame: Bool? { baseline.map { $0.digest == run.digest } }

    /// Seconds the faults cost; nil without a baseline.
    public var lost: Double? { baseline.map { run.seconds - $0.seconds } }

    /// Share of the fault-free speed that the run kept; nil without a baseline.
    public var goodput: Double? { baseline.flatMap { run.seconds > 0 ? $0.seconds / run.seconds : nil } }
}
