import Configuration
import Numerics

/// What each example of an M-step counts: kept trajectories by their reward, and the references beside them.
///
/// - reward: R, the policy gradient of REST-PG (section 3: R·log p) over what was kept;
/// - filter: 1, ReST-EM's and RAFT's filtered log-likelihood;
/// - exponential: exp((R − best R) / β), reward-weighted regression (Peters and Schaal, ICML 2007); the best kept reward of
///   the iteration stands for the normaliser, so that the largest weight is 1 whatever β is.
struct TrajectoryWeights {
    private let weighting: RunConfiguration.Weighting
    private let beta: Double
    /// 0 leaves them out.
    let ofReferences: Float

    init(_ configuration: RunConfiguration) {
        weighting = configuration.selection.weighting
        beta = configuration.selection.beta
        ofReferences = Float(configuration.referenceWeight)
    }

    func weight(of reward: Double, best: Double) -> Float {
        switch weighting {
        case .reward: Float(reward)
        case .filter: 1
        case .exponential: Float(Elementary.exp((reward - best) / beta))
        }
    }
}
