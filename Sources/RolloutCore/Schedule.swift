import Digests

/// What the run has to do next, as a function of what its journal says.
///
/// REST-PG, section 3: θ₀ by supervised fine-tuning (or the base itself), then T iterations of an E-step (sample, score,
/// select, seal) and an M-step (train). Iterations may share an E-step (ReST), and the run may end early when validation does
/// not improve any more (ReST-EM). Nothing here is remembered besides recorded facts, so a coordinator that replays its
/// journal is at the same point of the run as the one that wrote it.
struct Schedule: Sendable, Equatable {
    let plan: RunPlan
    /// Committed policies; the index is the version.
    private(set) var policies: [PolicyManifest] = []
    /// Sealed iterations, from the first on.
    private(set) var sealed: [SealedIteration] = []
    /// The reasoning paths for the fine-tuning, where tasks write them.
    private(set) var rationales: SealedRationales?
    private(set) var trainingSets: [UInt32: BlobManifest] = [:]
    /// An accepted M-step whose policy is not committed yet.
    private(set) var trained: PolicyManifest?
    private(set) var evaluations: [Evaluation] = []
    private(set) var outcome: Outcome?

    init(plan: RunPlan) { self.plan = plan }

    enum Stage: Equatable {
        /// The reasoning paths for the fine-tuning are written.
        case rationalizing
        /// A policy is complete and has to be committed: the base itself, or the accepted result of an M-step.
        case committing(PolicyManifest)
        /// The training set of an iteration has to be written.
        case storing(iteration: UInt32)
        /// The M-step of an iteration runs.
        case training(iteration: UInt32)
        /// The E-step that an iteration selects from runs, or is there already and has to be selected from.
        case sampling(iteration: UInt32)
        /// Whether there is another iteration depends on the validation of this policy.
        case validating(policy: UInt32)
        /// Every policy exists; evaluations are left.
        case evaluating
        case finished(Outcome)
    }

    var stage: Stage {
        if let outcome { return .finished(outcome) }
        if let trained { return .committing(trained) }
        let next = UInt32(policies.count)
        if next == 0, !plan.fineTunesFirst {
            return .committing(PolicyManifest(version: 0, base: plan.base, weights: plan.base, delta: nil))
        }
        if next == 0, plan.writesRationales, rationales == nil { return .rationalizing }
        if next > plan.iterations { return .evaluating }
        if let patience = plan.patience, next > 0, plan.evaluatedSplits.contains(.validation) {
            guard evaluation(policy: next - 1, split: .validation) != nil else { return .validating(policy: next - 1) }
            if next - 1 >= (evaluations.bestPolicy ?? 0) + patience { return .evaluating }
        }
        if next > sealed.count { return .sampling(iteration: next) }
        return trainingSets[next] == nil ? .storing(iteration: next) : .training(iteration: next)
    }

    var phase: Phase {
        switch stage {
        case .rationalizing: .rationalizing
        case .committing(let policy): .training(iteration: policy.version)
        case .storing(let iteration), .training(let iteration): .training(iteration: iteration)
        case .sampling(let iteration): .sampling(iteration: iteration)
        case .validating(let policy): .evaluating(policy: policy)
        case .evaluating: .evaluating(policy: lastPolicy)
        case .finished: .finished
        }
    }

    /// Digest of the weights the M-step of an iteration starts from; `nil` when they do not exist yet.
    func start(of iteration: UInt32) -> PolicyManifest? {
        guard plan.startsFromPrevious, iteration > 0 else {
            return PolicyManifest(version: 0, base: plan.base, weights: plan.base, delta: nil)
        }
        return policy(iteration - 1)
    }

    /// The latest policy; once every policy exists, that of the last iteration.
    var lastPolicy: UInt32 { UInt32(max(1, policies.count) - 1) }

    func policy(_ version: UInt32) -> PolicyManifest? { Int(version) < policies.count ? policies[Int(version)] : nil }

    /// Under the first decoding.
    func evaluation(policy: UInt32, split: Split) -> Evaluation? {
        evaluations.first { $0.policy == policy && $0.split == split && $0.decoding == 0 }
    }

    /// Whether every committed policy has been evaluated on every split under every decoding.
    var isEvaluated: Bool {
        evaluations.count == policies.count * plan.evaluatedSplits.count * plan.evaluationSamples.count
    }

    // MARK: - Facts

    mutating func accepted(_ trained: TrainedPolicy) { self.trained = trained.policy }

    mutating func committed(_ policy: PolicyManifest) {
        policies.append(policy)
        trained = nil
    }

    mutating func sealed(_ iteration: SealedIteration) { sealed.append(iteration) }

    mutating func sealed(_ rationales: SealedRationales) { self.rationales = rationales }

    mutating func stored(_ trainingSet: BlobManifest, iteration: UInt32) { trainingSets[iteration] = trainingSet }

    mutating func evaluated(_ evaluation: Evaluation) {
        let index = evaluations.firstIndex {
            ($0.policy, $0.split, $0.decoding) > (evaluation.policy, evaluation.split, evaluation.decoding)
        }
        evaluations.insert(evaluation, at: index ?? evaluations.endIndex)
    }

    mutating func finished(_ outcome: Outcome) { self.outcome = outcome }
}
