/// The metrics of a run. A coordinator counts them as they happen, since its process began; a dashboard reads those it can
/// from the run directory, over the whole run.
public enum RunMetrics {
    /// Tasks that ended.
    public static let tasks = MetricDefinition(
        "reprise_tasks_total", .counter, labels: ["kind", "outcome"],
        "Tasks that ended: done with a result, or null without one.")
    /// What became of attempts.
    public static let attempts = MetricDefinition(
        "reprise_attempts_total", .counter, labels: ["kind", "outcome"],
        "Attempts at tasks by what became of them: leased, accepted, accepted late, expired, released, failures.")
    /// Refusals.
    public static let refusals = MetricDefinition(
        "reprise_refusals_total", .counter, labels: ["what", "reason"],
        "Connections and nodes that were refused.")
    /// Traffic.
    public static let bytes = MetricDefinition(
        "reprise_bytes_total", .counter, labels: ["direction"],
        "Bytes over the wire: sent, received, and weights, the part of what was sent that is weights and training sets."
    )
    /// Trajectories.
    public static let trajectories = MetricDefinition(
        "reprise_trajectories_total", .counter, labels: ["split", "outcome"],
        "Trajectories: sampled, malformed without an answer, unscored without a reward.")
    /// Tokens.
    public static let tokens = MetricDefinition("reprise_sampled_tokens_total", .counter, "Tokens sampled.")
    /// Rewards.
    public static let rewards = MetricDefinition(
        "reprise_reward", .histogram(bounds: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1]), labels: ["split"],
        "Rewards of trajectories with an answer.")
    /// Mean rewards.
    public static let meanReward = MetricDefinition(
        "reprise_mean_reward", .gauge, labels: ["split", "iteration"],
        "Mean reward so far, malformed outputs as 0: of an E-step's iteration, or of the policy with that version.")
    /// Durations.
    public static let taskSeconds = MetricDefinition(
        "reprise_task_seconds", .histogram(bounds: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800]),
        labels: ["kind"], "Seconds that nodes computed for a result.")
    /// Members.
    public static let nodes = MetricDefinition("reprise_nodes", .gauge, labels: ["role"], "Nodes that are members.")
    /// Slots.
    public static let slots = MetricDefinition(
        "reprise_slots", .gauge, labels: ["role"], "Tasks that members can run at the same time.")
    /// Silence.
    public static let silence = MetricDefinition(
        "reprise_node_silence_seconds", .gauge, labels: ["node", "role"], "Seconds since a member was heard of.")
    /// Speed.
    public static let speed = MetricDefinition(
        "reprise_node_tokens_per_second", .gauge, labels: ["node"], "Speed of a member's sampling.")
    /// Tasks in hand.
    public static let open = MetricDefinition(
        "reprise_open_tasks", .gauge, labels: ["kind", "state"],
        "Tasks that have not ended: pending, leased or quarantined.")
    /// The plan.
    public static let planned = MetricDefinition(
        "reprise_planned_tasks", .gauge, labels: ["kind"], "Tasks that the run's plan has.")
    /// Training.
    public static let trainingStep = MetricDefinition(
        "reprise_training_step", .gauge, labels: ["iteration"], "Step of the training that runs.")
    /// Training.
    public static let trainingSteps = MetricDefinition(
        "reprise_training_steps", .gauge, labels: ["iteration"], "Steps of the training that runs, in all.")
    /// Training.
    public static let trainingLoss = MetricDefinition(
        "reprise_training_loss", .gauge, labels: ["iteration"], "Loss of the last step, in nats a token.")
    /// Training.
    public static let trainingSpeed = MetricDefinition(
        "reprise_training_tokens_per_second", .gauge, labels: ["iteration"], "Speed of the training that runs.")
    /// Policies.
    public static let policy = MetricDefinition("reprise_policy_version", .gauge, "Version of the newest policy.")
    /// Policies.
    public static let deltaBytes = MetricDefinition(
        "reprise_policy_delta_bytes", .gauge, labels: ["version"], "Size of a policy's delta.")
    /// Policies.
    public static let density = MetricDefinition(
        "reprise_policy_density_ratio", .gauge, labels: ["version"], "Share of the weights that differ from the base.")
    /// The coordinator.
    public static let term = MetricDefinition("reprise_term", .gauge, "Starts of the coordinator so far.")
    /// The coordinator.
    public static let coordinatorSilence = MetricDefinition(
        "reprise_coordinator_silence_seconds", .gauge, "Seconds since the coordinator wrote to the run directory.")
    /// The run.
    public static let halted = MetricDefinition("reprise_halted", .gauge, "1 while the run needs a person.")
    /// The run.
    public static let finished = MetricDefinition("reprise_finished", .gauge, "1 once the run is finished.")

    /// All of them, in the order they are given.
    public static let all = [
        tasks, attempts, refusals, bytes, trajectories, tokens, rewards, meanReward, taskSeconds, nodes, slots, silence,
        speed, open, planned, trainingStep, trainingSteps, trainingLoss, trainingSpeed, policy, deltaBytes, density,
        term, coordinatorSilence, halted, finished,
    ]
}
